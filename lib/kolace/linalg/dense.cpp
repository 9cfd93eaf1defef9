// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/contracts.hpp>
#include <kolace/linalg/dense.hpp>

#include <kolace/linalg/detail/lapack.hpp>

namespace kolace {

void multiply(int m, int n, int k, double const* a, int lda, double const* b, int ldb, double* c,
              int ldc) {
  KOLACE_EXPECT(lda >= m && ldb >= k && ldc >= m, m, k, lda, ldb, ldc);
  if (m == 0 || n == 0)
    return;
  char const plain = 'N';
  double const one = 1, zero = 0;
  dgemm_(&plain, &plain, &m, &n, &k, &one, a, &lda, b, &ldb, &zero, c, &ldc);
}

std::vector<double> transposed(std::vector<double> const& matrix, int n) {
  std::vector<double> result(matrix.size());
  std::size_t const m = n > 0 ? matrix.size() / n : 0;
  for (int j = 0; j < n; ++j)
    for (std::size_t i = 0; i < m; ++i)
      result[i * n + j] = matrix[j * m + i];
  return result;
}

} // namespace kolace
