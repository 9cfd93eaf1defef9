// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

/// @file
/// The LAPACK and BLAS routines that the host solvers use (Fortran interface, 32-bit
/// integers).

extern "C" {
void dgemm_(char const* transa, char const* transb, int const* m, int const* n, int const* k,
            double const* alpha, double const* a, int const* lda, double const* b, int const* ldb,
            double const* beta, double* c, int const* ldc);
void dgeqrf_(int const* m, int const* n, double* a, int const* lda, double* tau, double* work,
             int const* lwork, int* info);
void dtrsm_(char const* side, char const* uplo, char const* transa, char const* diag, int const* m,
            int const* n, double const* alpha, double const* a, int const* lda, double* b,
            int const* ldb);
void dtrmm_(char const* side, char const* uplo, char const* transa, char const* diag, int const* m,
            int const* n, double const* alpha, double const* a, int const* lda, double* b,
            int const* ldb);
/// Cholesky: A = U^T U.
void dpotrf_(char const* uplo, int const* n, double* a, int const* lda, int* info);
void dgesdd_(char const* jobz, int const* m, int const* n, double* a, int const* lda, double* s,
             double* u, int const* ldu, double* vt, int const* ldvt, double* work, int const* lwork,
             int* iwork, int* info);
/// A = Q B P^T; the reflections replace A.
void dgebrd_(int const* m, int const* n, double* a, int const* lda, double* d, double* e,
             double* tauq, double* taup, double* work, int const* lwork, int* info);
/// Applies Q or P^T of dgebrd, or their transposes.
void dormbr_(char const* vect, char const* side, char const* trans, int const* m, int const* n,
             int const* k, double const* a, int const* lda, double const* tau, double* c,
             int const* ldc, double* work, int const* lwork, int* info);
/// Singular values of a bidiagonal matrix, descending in d.
void dbdsqr_(char const* uplo, int const* n, int const* ncvt, int const* nru, int const* ncc,
             double* d, double* e, double* vt, int const* ldvt, double* u, int const* ldu,
             double* c, int const* ldc, double* work, int* info);
/// Minimum-norm least squares from singular values above rcond times the largest; Q and P are never
/// formed.
void dgelsd_(int const* m, int const* n, int const* n_targets, double* a, int const* lda, double* b,
             int const* ldb, double* s, double const* rcond, int* rank, double* work,
             int const* lwork, int* iwork, int* info);
/// dgelss and dgesvd compute the same as dgelsd and dgesdd by QR iterations instead of divide and
/// conquer: slower, but they converge where divide and conquer fails.
void dgelss_(int const* m, int const* n, int const* n_targets, double* a, int const* lda, double* b,
             int const* ldb, double* s, double const* rcond, int* rank, double* work,
             int const* lwork, int* info);
void dgesvd_(char const* jobu, char const* jobvt, int const* m, int const* n, double* a,
             int const* lda, double* s, double* u, int const* ldu, double* vt, int const* ldvt,
             double* work, int const* lwork, int* info);
}

namespace kolace::detail {

/// @throws std::runtime_error if a routine failed (info != 0)
inline void check(int info, char const* routine) {
  if (info != 0)
    throw std::runtime_error(std::string(routine) + " failed with info " + std::to_string(info));
}

/// b <- T^-1 b, T^-T b or b T^-1 for an upper triangle T [n][n], column-major; b holds columns (or,
/// for solve_right, rows) of n numbers.
inline void solve_triangular(char side, char transposed, std::vector<double> const& triangle, int n,
                             std::vector<double>& b) {
  if (n == 0 || b.empty())
    return;
  char const upper = 'U', not_unit = 'N';
  double const one = 1;
  int const others = static_cast<int>(b.size()) / n;
  int const m = side == 'L' ? n : others, columns = side == 'L' ? others : n;
  dtrsm_(&side, &upper, &transposed, &not_unit, &m, &columns, &one, triangle.data(), &n, b.data(),
         &m);
}
inline void solve(std::vector<double> const& triangle, int n, std::vector<double>& b) {
  solve_triangular('L', 'N', triangle, n, b);
}
inline void solve_transposed(std::vector<double> const& triangle, int n, std::vector<double>& b) {
  solve_triangular('L', 'T', triangle, n, b);
}
inline void solve_right(std::vector<double> const& triangle, int n, std::vector<double>& b) {
  solve_triangular('R', 'N', triangle, n, b);
}

} // namespace kolace::detail
