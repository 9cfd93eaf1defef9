// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "pair_kolace.hpp"

#include <kokkos_type.h>

namespace LAMMPS_NS {

/// pair_style kolace/kk: the same potential in a LAMMPS with the KOKKOS package. Positions, types,
/// lists and forces are read and written where that package keeps them, on a device or a host.
///
/// LAMMPS and kolace must link the same shared Kokkos library, and LAMMPS must be built with
/// KOKKOS_PREC=double.
class PairKolaceKokkos : public PairKolace {
public:
  explicit PairKolaceKokkos(LAMMPS* lmp);
  ~PairKolaceKokkos() override;

  void coeff(int n_words, char** words) override;
  void init_style() override;
  void compute(int eflag, int vflag) override;

private:
  void use(kolace::AcePotential const& potential, kolace::ActiveSet const* active_set) override;
  void add_sums();
  void add_per_atom();
  void copy_centroids(int n_atoms);

  struct DeviceState; ///< members of kolace types
  std::unique_ptr<DeviceState> device_;
  DAT::ttransform_kkacc_1d k_eatom;
  DAT::ttransform_kkacc_1d_6 k_vatom;
};

} // namespace LAMMPS_NS
