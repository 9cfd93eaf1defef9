#pragma once

#include <kolace/model/ace_potential.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

/// How structures and atoms are weighted; every kind is normalised to sum to one. Names in capitals
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

/// Prior weights that grow with n, l and rank: the penalty of a coefficient is the square of
/// rank_factor^(nu - 1) · sum over its factors of n^power + l_weight · l^power.
struct SmoothnessPrior {
  double power = 2;
  double l_weight = 1;
  double rank_factor = 1;
};

/// How the loss is minimised, and by what the strength of a regularisation is chosen.
struct SolverOptions {
  enum class Kind {
    automatic,     ///< ridge; strength and, where asked, weights of the kinds by cross-validation
    least_squares, ///< exact minimum of the loss with its L1_coeffs and L2_coeffs
    ridge,         ///< strength · sum w c^2, w = 1 or of the prior
    truncated_svd, ///< singular values below strength · largest count as zero
    elastic_net,   ///< strength · sum w |c|, and L2_coeffs of the loss
    evidence,      ///< Bayesian ridge: noise and prior by the evidence
    ard,           ///< a prior width for each coefficient, by the evidence
    lbfgs,         ///< gradient steps from zero, with a learning curve
    lsqr           ///< iterative on rows: R is never formed
  };
  enum class Choice { given, validation, evidence, gcv, folds };

  Kind kind = Kind::least_squares;
  Choice choice = Choice::given;
  double strength = 0; ///< used where the choice is `given`
  int folds = 5;
  std::optional<SmoothnessPrior> prior;
  int max_iterations = 0; ///< 0: 3000 (lbfgs), 200 (lsqr), 300 (ard)
  double tolerance = 0;   ///< 0: 1e-12 (lbfgs), 1e-10 (lsqr), 1e-4 (ard)
  int committee = 0;      ///< draws from the posterior
  std::uint64_t seed = 42;
};

/// pacemaker's ladder: models that grow by some functions at a time.
struct LadderOptions {
  enum class Order { body, power }; ///< rank by rank; or by nu + sum n + sum l
  Order order = Order::body;
  long step = 1;       ///< functions added at least
  double fraction = 0; ///< and at least this share of those there
};

/// What is minimised (CONVENTIONS.md §8).
struct FitOptions {
  std::optional<double> kappa = 0.3; ///< share of forces; none: from the variances of the data
  double kappa_virial = 0;           ///< weight of the virial term
  /// The automatic solver may change the two shares above (choose_regularization).
  bool weights_from_data = false;
  double l1 = 0; ///< weight of sum |c|
  double l2 = 0; ///< weight of sum c^2
  SolverOptions solver;
  Weighting weighting;
  std::optional<LadderOptions> ladder; ///< smaller models beside the whole
  ReferenceEnergy reference_energy;
  /// Reference (baseline) potential: what it gives without E0 is subtracted from the targets and
  /// added to the result.
  std::shared_ptr<AcePotential const> reference_potential;
  /// ZBL repulsion below the shortest distances of the data (with_zbl_below).
  bool repulsion_below_data = false;
  /// The reference potential is pair_repulsion: the automatic solver may tame compressed crystals
  /// by a prior, and the fitted part fades out at core densities far beyond those of the data.
  bool pair_repulsion = false;
  /// Node distance of the spline tables that the potential will be evaluated with, Angstrom: rows,
  /// errors and result are those of the tables. 0: the functions themselves.
  double spline_width = 0;
  /// Shortest distances of the reference potential's own data, which count too, Angstrom
  /// [n_elements^2]; empty: not known.
  std::vector<double> reference_distances;
  std::size_t batch_bytes = 0; ///< rows and workspace held at a time; 0: as suits the processor
};

} // namespace kolace
