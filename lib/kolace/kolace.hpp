#pragma once

/// @file Everything that kolace offers.

#include <kolace/evaluate.hpp>
#include <kolace/fit.hpp>
#include <kolace/io.hpp>
