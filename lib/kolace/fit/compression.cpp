// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/compression.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/detail/compressed.hpp>
#include <kolace/model/pair_repulsion.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using detail::Compressed;

/// Site energies of all atoms, one structure after the other, eV.
std::vector<double> site_energies(Space const& space, AcePotential const& potential,
                                  std::vector<Structure> const& structures) {
  Evaluator<Space> evaluator(space, potential);
  std::vector<double> result;
  detail::for_each_batch(
      structures, potential.basis->cutoff(), [&](std::size_t first, std::size_t last) {
        auto const part =
            predict_energies(space, evaluator, {structures.data() + first, last - first});
        result.insert(result.end(), part.begin(), part.end());
      });
  return result;
}

/// @param energy energies at all volumes of all crystals, in order, eV
std::vector<CompressionCheck> checks_of(std::vector<Compressed> const& crystals,
                                        ElementSet const& elements, std::vector<double> energy) {
  std::vector<CompressionCheck> checks;
  std::vector<double> start;
  std::size_t at = 0;
  for (Compressed const& c : crystals) {
    for (std::size_t k = 0; k < c.relative.size(); ++k)
      energy[at + k] /= c.n_sharing;
    start.push_back(energy[at]);
    at += c.relative.size();
  }
  auto const depths = detail::allowed_depths(crystals, start);
  at = 0;
  for (Compressed const& c : crystals) {
    double const depth = depths[checks.size()];
    double const sum = detail::sum_of_radii(elements, c.a, c.b);
    CompressionCheck check{c.crystal.name,
                           elements.symbols()[c.a],
                           elements.symbols()[c.b],
                           c.relative[0] * sum,
                           c.relative.back() * sum,
                           0,
                           0};
    check.rises_down_to = check.end;
    std::size_t first = 0;
    for (std::size_t k = 1; k < c.relative.size() && c.relative[k] > detail::near * c.relative[0];
         ++k)
      if (energy[at + k] < energy[at + first] && energy[at] - energy[at + k] < depth)
        first = k;
    double highest = energy[at + first];
    for (std::size_t k = first + 1; k < c.relative.size(); ++k) {
      double const e = energy[at + k];
      if (!(e > energy[at + k - 1]) && check.rises_down_to == check.end)
        check.rises_down_to = c.relative[k - 1] * sum;
      check.fall = std::max(check.fall, std::isfinite(e) ? highest - e : 1e300);
      highest = std::max(highest, e);
    }
    at += c.relative.size();
    checks.push_back(std::move(check));
  }
  return checks;
}

} // namespace

std::vector<double> smallest_volumes(std::vector<StructureRecord> const& records, int n_elements) {
  constexpr double none = std::numeric_limits<double>::infinity();
  int const n = n_elements;
  std::vector<double> volumes(static_cast<std::size_t>(n) * n, none);
  double least = none;
  for (StructureRecord const& record : records) {
    if (!record.is_bulk || record.dropped || !(record.volume_per_atom > 0))
      continue;
    least = std::min(least, record.volume_per_atom);
    std::vector<int> present;
    for (int e = 0; e < n; ++e)
      if (record.composition[e] > 0)
        present.push_back(e);
    for (int const a : present)
      for (int const b : present)
        if (present.size() == (a == b ? 1u : 2u))
          volumes[a * n + b] = std::min(volumes[a * n + b], record.volume_per_atom);
  }
  for (int e = 0; e < n; ++e)
    if (volumes[e * n + e] == none)
      volumes[e * n + e] = least;
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b)
      if (volumes[a * n + b] == none)
        volumes[a * n + b] = (volumes[a * n + a] + volumes[b * n + b]) / 2;
  for (double& v : volumes)
    v = std::isfinite(v) ? v : 0;
  return volumes;
}

std::vector<CompressionCheck> check_compression(Space const& space, AcePotential const& potential,
                                                DataLimits const& limits) {
  ElementSet const& elements = potential.basis->elements();
  auto const crystals = detail::compressed_crystals(elements, limits);
  auto const structures = detail::structures_of(crystals);
  auto const atoms = site_energies(space, potential, structures);
  std::vector<double> energies;
  auto at = atoms.begin();
  for (Structure const& s : structures) {
    auto const end = at + static_cast<std::ptrdiff_t>(s.n_atoms());
    energies.push_back(std::accumulate(at, end, 0.));
    at = end;
  }
  return checks_of(crystals, elements, energies);
}

CompressionScan::CompressionScan(Space const& space, AcePotential const& potential,
                                 DataLimits const& limits)
    : space_(space), elements_(potential.basis->elements()), limits_(limits),
      structures_(std::make_shared<std::vector<Structure> const>(
          detail::structures_of(detail::compressed_crystals(elements_, limits)))) {
  auto const densities = site_energies(space, core_of(potential.basis), *structures_);
  for (std::size_t s = 0, k = 0; s < structures_->size(); ++s)
    for (int const number : (*structures_)[s].numbers)
      atoms_.push_back({s, elements_.species(number), 0, densities[k++]});
  set(potential);
}

void CompressionScan::set(AcePotential const& potential) {
  reference_energy_ = potential.reference_energy;
  auto const energies = site_energies(space_, potential, *structures_);
  for (std::size_t k = 0; k < atoms_.size(); ++k)
    atoms_[k].fitted = energies[k] - atoms_[k].core;
}

std::vector<CompressionCheck> CompressionScan::checks(CoreFade const& fade) const {
  std::vector<double> energy(structures_->size());
  for (Atom const& atom : atoms_) {
    double const e0 = reference_energy_[atom.species];
    double const begin = fade.begin.empty() ? 0 : fade.begin[atom.species];
    double const f =
        begin > 0 ? detail::step_down(atom.core, fade.end * begin, (fade.end - 1) * begin).value
                  : 1;
    energy[atom.structure] += f * (atom.fitted - e0) + atom.core + e0;
  }
  return checks_of(detail::compressed_crystals(elements_, limits_), elements_, energy);
}

std::vector<double> core_density_of_fcc(ElementSet const& elements, double relative) {
  std::vector<double> densities;
  for (auto const& symbol : elements.symbols()) {
    int const number = *atomic_number(symbol);
    PairRepulsion const core = pair_repulsion(number, number);
    double const d = 2 * relative * covalent_radius(number);
    double sum = 0;
    for (auto const& [count, square] : {std::pair{12, 1.}, {6, 2.}, {24, 3.}, {12, 4.}})
      sum += count * core.prefactor * std::exp(-core.lambda * square * d * d) /
             (std::sqrt(square) * d);
    densities.push_back(sum);
  }
  return densities;
}

} // namespace kolace
