// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/compression_rows.hpp>

#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {

using Space = Kokkos::DefaultExecutionSpace;
using detail::Compressed;

CompressionRows::CompressionRows(Space const& space, std::shared_ptr<AceBasis const> const& basis,
                                 AcePotential const& core, DataLimits const& limits,
                                 double spline_width)
    : space_(space), basis_(basis), core_(core), spline_width_(spline_width) {
  append(detail::compressed_crystals(basis->elements(), limits));
}

void CompressionRows::add(std::vector<ScanPath> const& paths) {
  std::vector<Compressed> all;
  for (ScanPath const& path : paths)
    all.push_back(detail::along(basis_->elements(), path));
  append(std::move(all));
}

void CompressionRows::append(std::vector<Compressed> crystals) {
  ElementSet const& elements = basis_->elements();
  auto const structures = detail::structures_of(crystals);
  std::size_t const before = points_.size(), n = basis_->size();
  for (Compressed& c : crystals) {
    for (double const relative : c.relative)
      points_.push_back({static_cast<int>(crystals_.size()), relative / c.relative[0], 0,
                         std::vector<double>(elements.size(), -1.)});
    c.path = nullptr; // its structures are not needed any more
    crystals_.push_back(std::move(c));
  }
  values_.resize(points_.size() * n);
  Evaluator<Space> repulsion(space_, core_);
  DesignAssembler<Space> assembler(space_, basis_, spline_width_);
  RowKinds kinds;
  kinds.forces = kinds.virial = false;
  detail::for_each_batch(structures, basis_->cutoff(), [&](std::size_t first, std::size_t last) {
    std::span<Structure const> const part(structures.data() + first, last - first);
    auto const repelled = predict_energies(space_, repulsion, part);
    auto site = repelled.begin();
    for (std::size_t s = 0; s < part.size(); ++s) {
      Point& point = points_[before + first + s];
      // Atoms of one species are equivalent in crystals.
      for (std::size_t i = 0; i < part[s].n_atoms(); ++i) {
        double& core = point.core[elements.species(part[s].numbers[i])];
        core = std::max(core, *site);
        point.repulsion += *site++ / crystals_[point.crystal].n_sharing;
      }
    }
    auto const batch = StructureBatch<Space>::create(space_, part, elements);
    auto const list = build_neighbor_list(space_, batch, basis_->cutoff());
    Matrix<Space> const rows("kolace::fit::compression_rows", part.size(), n + 1);
    assembler(space_, batch, list, kinds, rows, {}, {});
    space_.fence("kolace::fit: rows of compressed crystals are read on the host");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows);
    for (std::size_t s = 0; s < part.size(); ++s) {
      std::size_t const at = before + first + s;
      for (std::size_t j = 0; j < n; ++j)
        values_[at * n + j] = host(s, j) / crystals_[points_[at].crystal].n_sharing;
    }
  });
}

void CompressionRows::shrink(Size before) {
  crystals_.resize(before.crystals);
  points_.resize(before.points);
  values_.resize(before.points * basis_->size());
}

bool CompressionRows::begins_to_fade(Point const& point, CoreFade const& fade) {
  for (std::size_t e = 0; e < fade.begin.size(); ++e)
    if (point.core[e] >= 0 && left_of(point, fade, static_cast<int>(e)) < 1)
      return true;
  return false;
}

bool CompressionRows::has_bounds(CoreFade const& fade, Size before) const {
  for (std::size_t s = before.points, first = s; s < points_.size(); ++s) {
    if (points_[s].crystal != points_[first].crystal)
      first = s;
    if (s > first && !begins_to_fade(points_[s], fade) && !begins_to_fade(points_[first], fade))
      return true;
  }
  return false;
}

double CompressionRows::left_of(Point const& point, CoreFade const& fade, int species) {
  double const begin = fade.begin[species];
  return detail::step_down(point.core[species], fade.end * begin, (fade.end - 1) * begin).value;
}

LowerBounds CompressionRows::rising(CoreFade const& fade, std::vector<double> const& coefficients,
                                    int n_unknowns) const {
  constexpr double share = 0.05, least_rise = 0.003, part_of_depth = 0.8;
  std::size_t const n = basis_->size(), m = points_.size();
  std::vector<double> left(m * fade.begin.size()), energy(m);
  for (std::size_t s = 0; s < m; ++s) {
    energy[s] = points_[s].repulsion;
    for (std::size_t e = 0; e < fade.begin.size(); ++e)
      left[e * m + s] = left_of(points_[s], fade, static_cast<int>(e));
  }
  std::vector<int> centers;
  for (BasisFunction const& f : basis_->functions())
    centers.push_back(f.center);
  for (std::size_t s = 0; s < m; ++s)
    for (std::size_t j = 0; j < n; ++j)
      energy[s] += coefficients[j] * left[centers[j] * m + s] * values_[s * n + j];
  std::vector<double> start;
  for (std::size_t s = 0; s < m; ++s)
    if (s == 0 || points_[s].crystal != points_[s - 1].crystal)
      start.push_back(energy[s]);
  auto const depths = detail::allowed_depths(crystals_, start);
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
           k < m && points_[k].crystal == point.crystal && points_[k].relative > detail::near; ++k)
        if (energy[k] < energy[lowest])
          lowest = k;
      continue;
    }
    auto const kind = crystals_[point.crystal].kind;
    bool const moves = kind == Compressed::Kind::dynamics;
    bool const may_fall = moves || s <= lowest;
    std::size_t const from = may_fall ? first : s - 1;
    double const rise = point.repulsion - points_[from].repulsion;
    bool const on_path = moves || kind == Compressed::Kind::pushed;
    double const least =
        may_fall ? -part_of_depth * depths[point.crystal] : share * rise + least_rise;
    bool fitted = false; // a part of the energies is
    for (std::size_t e = 0; e < fade.begin.size(); ++e)
      if (point.core[e] >= 0)
        fitted = fitted || left[e * m + s] > 0 || left[e * m + from] > 0;
    // Only the approaching atoms of a structure fade, not all of their species.
    bool const faded = begins_to_fade(point, fade) || begins_to_fade(points_[from], fade);
    if (fitted && !(on_path && faded))
      bounds.push_back({from, s, least - rise, 0.03 + 0.3 * std::abs(rise)});
  }
  LowerBounds result{std::vector<double>(bounds.size() * n_unknowns, 0.), {}};
  for (Bound const& b : bounds)
    result.bounds.push_back(b.bound / b.width);
  for (std::size_t k = 0; k < bounds.size(); ++k) {
    Bound const& b = bounds[k];
    for (std::size_t j = 0; j < n; ++j) {
      double const* const share_left = left.data() + centers[j] * m;
      result.rows[j * bounds.size() + k] = (share_left[b.to] * values_[b.to * n + j] -
                                            share_left[b.from] * values_[b.from * n + j]) /
                                           b.width;
    }
  }
  return result;
}

} // namespace kolace
