// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/detail/leave_one_out.hpp>

#include <kolace/linalg/cholesky.hpp>
#include <kolace/linalg/dense.hpp>

namespace kolace::detail {

LeaveOneOut::LeaveOneOut(Posterior const& posterior, TriangularFactor const& energies,
                         std::optional<double> prior_width)
    : posterior_(posterior), prior_width_(prior_width.value_or(0)), n_(energies.n_unknowns()),
      part_transposed_(transposed(posterior.whitened_part(energies), posterior.n_kept())) {
  if (prior_width)
    prior_transposed_ = transposed(posterior.whitened_prior(), posterior.n_kept());
}

void LeaveOneOut::leave_out(StructureRows const& structure) {
  int const m = static_cast<int>(structure.rows.size()), k = posterior_.n_kept();
  if (m == 0 || k == 0)
    return;
  std::vector<double> x(static_cast<std::size_t>(m) * n_), residuals(m);
  auto const& c = posterior_.mean();
  for (int i = 0; i < m; ++i) {
    residuals[i] = -structure.rows[i][n_];
    for (int j = 0; j < n_; ++j) {
      x[static_cast<std::size_t>(j) * m + i] = structure.rows[i][j];
      residuals[i] += structure.rows[i][j] * c[j];
    }
  }
  std::vector<double> const z = posterior_.whitened_rows(x.data(), m, m); // [k][m]
  std::vector<double> through(static_cast<std::size_t>(m) * n_);          // Z (R_E T^-1)^T, [n_][m]
  multiply(m, n_, k, z.data(), m, part_transposed_.data(), k, through.data(), m);
  std::vector<double> const z_transposed = transposed(z, k);
  std::vector<double> left(static_cast<std::size_t>(m) * m);
  multiply(m, m, k, z.data(), m, z_transposed.data(), k, left.data(), m);
  for (int j = 0; j < m; ++j)
    for (int i = 0; i < m; ++i)
      left[static_cast<std::size_t>(j) * m + i] =
          (i == j ? 1. : 0.) - left[static_cast<std::size_t>(j) * m + i]; // 1 - H
  if (!cholesky(left, m))
    return; // the structure alone determines some direction
  std::vector<double> inverse(static_cast<std::size_t>(m) * m, 0.);
  for (int i = 0; i < m; ++i)
    inverse[static_cast<std::size_t>(i) * m + i] = 1;
  cholesky_solve(left, m, inverse);
  cholesky_solve(left, m, residuals);
  cholesky_solve(left, m, through);
  std::vector<double> of_prior(prior_transposed_.empty() ? 0 : z.size()); // Z (P^1/2 T^-1)^T
  if (!of_prior.empty()) {
    multiply(m, k, k, z.data(), m, prior_transposed_.data(), k, of_prior.data(), m);
    cholesky_solve(left, m, of_prior);
  }
  ++n_structures;
  auto const add = [&](int i, std::vector<LeftOutRow>& to) {
    LeftOutRow row;
    row.square = residuals[i] * residuals[i];
    row.leverage = inverse[static_cast<std::size_t>(i) * m + i] - 1;
    for (int j = 0; j < n_; ++j) {
      double const u = through[static_cast<std::size_t>(j) * m + i];
      row.energy_leverage += u * u;
    }
    for (std::size_t j = 0; j * m < of_prior.size(); ++j) {
      double const u = of_prior[j * m + i];
      row.prior_leverage += u * u;
    }
    row.prior_variance = prior_width_ * row.prior_leverage;
    if (structure.energy >= 0) { // subtract the contribution of the structure's own energy to A_E
      double const s =
          inverse[static_cast<std::size_t>(structure.energy) * m + i] - (i == structure.energy);
      row.energy_leverage -= s * s;
    }
    if (row.leverage > 0)
      to.push_back(row);
  };
  if (structure.energy >= 0)
    add(structure.energy, energies);
  for (int i = 0; i < structure.n_forces; ++i)
    add(structure.first_force + i, forces);
}

} // namespace kolace::detail
