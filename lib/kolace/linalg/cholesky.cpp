// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/cholesky.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/linalg/detail/lapack.hpp>

namespace kolace {

bool cholesky(std::vector<double>& a, int n) {
  KOLACE_EXPECT(a.size() == static_cast<std::size_t>(n) * n, a.size(), n);
  char const upper = 'U';
  int info = 0;
  dpotrf_(&upper, &n, a.data(), &n, &info);
  if (info < 0)
    detail::check(info, "dpotrf");
  return info == 0;
}

void cholesky_solve(std::vector<double> const& u, int n, std::vector<double>& b) {
  detail::solve_transposed(u, n, b);
  detail::solve(u, n, b);
}

} // namespace kolace
