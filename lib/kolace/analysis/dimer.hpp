#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kolace {

/// One distance of a dimer curve. Energy: minus the two free atoms, eV; force = -dE/dr, eV/A,
/// positive where the atoms repel.
struct DimerPoint {
  double r = 0; ///< Angstrom
  double energy = 0;
  double force = 0;
};

/// Distances from first to last, linear or logarithmic.
/// @throws InputError unless 0.001 <= first < last <= 10000 and points >= 2
std::vector<double> dimer_distances(double first, double last, int points, bool logarithmic);

/// The model's dimer curve; species are elements of the potential.
std::vector<DimerPoint> scan_dimer(AcePotential const& potential, int species_a, int species_b,
                                   std::vector<double> const& distances);

/// The same for many pairs of elements of one potential, whose tables are made once.
class DimerScanner {
public:
  explicit DimerScanner(AcePotential const& potential);
  ~DimerScanner();
  std::vector<DimerPoint> operator()(int species_a, int species_b,
                                     std::vector<double> const& distances);

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Two atoms that approach from `start` in steps of 0.01 A down to 0.1 A.
struct DimerApproach {
  int species_a = 0, species_b = 0;
  double start = 0;         ///< Angstrom
  double rises_down_to = 0; ///< the energy rises down to here; `start` where it falls at once
  double fall = 0;          ///< of the lowest energy below that at `start`, eV, non-negative
  double lowest_at = 0;     ///< where it is, Angstrom
};

/// Approaches of every pair of elements (a <= b) with a finite start.
/// @param starts Angstrom [n_elements^2]
std::vector<DimerApproach> approach_dimers(AcePotential const& potential,
                                           std::vector<double> const& starts);

/// The dimers of two elements in labelled data, relative to the data's own free atoms, by distance.
/// Frames of more atoms or other elements are left out, and so are crystals of two atoms a cell.
/// @param cutoff images of a free atom or of a dimer are further apart than this, Angstrom
/// @throws InputError if there is no such dimer or no free atom of either element
std::vector<DimerPoint> reference_dimer(Dataset const& data, std::string const& a,
                                        std::string const& b, double cutoff);

/// Cubic Hermite interpolation of a curve from its energies and forces; false outside its range.
bool interpolate_dimer(std::vector<DimerPoint> const& curve, double r, DimerPoint& result);

/// Root-mean-square deviations of the model at the reference's distances, eV and eV/A.
struct DimerErrors {
  double energy_rmse = 0;
  double force_rmse = 0;
};
DimerErrors compare_dimers(std::vector<DimerPoint> const& model,
                           std::vector<DimerPoint> const& reference);

} // namespace kolace
