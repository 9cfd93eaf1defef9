#pragma once

#include <kolace/structure/structure.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace kolace {

/// Where E0, the energies of free atoms, comes from (CONVENTIONS.md §8).
struct ReferenceEnergy {
  enum class Kind {
    automatic,     ///< isolated atoms where every element has one in the data, else least_squares;
                   ///< with the automatic solver: elements without a free atom are fitted
    given,         ///< `values`, or `value` for every element
    isolated,      ///< one-atom frames without images in the cutoff
    least_squares, ///< pacemaker's `auto`: E on the composition, shifted to the largest volume per
                   ///< atom
    fitted         ///< unknowns of the fit, as corrections to least squares on the composition
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

/// How structures and atoms are weighted; every kind is normalized to sum to one. Names in capitals
/// are pacemaker's; e is the energy per atom above `zero`, eV.
struct Weighting {
  enum class Policy {
    uniform,
    damped, ///< large labels count less: wE ~ 1/(1 + (e/8 eV)^2), wF ~ 1/(1 + (|F| / 15 eV/A)^2),
            ///< e per atom above the lowest; next to uniform in ordinary data
    energy_based
  };
  enum class Zero { convex_hull, lowest }; ///< over all compositions, or the lowest of the data
  enum class Kept { all, bulk, clusters }; ///< periodic in three directions, or the others
  Policy policy = Policy::uniform;
  std::map<std::string, GroupWeights> by_config_type;

  // Of the energy-based policy:
  Zero zero = Zero::convex_hull;
  double energy_softening = 1;     ///< DE, eV/atom: wE ~ 1/(e + |DE|)^2
  double force_softening = 1;      ///< DF, (eV/A)^2: wF ~ wE/(|F|^2 + |DF|)
  double energy_limit = 10;        ///< DEup, eV/atom: structures of e >= DEup are dropped
  double force_limit = 1e300;      ///< DFup, eV/A: so are those with a larger force on an atom
  double low_energy = 1;           ///< DElow, eV/atom: e < DElow is the lower tier
  std::optional<double> low_share; ///< wlow: sum of the lower tier's wE
  Kept kept = Kept::all;           ///< reftype
  long n_structures = -1;          ///< nfit: of the lower tier first, the rest by lot; -1: all
  long n_low = -1, n_up = -1;      ///< n_lower, n_upper: by lot from each tier; -1: all
  std::uint64_t seed = 42;

  /// The same weights with nothing dropped: for test data.
  Weighting keeping_all() const;
};

/// What the labels of a data set are compared with, and what each of them weighs (CONVENTIONS.md
/// §8).
struct LabelOptions {
  std::optional<double> kappa = 0.3; ///< share of forces; none: from the variances of the data
  double kappa_virial = 0;           ///< weight of the virial term
  bool asks_for_virials = false;     ///< kappa_virial was chosen by the user
  Weighting weighting;
  ReferenceEnergy reference_energy;
};

} // namespace kolace
