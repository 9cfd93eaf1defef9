// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/cell.hpp>

#include <cmath>

namespace kolace {
namespace {

Vec3 scaled(Vec3 const& a, double s) {
  return {a[0] * s, a[1] * s, a[2] * s};
}

/// A unit vector normal to a.
Vec3 any_normal(Vec3 const& a) {
  int smallest = 0;
  for (int k = 1; k < 3; ++k)
    if (std::abs(a[k]) < std::abs(a[smallest]))
      smallest = k;
  Vec3 axis{};
  axis[smallest] = 1;
  Vec3 const n = cross(a, axis);
  return scaled(n, 1 / norm(n));
}

/// Shorter vectors of the same lattice: multiples of the other periodic vectors are subtracted from
/// each periodic vector until none can be shortened (at most most_rounds rounds). Non-periodic
/// vectors are unchanged.
Mat3 reduced(Cell const& cell) {
  Mat3 a = cell.vectors;
  constexpr int most_rounds = 100;
  bool changed = true;
  for (int round = 0; changed && round < most_rounds; ++round) {
    changed = false;
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        if (i == j || !cell.periodic[i] || !cell.periodic[j])
          continue;
        double const overlap = dot(a[i], a[j]) / dot(a[j], a[j]);
        if (!(std::abs(overlap) > 0.5 + 1e-9) || !std::isfinite(overlap))
          continue;
        double const multiple = std::round(overlap);
        for (int k = 0; k < 3; ++k)
          a[i][k] -= multiple * a[j][k];
        changed = true;
      }
  }
  return a;
}

} // namespace

double dot(Vec3 const& a, Vec3 const& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vec3 cross(Vec3 const& a, Vec3 const& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double norm(Vec3 const& a) {
  return std::sqrt(dot(a, a));
}

bool any_periodic(Cell const& cell) {
  return cell.periodic[0] || cell.periodic[1] || cell.periodic[2];
}

double volume(Cell const& cell) {
  return std::abs(dot(cell.vectors[0], cross(cell.vectors[1], cell.vectors[2])));
}

Mat3 binning_basis(Cell const& cell) {
  Mat3 basis = reduced(cell);
  int const count = cell.periodic[0] + cell.periodic[1] + cell.periodic[2];
  if (count == 0)
    return {Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}};
  for (int d = 0; d < 3; ++d) {
    int const e = (d + 1) % 3;
    int const f = (d + 2) % 3;
    if (count == 2 && !cell.periodic[d]) {
      Vec3 const n = cross(basis[e], basis[f]);
      basis[d] = scaled(n, 1 / norm(n));
    }
    if (count == 1 && cell.periodic[d]) {
      basis[e] = any_normal(basis[d]);
      Vec3 const n = cross(basis[d], basis[e]);
      basis[f] = scaled(n, 1 / norm(n));
    }
  }
  return basis;
}

Mat3 inverse(Mat3 const& rows) {
  Vec3 const bc = cross(rows[1], rows[2]);
  Vec3 const ca = cross(rows[2], rows[0]);
  Vec3 const ab = cross(rows[0], rows[1]);
  double const scale = 1 / dot(rows[0], bc);
  Mat3 result;
  for (int k = 0; k < 3; ++k)
    result[k] = {bc[k] * scale, ca[k] * scale, ab[k] * scale};
  return result;
}

Vec3 multiply(Vec3 const& row, Mat3 const& matrix) {
  Vec3 result{};
  for (int d = 0; d < 3; ++d)
    for (int k = 0; k < 3; ++k)
      result[k] += row[d] * matrix[d][k];
  return result;
}

bool valid_periodicity(Cell const& cell) {
  constexpr double closest = 0.1;
  Mat3 const& a = cell.vectors;
  for (int d = 0; d < 3; ++d)
    if (cell.periodic[d] && !(norm(a[d]) > closest && std::isfinite(norm(a[d]))))
      return false;
  for (int d = 0; d < 3; ++d) {
    int const e = (d + 1) % 3;
    if (cell.periodic[d] && cell.periodic[e] && !(norm(cross(a[d], a[e])) > 0))
      return false;
  }
  if (cell.periodic[0] && cell.periodic[1] && cell.periodic[2] && !(volume(cell) > 0))
    return false;
  Mat3 const to_fraction = inverse(binning_basis(cell));
  for (int d = 0; d < 3; ++d) {
    double const height = 1 / norm({to_fraction[0][d], to_fraction[1][d], to_fraction[2][d]});
    if (cell.periodic[d] && !(height > closest))
      return false;
  }
  return true;
}

} // namespace kolace
