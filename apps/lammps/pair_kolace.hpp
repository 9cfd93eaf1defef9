// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pair.h>

#include <memory>
#include <string>
#include <vector>

namespace kolace {
class AceBasis;
struct AcePotential;
struct ActiveSet;
} // namespace kolace

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

protected:
  /// xx yy zz xy xz yz yx zx zy (LAMMPS) in rows of three.
  static constexpr int centroid_order[9] = {0, 4, 8, 1, 2, 5, 3, 6, 7};

  /// Creates the evaluator of a potential and sets basis_.
  /// @param active_set may be null
  virtual void use(kolace::AcePotential const& potential, kolace::ActiveSet const* active_set);

  std::shared_ptr<kolace::AceBasis const> basis_;
  std::vector<int> species_of_type_;
  std::vector<double> grades_; ///< per atom
  int wants_grades_ = 0;       ///< set by fix pair
  bool single_ = false;        ///< pair_style kolace single

private:
  void allocate();
  void describe(std::string const& file, std::vector<std::string> const& notes);
  void add_results();

  struct State; ///< members of kolace types, separate from LAMMPS headers
  std::unique_ptr<State> state_;
  std::vector<int> species_, centers_;
  std::vector<double> energies_, virials_, centroids_; ///< per atom
  bool has_active_set_ = false;
};

} // namespace LAMMPS_NS
