// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// The complete kolace API.

/// @namespace kolace
/// Linear ACE potentials: data sets, fits, evaluation and potential files. Units are eV and
/// Angstrom unless stated otherwise.

#include <kolace/evaluate.hpp>
#include <kolace/fit.hpp>
#include <kolace/io.hpp>
