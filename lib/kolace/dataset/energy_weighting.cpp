// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/energy_weighting.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/dataset/convex_hull.hpp>
#include <kolace/dataset/detail/random_subset.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// Energy e of each record above the chosen zero, eV/atom.
std::vector<double> energies_above_zero(std::vector<StructureRecord> const& records,
                                        std::vector<double> const& energies, Weighting::Zero zero) {
  if (zero == Weighting::Zero::convex_hull) {
    std::vector<std::vector<int>> compositions;
    for (StructureRecord const& record : records)
      compositions.push_back(record.composition);
    return energies_above_hull(compositions, energies);
  }
  std::vector<double> above = energies;
  if (!above.empty()) {
    double const lowest = *std::min_element(above.begin(), above.end());
    for (double& e : above)
      e -= lowest;
  }
  return above;
}

/// Drops all records of `tier` except `count` chosen at random; -1: keeps all.
void draw(std::vector<StructureRecord>& records, std::vector<long> const& tier, long count,
          std::mt19937_64& random) {
  if (count < 0 || count >= static_cast<long>(tier.size()))
    return;
  for (long const s : tier)
    records[s].dropped = true;
  for (long const s : detail::random_subset(tier, count, random))
    records[s].dropped = false;
}

} // namespace

Weighting Weighting::keeping_all() const {
  Weighting all(*this);
  all.energy_limit = all.force_limit = 1e300;
  all.kept = Kept::all;
  all.n_structures = all.n_low = all.n_up = -1;
  return all;
}

void weigh_by_energy(std::vector<StructureRecord>& records, std::vector<double> const& energies,
                     Weighting const& weighting) {
  // The hull is computed from the structures of the wanted kind (reftype), before any limit
  // applies.
  std::vector<StructureRecord> wanted;
  std::vector<double> wanted_energies;
  for (std::size_t s = 0; s < records.size(); ++s) {
    records[s].dropped = weighting.kept != Weighting::Kept::all &&
                         records[s].is_bulk != (weighting.kept == Weighting::Kept::bulk);
    if (!records[s].dropped && records[s].has_energy) {
      wanted.push_back(records[s]);
      wanted_energies.push_back(energies[s]);
    }
  }
  auto const above_wanted = energies_above_zero(wanted, wanted_energies, weighting.zero);
  std::vector<double> above(records.size(), 0.);
  std::vector<long> low, up;
  std::size_t next = 0;
  for (std::size_t s = 0; s < records.size(); ++s) {
    StructureRecord& record = records[s];
    if (record.dropped)
      continue;
    if (record.has_energy)
      above[s] = above_wanted[next++];
    record.dropped =
        above[s] >= weighting.energy_limit || record.largest_force > weighting.force_limit;
    if (!record.dropped)
      (above[s] < weighting.low_energy ? low : up).push_back(static_cast<long>(s));
  }
  std::mt19937_64 random(weighting.seed);
  if (weighting.n_structures >= 0) {
    draw(records, low, weighting.n_structures, random);
    draw(records, up, std::max(weighting.n_structures - static_cast<long>(low.size()), 0L), random);
  } else {
    draw(records, low, weighting.n_low, random);
    draw(records, up, weighting.n_up, random);
  }

  double tier_weight[2] = {0, 0}; // lower, upper
  for (std::size_t s = 0; s < records.size(); ++s) {
    StructureRecord& record = records[s];
    double const soft = above[s] + std::abs(weighting.energy_softening);
    double const factor = 1 / (soft * soft);
    record.energy_weight *= factor;
    record.force_weight *= factor;
    record.virial_weight *= factor;
    if (!record.dropped)
      tier_weight[above[s] < weighting.low_energy ? 0 : 1] += record.energy_weight;
  }
  if (std::all_of(records.begin(), records.end(), [](auto const& r) { return r.dropped; }))
    throw InputError("fit.weighting: DEup, DFup, nfit and reftype leave no structures");
  if (!weighting.low_share || !(tier_weight[0] > 0 && tier_weight[1] > 0))
    return;
  double const total = tier_weight[0] + tier_weight[1];
  double const rescale[2] = {*weighting.low_share * total / tier_weight[0],
                             (1 - *weighting.low_share) * total / tier_weight[1]};
  for (std::size_t s = 0; s < records.size(); ++s) {
    double const factor = rescale[above[s] < weighting.low_energy ? 0 : 1];
    records[s].energy_weight *= factor;
    records[s].force_weight *= factor;
    records[s].virial_weight *= factor;
  }
}

} // namespace kolace
