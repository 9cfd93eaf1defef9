// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/structure.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace kolace {

namespace {

/// Grid of small boxes for finding pairs of atoms that nearly coincide.
class FineGrid {
public:
  FineGrid(Structure const& structure, double distance)
      : distance_(distance), basis_(binning_basis(structure.cell)),
        periodic_(structure.cell.periodic) {
    Mat3 const to_fraction = inverse(basis_);
    std::size_t const n = structure.n_atoms();
    fraction_.resize(n);
    Vec3 low{}, high{};
    for (std::size_t i = 0; i < n; ++i) {
      fraction_[i] = multiply(structure.positions[i], to_fraction);
      for (int d = 0; d < 3; ++d) {
        if (periodic_[d])
          fraction_[i][d] -= std::floor(fraction_[i][d]);
        low[d] = i == 0 ? fraction_[i][d] : std::min(low[d], fraction_[i][d]);
        high[d] = i == 0 ? fraction_[i][d] : std::max(high[d], fraction_[i][d]);
      }
    }
    for (int d = 0; d < 3; ++d) {
      double const height = 1 / norm({to_fraction[0][d], to_fraction[1][d], to_fraction[2][d]});
      double const extent = periodic_[d] ? 1 : high[d] - low[d];
      origin_[d] = periodic_[d] ? 0 : low[d];
      double const boxes = std::floor(extent * height / (widths_of_box * distance));
      n_[d] = static_cast<std::int64_t>(std::clamp(boxes, 1., most_boxes));
      scale_[d] = static_cast<double>(n_[d]) / std::max(extent, 1e-300);
      reach_[d] = distance / height * scale_[d];
    }
    boxes_.reserve(n);
    for (std::size_t i = 0; i < n; ++i)
      boxes_.emplace_back(key(box(i)), i);
    std::sort(boxes_.begin(), boxes_.end());
  }

  /// The first pair (i < j, in lexicographic order) closer than `distance`; none if all are further
  /// apart.
  std::optional<std::pair<std::size_t, std::size_t>> first_pair() const {
    std::optional<std::pair<std::size_t, std::size_t>> first;
    // True if j is close. Later atoms of its box, which are in ascending order, need no look then.
    auto const look_at = [&](std::size_t i, std::size_t j) {
      bool const found = i != j && close(i, j);
      if (found) {
        std::pair<std::size_t, std::size_t> const pair = std::minmax(i, j);
        if (!first || pair < *first)
          first = pair;
      }
      return found;
    };
    for (std::size_t k = 0; k < boxes_.size(); ++k) {
      std::size_t const i = boxes_[k].second;
      if (first && i > first->second) // no part of an earlier pair
        continue;
      for (std::size_t next = k + 1; next < boxes_.size() && boxes_[next].first == boxes_[k].first;
           ++next)
        if (look_at(i, boxes_[next].second))
          break;
      for_each_near_box(i, [&](std::uint64_t other) {
        for (auto at =
                 std::lower_bound(boxes_.begin(), boxes_.end(), std::pair(other, std::size_t{0}));
             at != boxes_.end() && at->first == other; ++at)
          if (look_at(i, at->second))
            break;
      });
    }
    return first;
  }

private:
  using Box = std::array<std::int64_t, 3>;
  static constexpr double widths_of_box = 64, most_boxes = 1e15;
  /// Shift of the grid in units of a box: crystal planes then rarely lie on box boundaries.
  static constexpr double offset = 0.3819660112501051;

  double in_boxes(std::size_t i, int d) const {
    return (fraction_[i][d] - origin_[d]) * scale_[d] + offset;
  }
  Box box(std::size_t i) const {
    Box result;
    for (int d = 0; d < 3; ++d)
      result[d] = wrapped(static_cast<std::int64_t>(std::floor(in_boxes(i, d))), d);
    return result;
  }
  /// Box index in direction d, wrapped if periodic. Open directions have one extra box, since the
  /// offset may move the last atoms into it.
  std::int64_t wrapped(std::int64_t b, int d) const {
    return periodic_[d] ? (b % n_[d] + n_[d]) % n_[d] : b;
  }
  /// Hash of a box; two boxes with the same key cost time but change nothing.
  static std::uint64_t key(Box const& b) {
    std::uint64_t hash = 0;
    for (std::int64_t const index : b) {
      hash = (hash ^ static_cast<std::uint64_t>(index)) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    return hash;
  }

  /// Visits the other boxes that may hold atoms within `distance` of atom i. Few atoms are that
  /// close to a face of their box.
  template <class Visit> void for_each_near_box(std::size_t i, Visit const& visit) const {
    std::array<std::array<std::int64_t, 3>, 3> choices{}; // per direction: own box, below, above
    std::array<int, 3> count{};
    for (int d = 0; d < 3; ++d) {
      double const x = in_boxes(i, d), inside = x - std::floor(x);
      auto const b = static_cast<std::int64_t>(std::floor(x));
      choices[d][count[d]++] = wrapped(b, d);
      if (inside <= reach_[d] && (periodic_[d] || b > 0))
        choices[d][count[d]++] = wrapped(b - 1, d);
      if (inside >= 1 - reach_[d])
        choices[d][count[d]++] = wrapped(b + 1, d);
    }
    for (int a = 0; a < count[0]; ++a)
      for (int b = 0; b < count[1]; ++b)
        for (int c = 0; c < count[2]; ++c)
          if (a + b + c > 0)
            visit(key({choices[0][a], choices[1][b], choices[2][c]}));
  }

  bool close(std::size_t i, std::size_t j) const {
    Vec3 delta;
    for (int d = 0; d < 3; ++d) {
      delta[d] = fraction_[j][d] - fraction_[i][d];
      if (periodic_[d])
        delta[d] -= std::round(delta[d]);
    }
    return norm(multiply(delta, basis_)) < distance_;
  }

  double distance_;
  Mat3 basis_;
  std::array<bool, 3> periodic_;
  std::vector<Vec3> fraction_;
  Vec3 origin_{}, scale_{}, reach_{};
  std::array<std::int64_t, 3> n_{};
  std::vector<std::pair<std::uint64_t, std::size_t>> boxes_; ///< (box key, atom), sorted
};

} // namespace

std::optional<std::pair<std::size_t, std::size_t>> coincident_atoms(Structure const& structure,
                                                                    double distance) {
  if (structure.n_atoms() < 2)
    return std::nullopt;
  return FineGrid(structure, distance).first_pair();
}

double estimated_pairs(Structure const& structure, double cutoff) {
  double const n = static_cast<double>(structure.n_atoms());
  auto const& periodic = structure.cell.periodic;
  double space = volume(structure.cell);
  bool const is_bulk = periodic[0] && periodic[1] && periodic[2] && space > 0;
  if (!is_bulk) {
    Vec3 low{}, high{};
    for (std::size_t i = 0; i < structure.n_atoms(); ++i)
      for (int d = 0; d < 3; ++d) {
        double const x = structure.positions[i][d];
        low[d] = i == 0 ? x : std::min(low[d], x);
        high[d] = i == 0 ? x : std::max(high[d], x);
      }
    space = 1;
    for (int d = 0; d < 3; ++d)
      space *= std::max(high[d] - low[d], 1.);
  }
  constexpr double pi = 3.141592653589793;
  double const sphere = 4. / 3 * pi * cutoff * cutoff * cutoff;
  return n * n * (is_bulk ? sphere / space : std::min(sphere / space, 1.));
}

bool is_isolated_atom(Structure const& structure, double cutoff) {
  if (structure.n_atoms() != 1)
    return false;
  // A lattice vector shorter than the cutoff leads to an image within the cutoff. The height of the
  // cell in direction d bounds the multiple of basis vector d in such a lattice vector.
  Mat3 const basis = binning_basis(structure.cell);
  Mat3 const to_fraction = inverse(basis);
  std::array<int, 3> reach{};
  for (int d = 0; d < 3; ++d)
    if (structure.cell.periodic[d])
      reach[d] = static_cast<int>(
          std::floor(cutoff * norm({to_fraction[0][d], to_fraction[1][d], to_fraction[2][d]})));
  for (int a = -reach[0]; a <= reach[0]; ++a)
    for (int b = -reach[1]; b <= reach[1]; ++b)
      for (int c = -reach[2]; c <= reach[2]; ++c)
        if ((a != 0 || b != 0 || c != 0) &&
            norm(multiply({double(a), double(b), double(c)}, basis)) < cutoff)
          return false;
  return true;
}

} // namespace kolace
