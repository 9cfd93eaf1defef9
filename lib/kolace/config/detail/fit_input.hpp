// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/detail/yaml.hpp>

#include <string>
#include <vector>

/// @file
/// The section `fit` of an input.yaml.

namespace kolace::detail {

/// Reads loss, solver, ladder and weighting.
/// @param ignored receives the keys that have no effect
void read_fit_section(YamlValue const& fit, FitOptions& options, std::vector<std::string>& ignored);

/// Reads fit.trainable_parameters: all coefficients of functions are fitted, and no radial
/// functions.
/// @throws InputError for any other request
void check_trainable(YamlValue const& value, int n_elements);

} // namespace kolace::detail
