#include <kolace/structure/structure.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kolace {

std::optional<std::pair<std::size_t, std::size_t>> coincident_atoms(Structure const& structure,
                                                                    double distance) {
  std::size_t const n = structure.n_atoms();
  Mat3 const basis = binning_basis(structure.cell);
  Mat3 const to_fraction = inverse(basis);
  auto const& periodic = structure.cell.periodic;

  // Sweep along the direction in which the atoms are spread furthest.
  std::vector<Vec3> fraction(n);
  Vec3 height, low{}, high{};
  for (int d = 0; d < 3; ++d)
    height[d] = 1 / norm({to_fraction[0][d], to_fraction[1][d], to_fraction[2][d]});
  for (std::size_t i = 0; i < n; ++i) {
    fraction[i] = multiply(structure.positions[i], to_fraction);
    for (int d = 0; d < 3; ++d) {
      if (periodic[d])
        fraction[i][d] -= std::floor(fraction[i][d]);
      low[d] = i == 0 ? fraction[i][d] : std::min(low[d], fraction[i][d]);
      high[d] = i == 0 ? fraction[i][d] : std::max(high[d], fraction[i][d]);
    }
  }
  int axis = 0;
  for (int d = 1; d < 3; ++d)
    if ((high[d] - low[d]) * height[d] > (high[axis] - low[axis]) * height[axis])
      axis = d;

  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](auto i, auto j) { return fraction[i][axis] < fraction[j][axis]; });
  auto const close = [&](std::size_t i, std::size_t j) {
    Vec3 delta;
    for (int d = 0; d < 3; ++d) {
      delta[d] = fraction[j][d] - fraction[i][d];
      if (periodic[d])
        delta[d] -= std::round(delta[d]);
    }
    return norm(multiply(delta, basis)) < distance;
  };
  double const window = distance / height[axis];
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t step = 1; step < n; ++step) {
      std::size_t const next = k + step;
      if (next >= n && !periodic[axis])
        break;
      double const gap = fraction[order[next % n]][axis] - fraction[order[k]][axis] + (next >= n);
      if (gap > window)
        break;
      if (close(order[k], order[next % n]))
        return std::minmax(order[k], order[next % n]);
    }
  return std::nullopt;
}

bool is_isolated_atom(Structure const& structure, double cutoff) {
  if (structure.n_atoms() != 1)
    return false;
  // A lattice vector shorter than the cutoff is an image within it. Height d of the cell bounds how
  // often vector d can enter such a sum.
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
