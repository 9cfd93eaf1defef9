// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/dataset/training_data.hpp>
#include <kolace/fit/scan_path.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kolace {

/// @file
/// Behavior of a potential at densities beyond its data: scans of simple crystals of every element
/// and pair of elements (simple_crystals), and of dimers, down to a shortest distance of 0.4 times
/// the sum of the covalent radii; and scans of training structures in which the closest two atoms
/// are pushed together to 0.7 times their distance.

inline constexpr char const* pushed_pair = "pair in the data"; ///< in a CompressionCheck

/// Limits of the data at high density.
struct DataLimits {
  std::vector<double> volumes; ///< smallest_volumes
  /// Shortest distance of each pair, Angstrom [n_elements^2]; may be infinite.
  std::vector<double> shortest;
  std::vector<ScanPath> close_pairs; ///< atoms that are pushed together
};

/// Smallest volume per atom of the periodic training structures of each pair of elements,
/// Angstrom^3 [n_elements^2]: of structures with exactly these elements, else the mean of the two
/// elements' own volumes. An element without structures of its own uses the smallest volume of all.
/// 0 without periodic structures.
std::vector<double> smallest_volumes(std::vector<StructureRecord> const& records, int n_elements);

/// Energy of a crystal or dimer as it is compressed.
struct CompressionCheck {
  std::string crystal; ///< structure type, e.g. "fcc", "dimer", or pushed_pair
  std::string a;       ///< symbol of one element
  std::string b;       ///< symbol of the other element; equal to `a` for one element
  double start = 0;    ///< shortest distance where the scan begins, Angstrom
  double end = 0;      ///< shortest distance at the largest compression, Angstrom
  /// Distance down to which the energy rises monotonically from `start`, Angstrom; `end`: it rises
  /// all the way. A minimum within 12 % of `start` is allowed, which may be the equilibrium of a
  /// phase that the data lack: of at most 0.1 eV/atom for the crystal of lowest energy, of 0.5
  /// eV/atom for others if their energy stays at most 0.1 eV/atom below that of the lowest.
  double rises_down_to = 0;
  /// Largest drop of the energy below an earlier value, eV/atom; per pushed atom for a close pair,
  /// whose energy may fall by 0.1 eV in all where a minimum is allowed.
  double fall = 0;
  /// True if the energy rises over the whole scan.
  bool rises() const { return rises_down_to <= end; }
};

/// Scans all crystals and dimers.
std::vector<CompressionCheck> check_compression(Kokkos::DefaultExecutionSpace const& space,
                                                AcePotential const& potential,
                                                DataLimits const& limits);

/// The same scans of one potential for any fading: E_ACE of every atom is evaluated only once, the
/// core density once for all potentials.
class CompressionScan {
public:
  /// @param potential must have pair repulsion (type density) and no fading
  CompressionScan(Kokkos::DefaultExecutionSpace const& space, AcePotential const& potential,
                  DataLimits const& limits);

  /// Scans another potential with the same repulsion.
  void set(AcePotential const& potential);
  /// Results of the scans with this fading.
  std::vector<CompressionCheck> checks(CoreFade const& fade) const;

private:
  struct Atom {
    std::size_t structure = 0;
    int species = 0;
    double fitted = 0, core = 0; ///< E_ACE with E0, and core density, eV
  };
  Kokkos::DefaultExecutionSpace space_;
  ElementSet elements_;
  std::vector<double> reference_energy_;
  DataLimits limits_;
  std::shared_ptr<std::vector<Structure> const> structures_; ///< volumes of all crystals, in order
  std::vector<Atom> atoms_;                                  ///< of all structures
};

/// Core density of an atom in an fcc crystal of its own element with pair_repulsion, eV
/// [n_elements]; the nearest-neighbor distance is `relative` times twice the covalent radius.
std::vector<double> core_density_of_fcc(ElementSet const& elements, double relative);

} // namespace kolace
