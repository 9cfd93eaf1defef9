// SPDX-License-Identifier: BSD-3-Clause
#include "bands.hpp"

#include "messages.hpp"

#include <kolace/analysis/body_order.hpp>
#include <kolace/config/input.hpp>

#include <algorithm>

namespace kolace::apps {

void add_band_options(CLI::App& command, BandArguments& arguments,
                      std::string const& factors_help) {
  command.add_option("--factors", arguments.factors, factors_help);
  command.add_option("--input", arguments.input,
                     "input.yaml that defines the loss and the functions for --factors");
  command
      .add_option("--within", arguments.within,
                  "Band of all potentials whose loss exceeds the minimum by at most this fraction")
      ->capture_default_str()
      ->needs("--factors")
      ->check(CLI::PositiveNumber);
}

FactorBands load_bands(BandArguments const& arguments) {
  if (arguments.factors.empty() || arguments.input.empty())
    throw InputError("--factors and --input require each other: the input defines the loss");
  FactorSet const set = read_factor_set(arguments.factors);
  FitInputOptions read;
  read.factors = &set;
  FitInput const found = read_fit_input(arguments.input, read);
  FactorBands bands({}, set, found.basis, found.options);
  if (!bands.is_determined())
    say("kolace: warning: the data do not determine all functions of this basis; if the minimum "
        "loss is zero "
        "up to rounding, bands relative to it are meaningless\n");
  return bands;
}

std::vector<double> cluster_bands(FactorBands const& bands, std::vector<Structure> const& clusters,
                                  double within) {
  constexpr std::size_t batch = 256; // clusters at once
  std::vector<double> widths;
  for (std::size_t first = 0; first < clusters.size(); first += batch) {
    std::vector<Structure> parts;
    std::vector<EnergySum> sums;
    for (std::size_t c = first; c < std::min(first + batch, clusters.size()); ++c) {
      EnergySum& sum = sums.emplace_back();
      for (SignedCluster& part : inclusion_exclusion(clusters[c])) {
        sum.emplace_back(parts.size(), part.sign);
        parts.push_back(std::move(part.structure));
      }
    }
    auto const found = bands.half_widths(parts, sums, within);
    widths.insert(widths.end(), found.begin(), found.end());
  }
  return widths;
}

} // namespace kolace::apps
