// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pair.h>

#include <memory>
#include <string>
#include <vector>

namespace kolace {
template <class Space> class PointerListEvaluator;
}

namespace LAMMPS_NS {

/// pair_style kolace: an ACE potential of kolace (.yaml, .yace, .kolace.yaml).
///
///     pair_style kolace
///     pair_coeff * * FILE [FILE.asi] ELEMENT ...     one per atom type, NULL: not of this style
///
/// With an active set (.asi), `fix pair N kolace gamma 1` computes extrapolation grades every N
/// steps.
///
/// Units metal, newton on. Energies include the free atoms' energies of the file. Computes on
/// Kokkos' default execution space; on a host, with the number of threads given by `package omp` or
/// OMP_NUM_THREADS (otherwise one).
class PairKolace : public Pair {
public:
  explicit PairKolace(LAMMPS* lmp);
  ~PairKolace() override;

  void settings(int n_words, char** words) override;
  void coeff(int n_words, char** words) override;
  void init_style() override;
  double init_one(int i, int j) override;
  void compute(int eflag, int vflag) override;
  void* extract(char const* name, int& dimension) override;
  void* extract_peratom(char const* name, int& columns) override;

private:
  void allocate();
  void describe(std::string const& file, std::vector<std::string> const& notes);
  void add_results();

  struct State; ///< members of kolace types, separate from LAMMPS headers
  std::unique_ptr<State> state_;
  std::vector<int> species_of_type_, species_, centers_;
  std::vector<double> energies_, virials_, centroids_, grades_; ///< per atom
  int wants_grades_ = 0;                                        ///< set by fix pair
  bool has_active_set_ = false;
  bool single_ = false; ///< pair_style kolace single
};

} // namespace LAMMPS_NS
