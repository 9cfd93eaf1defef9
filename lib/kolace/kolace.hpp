// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// The complete kolace API.

#include <kolace/evaluate.hpp>
#include <kolace/fit.hpp>
#include <kolace/io.hpp>
