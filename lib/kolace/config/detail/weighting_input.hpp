#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/detail/yaml.hpp>

namespace kolace::detail {

/// The section fit.weighting: pacemaker's policies and their keys, and config_type.
/// @throws InputError with file, line and key
Weighting read_weighting(YamlValue const& weighting);

/// The table of an ExternalWeightingPolicy; not defined() for the others.
YamlValue external_weights_file(YamlValue const& weighting);

} // namespace kolace::detail
