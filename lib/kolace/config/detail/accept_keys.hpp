// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/detail/yaml.hpp>

#include <string>
#include <vector>

namespace kolace::detail {

/// Refuses keys of a map of input.yaml that are not accepted there. The message names the sections
/// in which such a key is accepted.
void accept_keys(YamlValue const& map, std::vector<std::string> const& accepted);

} // namespace kolace::detail
