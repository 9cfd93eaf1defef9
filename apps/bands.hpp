// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/factor_bands.hpp>

#include <CLI/CLI.hpp>

#include <string>

namespace kolace::apps {

/// Options --factors, --input and --within.
struct BandArguments {
  std::string factors, input;
  double within = 0.01;

  bool empty() const { return factors.empty() && input.empty(); }
};
/// @param factors_help help text of --factors
void add_band_options(CLI::App& command, BandArguments& arguments, std::string const& factors_help);

/// Reads the factor file and the input that defines the loss; warns if the data do not determine
/// all functions.
/// @throws InputError if one of the two names is empty, or for invalid files
FactorBands load_bands(BandArguments const& arguments);

/// Half the range of V of each cluster over all potentials of the bands, eV.
/// @param within largest relative excess over the minimum loss
std::vector<double> cluster_bands(FactorBands const& bands, std::vector<Structure> const& clusters,
                                  double within);

} // namespace kolace::apps
