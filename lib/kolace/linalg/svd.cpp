// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/detail/svd.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/linalg/detail/lapack.hpp>

namespace kolace::detail {

Svd singular_values(std::vector<double> a, int n) {
  KOLACE_EXPECT(a.size() == static_cast<std::size_t>(n) * n, a.size(), n);
  Svd svd;
  if (n == 0)
    return svd;
  svd.u.resize(a.size());
  svd.vt.resize(a.size());
  svd.s.resize(n);
  std::vector<int> integers(8 * n);
  double size = 0;
  int info = 0, query = -1;
  char const all = 'A';
  dgesdd_(&all, &n, &n, a.data(), &n, svd.s.data(), svd.u.data(), &n, svd.vt.data(), &n, &size,
          &query, integers.data(), &info);
  check(info, "dgesdd");
  int const length = static_cast<int>(size);
  std::vector<double> work(length), kept = a;
  dgesdd_(&all, &n, &n, a.data(), &n, svd.s.data(), svd.u.data(), &n, svd.vt.data(), &n,
          work.data(), &length, integers.data(), &info);
  if (info > 0) { // divide and conquer may fail for extreme condition numbers
    dgesvd_(&all, &all, &n, &n, kept.data(), &n, svd.s.data(), svd.u.data(), &n, svd.vt.data(), &n,
            &size, &query, &info);
    work.resize(static_cast<std::size_t>(size));
    int const more = static_cast<int>(size);
    dgesvd_(&all, &all, &n, &n, kept.data(), &n, svd.s.data(), svd.u.data(), &n, svd.vt.data(), &n,
            work.data(), &more, &info);
  }
  check(info, "singular values (dgesdd, dgesvd)");
  return svd;
}

std::vector<double> unknowns_of(TriangularFactor const& factor) {
  int const n = factor.n_unknowns();
  std::vector<double> a(static_cast<std::size_t>(n) * n, 0.);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i <= j; ++i)
      a[static_cast<std::size_t>(j) * n + i] = factor(i, j);
  return a;
}

} // namespace kolace::detail
