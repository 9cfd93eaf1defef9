#pragma once

#include <stdexcept>
#include <string>

/// @file The few LAPACK and BLAS routines the host solvers use (Fortran interface, 32-bit
/// integers).

extern "C" {
void dgemm_(char const* transa, char const* transb, int const* m, int const* n, int const* k,
            double const* alpha, double const* a, int const* lda, double const* b, int const* ldb,
            double const* beta, double* c, int const* ldc);
void dgeqrf_(int const* m, int const* n, double* a, int const* lda, double* tau, double* work,
             int const* lwork, int* info);
void dtrtri_(char const* uplo, char const* diag, int const* n, double* a, int const* lda,
             int* info);
void dgesdd_(char const* jobz, int const* m, int const* n, double* a, int const* lda, double* s,
             double* u, int const* ldu, double* vt, int const* ldvt, double* work, int const* lwork,
             int* iwork, int* info);
/// Least norm by singular values above rcond times the largest; Q and P are never formed.
void dgelsd_(int const* m, int const* n, int const* n_targets, double* a, int const* lda, double* b,
             int const* ldb, double* s, double const* rcond, int* rank, double* work,
             int const* lwork, int* iwork, int* info);
}

namespace kolace::detail {

/// @throws std::runtime_error where a routine failed
inline void check(int info, char const* routine) {
  if (info != 0)
    throw std::runtime_error(std::string(routine) + " failed with info " + std::to_string(info));
}

} // namespace kolace::detail
