#pragma once

/// @file
/// The complete kolace API.

#include <kolace/evaluate.hpp>
#include <kolace/fit.hpp>
#include <kolace/io.hpp>
