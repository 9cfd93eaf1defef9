// SPDX-License-Identifier: BSD-3-Clause
#include "bands.hpp"

#include "messages.hpp"

#include <kolace/analysis/body_order.hpp>
#include <kolace/config/input.hpp>

#include <algorithm>

namespace kolace::apps {

FactorBands load_bands(std::string const& factors, std::string const& input) {
  if (factors.empty() || input.empty())
    throw InputError("--factors and --input require each other: the input defines the loss");
  FactorSet const set = read_factor_set(factors);
  FitInputOptions read;
  read.factors = &set;
  FitInput const found = read_fit_input(input, read);
  FactorBands bands({}, set, found.basis, found.options);
  if (!bands.is_determined())
    say("warning: the data do not determine all functions of this basis; if the least loss is zero "
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
