// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/detail/yaml.hpp>

namespace kolace::detail {

/// Reads the section fit.weighting: pacemaker's policies with their keys, and config_type.
/// @throws InputError with file, line and key
Weighting read_weighting(YamlValue const& weighting);

/// Table of an ExternalWeightingPolicy; not defined() for other policies.
YamlValue external_weights_file(YamlValue const& weighting);

} // namespace kolace::detail
