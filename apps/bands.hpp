// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/factor_bands.hpp>

#include <string>

namespace kolace::apps {

/// Reads a factor file and the input that defines the loss; warns if the data do not determine all
/// functions.
/// @throws InputError if one of the two names is empty, or for invalid files
FactorBands load_bands(std::string const& factors, std::string const& input);

/// Half the range of V of each cluster over all potentials of the bands, eV.
/// @param within largest relative excess over the least loss
std::vector<double> cluster_bands(FactorBands const& bands, std::vector<Structure> const& clusters,
                                  double within);

} // namespace kolace::apps
