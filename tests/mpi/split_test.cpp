// SPDX-License-Identifier: BSD-3-Clause
// Two concurrent fits, each on half of the ranks; both equal the fit on one rank. Run with mpiexec.
#include "support/labelled.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/fit/fit.hpp>

#include <cmath>
#include <cstdio>

#include <mpi.h>

namespace {

using namespace kolace;

/// @return largest relative deviation of losses and energies from the fit on one rank
double deviation(MPI_Comm half, int which) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  test::TemporaryFolder const folder;
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 20 + 15 * which, true))},
                     {});
  auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  FitOptions options;
  options.kappa = 0.4;
  options.kappa_virial = 0.1;
  options.l2 = 1e-6;
  FitResult const one =
      fit_potential(Context{.ranks = Communicator::alone()}, data, {}, basis, options);
  FitResult const many =
      fit_potential(Context{.ranks = Communicator(half)}, data, {}, basis, options);
  double const a = one.train.total.loss(0.4, 0.1), b = many.train.total.loss(0.4, 0.1);
  double worst = std::abs(b / a - 1);
  for (std::size_t k = 0; k < one.potential.coefficients.size(); ++k)
    worst =
        std::max(worst, std::abs(many.potential.coefficients[k] - one.potential.coefficients[k]) /
                            one.coefficient_norm);
  return worst;
}

} // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0, size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm half = MPI_COMM_NULL;
  int const which = rank % 2;
  MPI_Comm_split(MPI_COMM_WORLD, which, rank, &half);
  double mine = 0, worst = 0;
  {
    Kokkos::ScopeGuard const kokkos(argc, argv);
    mine = deviation(half, which);
  }
  MPI_Allreduce(&mine, &worst, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  if (rank == 0)
    std::printf("split: %d ranks, deviation %.2g\n", size, worst);
  MPI_Comm_free(&half);
  MPI_Finalize();
  return worst < 1e-10 ? 0 : 1;
}
