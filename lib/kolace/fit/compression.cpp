// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/compression.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/pair_repulsion.hpp>
#include <kolace/structure/prototypes.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr double shortest_relative = 0.4; ///< fraction of the sum of the covalent radii
/// A phase that the data lack may have its equilibrium at a slightly higher density than theirs:
/// minima within this fraction of the first distance are allowed if they are shallow (eV/atom).
constexpr double near = 0.88, shallow = 0.5;
/// Minima of the most stable crystal, whose equilibrium the data should contain, eV/atom.
constexpr double shallow_of_stable = 0.1;
constexpr double shallow_of_pushed = 0.05; ///< eV per pushed atom
/// Nearest neighbors in a crystal of the data's density are at most this factor beyond the shortest
/// distance in the data; the volume of molecules in boxes says more.
constexpr double widest = 1.35;
/// With more elements, pairs of elements that occur in no data are not looked at (the repulsion
/// alone acts on them), and the others in one crystal only.
constexpr int many_elements = 12;

/// One crystal at decreasing volumes.
struct Compressed {
  Crystal crystal;
  int a = 0, b = 0;             ///< species
  std::vector<double> relative; ///< shortest distance over the sum of covalent radii, descending
  ClosePair const* pushed = nullptr; ///< if it is no crystal
  /// Number of atoms that share an energy: of the cell, or those that are pushed.
  double n_sharing() const { return pushed ? 2 : static_cast<double>(crystal.structure.n_atoms()); }
  Structure at(double distance) const {
    return pushed ? pushed->pushed(distance / relative[0]) : crystal.scaled(distance);
  }
};

constexpr double pushed_to = 0.7; ///< fraction of the distance in the data
constexpr int points_pushed = 9;

double sum_of_radii(ElementSet const& elements, int a, int b) {
  return covalent_radius(*atomic_number(elements.symbols()[a])) +
         covalent_radius(*atomic_number(elements.symbols()[b]));
}

double volume_per_atom(Structure const& s) {
  return volume(s.cell) / static_cast<double>(s.n_atoms());
}

std::vector<Compressed> compressed_crystals(ElementSet const& elements, DataLimits const& limits,
                                            int points) {
  std::vector<Compressed> all;
  int const n = elements.size();
  auto const add = [&](Crystal crystal, int a, int b, double start) {
    if (start <= 1.02 * shortest_relative)
      return;
    Compressed c{std::move(crystal), a, b, {}};
    for (int k = 0; k < points; ++k)
      c.relative.push_back(start * std::pow(shortest_relative / start, k / (points - 1.)));
    all.push_back(std::move(c));
  };
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      int const numbers[] = {*atomic_number(elements.symbols()[a]),
                             *atomic_number(elements.symbols()[b])};
      double const radii = covalent_radius(numbers[0]) + covalent_radius(numbers[1]);
      Crystal dimer{"dimer", {}};
      dimer.structure.numbers = {numbers[0], numbers[1]};
      dimer.structure.positions = {Vec3{0, 0, 0}, Vec3{radii, 0, 0}};
      double const shortest = std::min(limits.shortest[a * n + b], limits.shortest[b * n + a]);
      if (n > many_elements && a != b && !std::isfinite(shortest))
        continue;
      add(std::move(dimer), a, b, std::isfinite(shortest) ? shortest / radii : 1);
      double const v = limits.volumes[a * n + b];
      // With many elements, most pairs occur in no data and only the repulsion acts on them: one
      // crystal suffices.
      bool const one_will_do = a != b && (n > many_elements || (n > 4 && !std::isfinite(shortest)));
      for (Crystal& crystal : simple_crystals(numbers[0], numbers[1])) {
        if (one_will_do && crystal.name != "CsCl")
          continue;
        // Crystals have shortest distances of one, in units of the sum of the covalent radii.
        double const most = std::max(1., std::isfinite(shortest) ? widest * shortest / radii : 1.);
        double const start =
            v > 0 ? std::min(most, std::cbrt(v / volume_per_atom(crystal.structure))) : 1;
        add(std::move(crystal), a, b, start);
      }
    }
  for (ClosePair const& pair : limits.close_pairs) {
    Compressed c{{pushed_pair, {}}, pair.a, pair.b, {}, &pair};
    double const start = pair.distance() / sum_of_radii(elements, pair.a, pair.b);
    for (int k = 0; k < points_pushed; ++k)
      c.relative.push_back(start * (1 - (1 - pushed_to) * k / (points_pushed - 1.)));
    all.push_back(std::move(c));
  }
  return all;
}

std::vector<Structure> structures_of(std::vector<Compressed> const& crystals) {
  std::vector<Structure> structures;
  for (Compressed const& c : crystals)
    for (double const relative : c.relative)
      structures.push_back(c.at(relative));
  return structures;
}

/// Batches of consecutive structures: visit(first, last).
template <class Visit>
void for_each_batch(std::vector<Structure> const& structures, double cutoff, Visit const& visit) {
  for (std::size_t first = 0; first < structures.size();) {
    std::size_t last = first, atoms = 0;
    double pairs = 0;
    while (last < structures.size() && atoms < CheckTuning::crystal_atoms &&
           pairs < CheckTuning::crystal_pairs) {
      pairs += estimated_pairs(structures[last], cutoff);
      atoms += structures[last++].n_atoms();
    }
    visit(first, last);
    first = last;
  }
}

/// Energies of many structures, eV.
std::vector<double> energies(Space const& space, Evaluator<Space>& evaluator,
                             std::vector<Structure> const& structures) {
  std::vector<double> result;
  double const cutoff = evaluator.potential().basis->cutoff();
  for_each_batch(structures, cutoff, [&](std::size_t first, std::size_t last) {
    std::span<Structure const> const batch(structures.data() + first, last - first);
    auto const predictions = predict(space, evaluator, batch);
    for (std::size_t k = 0; k < batch.size(); ++k)
      result.push_back(predictions[k].energy);
  });
  return result;
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

namespace {

/// Number of volumes of a crystal in a scan.
int points_of(ElementSet const& elements) {
  return elements.size() > 8 ? 11 : elements.size() > 4 ? 16 : 33;
}

/// Depth of a minimum near the first volume that is allowed, eV/atom [crystals].
/// @param start energy per atom of each crystal at its first volume, eV
std::vector<double> allowed_depths(std::vector<CompressedPair> const& crystals,
                                   std::vector<double> const& start) {
  std::vector<double> depths;
  for (std::size_t c = 0; c < crystals.size(); ++c) {
    CompressedPair const& mine = crystals[c];
    double lowest = start[c];
    for (std::size_t other = 0; other < crystals.size(); ++other)
      if (crystals[other].a == mine.a && crystals[other].b == mine.b &&
          crystals[other].kind == CompressedPair::Kind::crystal)
        lowest = std::min(lowest, start[other]);
    switch (mine.kind) {
    case CompressedPair::Kind::crystal:
      depths.push_back(std::min(shallow, shallow_of_stable + start[c] - lowest));
      break;
    case CompressedPair::Kind::dimer:
      depths.push_back(shallow);
      break;
    case CompressedPair::Kind::pushed:
      depths.push_back(shallow_of_pushed);
      break;
    }
  }
  return depths;
}

std::vector<CompressedPair> pairs_of(std::vector<Compressed> const& crystals) {
  std::vector<CompressedPair> pairs;
  for (Compressed const& c : crystals)
    pairs.push_back({c.a, c.b,
                     c.pushed                    ? CompressedPair::Kind::pushed
                     : c.crystal.name == "dimer" ? CompressedPair::Kind::dimer
                                                 : CompressedPair::Kind::crystal});
  return pairs;
}

/// @param energy energies at all volumes of all crystals, in order, eV
std::vector<CompressionCheck> checks_of(std::vector<Compressed> const& crystals,
                                        ElementSet const& elements, std::vector<double> energy) {
  std::vector<CompressionCheck> checks;
  std::vector<double> start;
  std::size_t at = 0;
  for (Compressed const& c : crystals) {
    for (std::size_t k = 0; k < c.relative.size(); ++k)
      energy[at + k] /= c.n_sharing();
    start.push_back(energy[at]);
    at += c.relative.size();
  }
  auto const depths = allowed_depths(pairs_of(crystals), start);
  at = 0;
  for (Compressed const& c : crystals) {
    double const depth = depths[checks.size()];
    double const sum = sum_of_radii(elements, c.a, c.b);
    CompressionCheck check{c.crystal.name,
                           elements.symbols()[c.a],
                           elements.symbols()[c.b],
                           c.relative[0] * sum,
                           c.relative.back() * sum,
                           0,
                           0};
    check.rises_down_to = check.end;
    std::size_t first = 0;
    for (std::size_t k = 1; k < c.relative.size() && c.relative[k] > near * c.relative[0]; ++k)
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

std::vector<CompressionCheck> check_compression(Space const& space, AcePotential const& potential,
                                                DataLimits const& limits) {
  ElementSet const& elements = potential.basis->elements();
  auto const crystals = compressed_crystals(elements, limits, points_of(elements));
  Evaluator<Space> evaluator(space, potential);
  return checks_of(crystals, elements, energies(space, evaluator, structures_of(crystals)));
}

CompressionScan::CompressionScan(Space const& space, AcePotential const& potential,
                                 DataLimits const& limits)
    : elements_(potential.basis->elements()), reference_energy_(potential.reference_energy),
      limits_(limits) {
  auto const structures =
      structures_of(compressed_crystals(elements_, limits, points_of(elements_)));
  Evaluator<Space> evaluator(space, potential), core(space, core_of(potential.basis));
  for_each_batch(structures, potential.basis->cutoff(), [&](std::size_t first, std::size_t last) {
    std::span<Structure const> const batch(structures.data() + first, last - first);
    auto const whole = predict(space, evaluator, batch), repulsion = predict(space, core, batch);
    for (std::size_t s = 0; s < batch.size(); ++s) {
      auto& atoms = structures_.emplace_back();
      for (std::size_t i = 0; i < batch[s].n_atoms(); ++i) {
        double const density = repulsion[s].energies[i];
        atoms.push_back(
            {elements_.species(batch[s].numbers[i]), whole[s].energies[i] - density, density});
      }
    }
  });
}

std::vector<CompressionCheck> CompressionScan::checks(CoreFade const& fade) const {
  std::vector<double> energy;
  for (auto const& atoms : structures_) {
    double sum = 0;
    for (Atom const& atom : atoms) {
      double const e0 = reference_energy_[atom.species];
      double const begin = fade.begin.empty() ? 0 : fade.begin[atom.species];
      double const f =
          begin > 0 ? detail::step_down(atom.core, fade.end * begin, (fade.end - 1) * begin).value
                    : 1;
      sum += f * (atom.fitted - e0) + atom.core + e0;
    }
    energy.push_back(sum);
  }
  return checks_of(compressed_crystals(elements_, limits_, points_of(elements_)), elements_,
                   energy);
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

CompressionRows::CompressionRows(Space const& space, std::shared_ptr<AceBasis const> const& basis,
                                 AcePotential const& core, DataLimits const& limits,
                                 double spline_width)
    : basis_(basis) {
  ElementSet const& elements = basis->elements();
  auto const crystals = compressed_crystals(elements, limits, points_of(elements));
  auto const structures = structures_of(crystals);
  pairs_ = pairs_of(crystals);
  std::vector<double> sharing; // [crystals]
  for (Compressed const& c : crystals)
    sharing.push_back(c.n_sharing());
  for (std::size_t c = 0; c < crystals.size(); ++c)
    for (double const relative : crystals[c].relative)
      points_.push_back({static_cast<int>(c), relative / crystals[c].relative[0], 0,
                         std::vector<double>(elements.size(), -1.)});
  int const n = basis->size();
  std::size_t const m = structures.size();
  values_.assign(m * n, 0.);
  Evaluator<Space> repulsion(space, core);
  DesignAssembler<Space> assembler(space, basis, spline_width);
  RowKinds kinds;
  kinds.forces = kinds.virial = false;
  for_each_batch(structures, basis->cutoff(), [&](std::size_t first, std::size_t last) {
    std::span<Structure const> const part(structures.data() + first, last - first);
    auto const repelled = predict(space, repulsion, part);
    for (std::size_t s = 0; s < part.size(); ++s) {
      Point& point = points_[first + s];
      // Atoms of one species are equivalent in crystals.
      for (std::size_t i = 0; i < part[s].n_atoms(); ++i) {
        double& core = point.core[elements.species(part[s].numbers[i])];
        core = std::max(core, repelled[s].energies[i]);
      }
      point.repulsion = repelled[s].energy / sharing[point.crystal];
    }
    auto const batch = StructureBatch<Space>::create(space, part, elements);
    auto const list = build_neighbor_list(space, batch, basis->cutoff());
    Matrix<Space> const rows("kolace::fit::compression_rows", part.size(), n + 1);
    assembler(space, batch, list, kinds, rows, {}, {});
    space.fence("kolace::fit: rows of compressed crystals are read on the host");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows);
    for (int j = 0; j < n; ++j)
      for (std::size_t s = 0; s < part.size(); ++s)
        values_[j * m + first + s] = host(s, j) / sharing[points_[first + s].crystal];
  });
}

double CompressionRows::left_of(Point const& point, CoreFade const& fade, int species) {
  double const begin = fade.begin[species];
  return detail::step_down(point.core[species], fade.end * begin, (fade.end - 1) * begin).value;
}

LowerBounds CompressionRows::rising(CoreFade const& fade, std::vector<double> const& coefficients,
                                    int n_unknowns) const {
  constexpr double share = 0.05, least_rise = 0.003, part_of_depth = 0.8;
  int const n = basis_->size();
  std::size_t const m = points_.size();
  std::vector<double> left(m * fade.begin.size()), energy(m);
  for (std::size_t s = 0; s < m; ++s) {
    energy[s] = points_[s].repulsion;
    for (std::size_t e = 0; e < fade.begin.size(); ++e)
      left[e * m + s] = left_of(points_[s], fade, static_cast<int>(e));
  }
  std::vector<int> centers;
  for (BasisFunction const& f : basis_->functions())
    centers.push_back(f.center);
  for (int j = 0; j < n; ++j)
    for (std::size_t s = 0; s < m; ++s)
      energy[s] += coefficients[j] * left[centers[j] * m + s] * values_[j * m + s];
  std::vector<double> start;
  for (std::size_t s = 0; s < m; ++s)
    if (s == 0 || points_[s].crystal != points_[s - 1].crystal)
      start.push_back(energy[s]);
  auto const depths = allowed_depths(pairs_, start);
  struct Bound {
    std::size_t from, to;
    double bound, width;
  };
  std::vector<Bound> bounds;
  for (std::size_t s = 0, first = 0, lowest = 0; s < m; ++s) {
    Point const& point = points_[s];
    if (s == 0 || point.crystal != points_[s - 1].crystal) {
      first = lowest = s;
      for (std::size_t k = s + 1;
           k < m && points_[k].crystal == point.crystal && points_[k].relative > near; ++k)
        if (energy[k] < energy[lowest])
          lowest = k;
      continue;
    }
    bool const may_fall = s <= lowest;
    std::size_t const from = may_fall ? first : s - 1;
    double const rise = point.repulsion - points_[from].repulsion;
    bool const pushed = pairs_[point.crystal].kind == CompressedPair::Kind::pushed;
    double const least =
        may_fall ? -part_of_depth * depths[point.crystal] : share * rise + least_rise;
    bool fitted = false, faded = false; // parts of the energies
    for (std::size_t e = 0; e < fade.begin.size(); ++e)
      if (point.core[e] >= 0) {
        fitted = fitted || left[e * m + s] > 0 || left[e * m + from] > 0;
        faded = faded || left[e * m + s] < 1 || left[e * m + from] < 1;
      }
    // Only the pushed atoms of a structure fade, not all of their species.
    if (fitted && !(pushed && faded))
      bounds.push_back({from, s, least - rise, 0.03 + 0.3 * std::abs(rise)});
  }
  LowerBounds result{std::vector<double>(bounds.size() * n_unknowns, 0.), {}};
  for (Bound const& b : bounds)
    result.bounds.push_back(b.bound / b.width);
  for (int j = 0; j < n; ++j) {
    double const* const value = values_.data() + j * m;
    double const* const share_left = left.data() + centers[j] * m;
    for (std::size_t k = 0; k < bounds.size(); ++k) {
      Bound const& b = bounds[k];
      result.rows[j * bounds.size() + k] =
          (share_left[b.to] * value[b.to] - share_left[b.from] * value[b.from]) / b.width;
    }
  }
  return result;
}

} // namespace kolace
