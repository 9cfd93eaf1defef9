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

} // namespace kolace
