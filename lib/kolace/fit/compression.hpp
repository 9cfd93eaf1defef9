#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/dataset/training_data.hpp>
#include <kolace/linalg/triangular_factor.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kolace {

/// What a potential does beyond the densities of its data: simple crystals of every element and
/// pair of elements (simple_crystals), and dimers, from there down to a shortest distance of 0.4
/// times the sum of the covalent radii.

/// Where data end.
struct DataLimits {
  std::vector<double> volumes; ///< smallest_volumes
  std::vector<double>
      shortest; ///< distances of each pair, Angstrom [n_elements^2]; may be infinite
};

/// Smallest volume per atom of the periodic training structures of each pair of elements,
/// Angstrom^3 [n_elements^2]: of those with both; else the mean of the two elements' own, else the
/// least of all; 0 without periodic structures.
std::vector<double> smallest_volumes(std::vector<StructureRecord> const& records, int n_elements);

/// How the energy of a crystal changes as it is compressed, or of a dimer.
struct CompressionCheck {
  std::string crystal, a, b; ///< structure type, elements
  double start = 0, end = 0; ///< shortest distances of the scan, Angstrom
  /// The energy rises from `start` down to here; `end`: all the way. A minimum of less than 0.5
  /// eV/atom within 12 % of `start` is allowed: the equilibrium of a phase that the data lack.
  double rises_down_to = 0;
  double fall = 0; ///< largest fall of the energy below an earlier value, eV/atom
  bool rises() const { return rises_down_to <= end; }
};

/// Scans every crystal and dimer.
std::vector<CompressionCheck> check_compression(AcePotential const& potential,
                                                DataLimits const& limits);

/// The same scans of one potential for any fading: E_ACE and core density of every atom are
/// evaluated once.
class CompressionScan {
public:
  /// @param potential with pair repulsion (type density) and without fading
  CompressionScan(AcePotential const& potential, DataLimits const& limits);

  std::vector<CompressionCheck> checks(CoreFade const& fade) const;

private:
  struct Atom {
    int species = 0;
    double fitted = 0, core = 0; ///< E_ACE with E0, and core density, eV
  };
  std::vector<std::vector<Atom>> structures_; ///< of all crystals' volumes, in order
  ElementSet elements_;
  std::vector<double> reference_energy_;
  DataLimits limits_;
};

/// Core density of an atom in fcc of its own element, eV, by pair_repulsion; the nearest neighbors
/// are `relative` times twice the covalent radius away. [n_elements]
std::vector<double> core_density_of_fcc(ElementSet const& elements, double relative);

/// A prior for what no data tell: along the compression of each crystal and dimer the fitted part
/// changes by less than the core repulsion does. Energy rows per atom: differences of neighboring
/// volumes, of width 0.03 eV plus 0.3 times the change of the repulsion, and values, of width 1 eV
/// plus a fifth of the repulsion around the mean energy of the data. What data determine does not
/// feel it.
/// @param baseline the core repulsion of the fit
/// @param mean TrainingData::mean_energy
/// @return factor over the functions and n_reference E0s, rows divided by their width; multiply
/// with
///         the noise to merge
TriangularFactor compression_prior(std::shared_ptr<AceBasis const> const& basis,
                                   AcePotential const& baseline, DataLimits const& limits,
                                   double mean, double spline_width, int n_reference);

} // namespace kolace
