#pragma once

#include <map>
#include <optional>
#include <string>

namespace kolace {

/// Where E0, the energies of free atoms, comes from (CONVENTIONS.md §8).
struct ReferenceEnergy {
  enum class Kind {
    automatic,     ///< isolated atoms where every element has one in the data, else least_squares
    given,         ///< `values`, or `value` for every element
    isolated,      ///< one-atom frames without images in the cutoff
    least_squares, ///< pacemaker's `auto`: E on the composition, shifted to the largest volume per
                   ///< atom
    fitted         ///< unknowns of the fit
  };
  Kind kind = Kind::automatic;
  double value = 0;                     ///< eV
  std::map<std::string, double> values; ///< element symbol -> eV
};

/// Relative weights of one config_type.
struct GroupWeights {
  double energy = 1;
  double forces = 1;
  double virial = 1;
};

/// How structures and atoms are weighted; every kind is normalised to sum to one.
struct Weighting {
  enum class Policy { uniform, energy_based };
  Policy policy = Policy::uniform;
  double energy_softening = 1; ///< DE, eV/atom: wE ~ 1/(e + |DE|)^2
  double force_softening = 1;  ///< DF, (eV/A)^2: wF ~ wE/(|F|^2 + |DF|)
  double energy_limit = 1e300; ///< DEup, eV/atom above the lowest: structures beyond are dropped
  std::map<std::string, GroupWeights> by_config_type;
};

/// What is minimised (CONVENTIONS.md §8).
struct FitOptions {
  std::optional<double> kappa = 0.3; ///< share of forces; none: from the variances of the data
  double kappa_virial = 0;           ///< weight of the virial term
  double l2 = 0;                     ///< ridge on the coefficients
  Weighting weighting;
  ReferenceEnergy reference_energy;
  std::size_t batch_bytes = std::size_t{32} << 20; ///< rows and workspace held at a time
};

} // namespace kolace
