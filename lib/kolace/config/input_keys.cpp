// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/input_keys.hpp>

namespace kolace {
namespace {

constexpr auto ignored = InputKey::Use::ignored;

constexpr auto file_section = "potential (file)";

constexpr InputSection sections[] = {
    {"", "Top level",
     "An input.yaml has the sections `data` and `potential`, and, if the "
     "defaults are not enough, `fit`. The keys are those of pacemaker, as far as "
     "they concern a linear fit."},
    {"data", "Data",
     "Labelled structures in extended XYZ (plain or gzip). Energies are in eV, "
     "forces in eV/A, virials in eV, stresses in eV/A^3 and positive in tension; "
     "the virial is W = -V stress. Six numbers of a stress or virial are xx yy zz "
     "yz xz xy. VASP's own order (xx yy zz xy yz zx) cannot be distinguished from it: "
     "write nine numbers instead. Not every structure needs every kind of label. "
     "`energy_weight` and `force_weight` of a frame multiply its weights; "
     "`energy_sigma` and `config_weight` are reported and not used."},
    {"potential", "Potential", "Elements, radial functions and basis."},
    {file_section, "Potential from a file",
     "Basis functions and bonds are taken from a potential file, and the coefficients are fitted "
     "anew: `potential: FILE`, or a map of "
     "these keys."},
    {"potential.bonds", "Bonds",
     "Radial functions of each pair of elements. The keys below belong to entries named `ALL`, "
     "`UNARY`, `BINARY` or by elements (`\"Al Ni\"`); a more specific entry inherits what it does "
     "not set from the less specific ones."},
    {"potential.functions", "Functions",
     "The basis functions. The keys of limits belong to entries named `ALL`, `UNARY`, `BINARY`, "
     "..., `SENARY` or by elements, and inherit as bonds do. Lists have one number per rank; the "
     "body order is rank + 1."},
    {"potential.embeddings", "Embeddings",
     "pacemaker's embedding functions, by `ALL` or element. Only linear models are fitted."},
    {"fit", "Fit",
     "How the coefficients are determined. Without this section the automatic fit "
     "is used: a ridge with a smoothness prior, whose strength and weights are "
     "chosen by cross-validation, fitted to the difference to a pair repulsion (the reference "
     "potential)."},
    {"fit.loss", "Loss",
     "L = (1 - kappa) sum w_E (dE/N)^2 + kappa sum w_F |dF|^2 + kappa_virial mean |dW/N|^2 + "
     "L1_coeffs sum |c| + L2_coeffs sum c^2, where the weights w_E of structures and w_F of atoms "
     "each sum to 1."},
    {"fit.solver", "Solver",
     "A name (`solver: ard`) or a map with the key `type` and what that solver takes."},
    {"fit.solver.prior", "Prior",
     "Weights of the coefficients in the penalty, from the quantum numbers of a function: w = "
     "(rank_factor^(rank - 1) s)^2. With `power`, s is the sum over its factors of n^power + "
     "l_weight "
     "l^power; with `decay`, it is exp(decay · sum over its factors of (n + l_weight l)). `prior: "
     "smooth` selects the defaults, `none` equal weights."},
    {"fit.weighting", "Weighting",
     "Weights of structures. Without a `type` all structures weigh the same, except that the "
     "automatic solver damps large energies (beyond 2 eV/atom above the lowest) and forces "
     "(beyond 15 eV/A)."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "Energy-based weighting",
     "Keys that accompany `type: EnergyBasedWeightingPolicy`. e is the energy per atom above the "
     "convex "
     "hull of all compositions."},
    {"fit.weighting.ExternalWeightingPolicy", "External weighting",
     "Keys that accompany `type: ExternalWeightingPolicy`."},
    {"fit.weighting.config_type", "Weights by config_type",
     "A map from the `config_type` of frames to a number, or to a map of these factors."},
    {"sweep", "Sweep", "The model path of `kolace sweep`."},
};

constexpr InputKey keys[] = {
    {"", "cutoff", "number, A", "", "Cutoff radius of the potential, up to 100 A. Required."},
    {"", "data", "section", "", "The labelled structures. Required."},
    {"", "potential", "section or file", "", "Elements and basis. Required."},
    {"", "fit", "section", "automatic", "Loss, solver, weights and short range."},
    {"", "sweep", "section", "", "Model path of `kolace sweep`."},
    {"", "seed", "integer", "42", "Random seed of `data.test_size`."},
    {"", "backend", "any", "", "pacemaker's choice of evaluator.", ignored},
    {"", "metadata", "map", "", "Free text.", ignored},

    {"data", "filename", "file or list", "",
     "Training structures. Names are relative to "
     "input.yaml; patterns like `run_*.extxyz` are "
     "expanded. Required."},
    {"data", "test_filename", "file or list", "none", "Test structures."},
    {"data", "test_size", "number", "none",
     "Fraction (below 1) or number of training frames that are moved to the test set at random. "
     "Isolated atoms stay in the training set."},
    {"data", "reference_energy", "number, map or word", "isolated, fit or auto",
     "E0, the energy of a free atom. A number in eV; a map from elements to numbers (with "
     "pacemaker's `shift`); the name of pacemaker's preset VASP_PBE_500_0.125_0.1_NM; `isolated` "
     "(from one-atom frames without an image within the cutoff); `auto` (least squares on the "
     "compositions, then shifted to zero at the largest volume per atom); `fit` (determined "
     "together with the coefficients). Without the key: `isolated` if every element has such a "
     "frame; otherwise, with the automatic solver, `fit` for the elements without one, and `auto` "
     "with any other solver."},
    {"data", "energy_key", "word", "auto-detected",
     "Name of the energies. Detected in the order REF_energy, energy, free_energy."},
    {"data", "forces_key", "word", "auto-detected",
     "Name of the forces. Detected in the order REF_forces, REF_force, forces, force."},
    {"data", "virial_key", "word", "auto-detected",
     "Name of the virials. Detected in the order REF_virial, REF_virials, REF_stress, virial, "
     "virials, stress."},
    {"data", "stress_key", "word", "auto-detected", "Name of the stresses."},
    {"data", "skip_bad_frames", "true or false", "false",
     "Leave out frames that cannot be used, and list them, instead of stopping."},
    {"data", "datapath", "folder", "that of input.yaml", "Folder of the data files."},
    {"data", "cache_ref_df", "any", "", "pacemaker's cache of the prepared data.", ignored},
    {"data", "aug_factor", "number", "", "Not supported: structures are not augmented."},
    {"data", "ignore_weights", "true or false", "false",
     "Must be false: weights of frames are always used."},

    {"potential", "elements", "list of symbols", "", "Up to 89 elements. Required."},
    {"potential", "basis", "word", "self-interacting",
     "`self-interacting`: the usual ACE basis. `canonical`: sums over distinct neighbors, up to "
     "body order 4, written as potential.kolace.yaml, which LAMMPS reads with pair_style kolace "
     "alone."},
    {"potential", "bonds", "section",
     "ChebExpCos up to the cutoff, chosen by the distances in the data",
     "Radial functions of the pairs of elements."},
    {"potential", "functions", "section", "from the amount of data",
     "The basis. By default at most one function per 4 labels up to 600 functions, one per 15 "
     "labels beyond, at most 1,101 for one element and 3,000 in all; 600 and body order 3 where "
     "the data lack combinations of three elements."},
    {"potential", "embeddings", "section", "", "pacemaker's embedding functions."},
    {"potential", "deltaSplineBins", "number, A", "0.001",
     "Bin width of the spline tables with which LAMMPS evaluates the potential, 1e-5 to 1."},
    {"potential", "initial_potential", "file", "", "Not used: the solution is direct.", ignored},

    {file_section, "filename", "file", "", "A .yaml or .yace potential. Required."},
    {file_section, "deltaSplineBins", "number, A", "0.001", "As above."},
    {file_section, "initial_potential", "file", "", "As above.", ignored},
    {file_section, "reset", "true or false", "", "pacemaker's reset of coefficients.", ignored},

    {"potential.bonds", "radbase", "word", "ChebExpCos", "ChebExpCos, ChebPow or SBessel."},
    {"potential.bonds", "radparameters", "list of one number", "[5.25]",
     "Decay rate lambda of ChebExpCos, exponent of ChebPow; not used by SBessel. Without the "
     "section `bonds`, lambda is chosen such that the distances in the data cover a third of the "
     "range of the functions."},
    {"potential.bonds", "rcut", "number, A", "cutoff", "Cutoff radius of this pair."},
    {"potential.bonds", "dcut", "number, A", "0.01",
     "Width in which ChebExpCos is tapered to zero at the cutoff."},
    {"potential.bonds", "NameOfCutoffFunction", "word", "cos", "Only `cos`."},
    {"potential.bonds", "r_in", "number, A", "0",
     "Inner cutoff radius, with delta_in: below it the functions fade out and the core repulsion, "
     "if there is one, remains. It switches off the default repulsion of all pairs."},
    {"potential.bonds", "delta_in", "number, A", "0 (0.1 for zbl)", "Width of the inner switch."},
    {"potential.bonds", "inner_cutoff_type", "word", "distance",
     "How the inner switch works: distance, density or zbl."},
    {"potential.bonds", "core-repulsion", "[number, number]", "[0, 1]",
     "Prefactor (eV A) and lambda (1/A^2) of the core repulsion. It is a reference potential: "
     "subtracted from the targets and written into the potential. It switches off the default "
     "repulsion of all pairs."},

    {"potential.functions", "nradmax_by_orders", "list of integers", "",
     "Number of radial functions n of each rank. Required in `ALL` or in every block."},
    {"potential.functions", "lmax_by_orders", "list of integers", "",
     "Largest angular momentum l of each rank; 0 for rank 1. Required as above."},
    {"potential.functions", "number_of_functions_per_element", "integer", "none",
     "Limit on the number of functions, shared among the blocks; for up to 12 elements. A key "
     "of the section, not of a block."},
    {"potential.functions", "coefs_init", "word", "", "Start of an optimizer.", ignored},

    {"potential.embeddings", "npot", "word", "", "Name of the embedding."},
    {"potential.embeddings", "fs_parameters", "list", "[1, 1]", "Only [1, 1]."},
    {"potential.embeddings", "ndensity", "integer", "1", "Only 1."},
    {"potential.embeddings", "rho_core_cut", "number", "", "Found from the data.", ignored},
    {"potential.embeddings", "drho_core_cut", "number", "", "Found from the data.", ignored},

    {"fit", "loss", "section", "from the data",
     "Weights of energies, forces and virials, and "
     "penalties."},
    {"fit", "solver", "word or section", "automatic",
     "How the loss is minimized; `least_squares` where L1_coeffs or L2_coeffs is given."},
    {"fit", "weighting", "section", "damped with the automatic solver, else uniform",
     "Weights of structures."},
    {"fit", "repulsion", "word", "auto",
     "`auto`: a smooth pair repulsion close to ZBL, for every pair of elements with or without "
     "data, as reference potential. `zbl`: the potential is switched to ZBL within 0.1 A below "
     "the shortest distance of each pair in the data. `none`. If any bond has an inner cutoff or "
     "core repulsion, no repulsion is added to the others, and auto or zbl is an error."},
    {"fit", "trial_dynamics", "true or false", "true with the automatic solver",
     "Try 600 steps of molecular dynamics of up to six training structures with the potential, at "
     "1.5 times the temperature of each, and report whether they collapse. The automatic solver "
     "with "
     "`repulsion: auto` fits again until they do not. Takes one to ten seconds."},
    {"fit", "reference_potential", "file", "none",
     "A .yaml or .yace potential: its energies, forces and virials are subtracted from the "
     "targets, and it is added to the potential that is written. It must have the same elements "
     "and "
     "radial functions; if the input has no bonds, its bonds are used; its E0 is not used."},
    {"fit", "ladder_step", "number or list", "none",
     "Also fit smaller models, this number of functions apart (below 1: this fraction of the "
     "current number). Their errors are in ladder.csv and in the report."},
    {"fit", "ladder_type", "word", "body_order",
     "Order of the functions: body_order or "
     "power_order."},
    {"fit", "trainable_parameters", "word", "ALL",
     "Only ALL or func: all coefficients of functions are fitted, radial functions are not."},
    {"fit", "optimizer", "word", "", "Choice of an iterative optimizer.", ignored},
    {"fit", "maxiter", "integer", "", "Its iterations.", ignored},
    {"fit", "options", "map", "", "Its options.", ignored},
    {"fit", "fit_cycles", "integer", "", "Number of restarts of the optimizer.", ignored},
    {"fit", "noise_relative_sigma", "number", "", "Noise on the initial coefficients.", ignored},
    {"fit", "noise_absolute_sigma", "number", "", "Noise on the initial coefficients.", ignored},
    {"fit", "randomize_func_coeffs", "true or false", "", "A random start.", ignored},
    {"fit", "min_relative_train_loss_per_iter", "number", "", "Early stopping.", ignored},
    {"fit", "min_relative_test_loss_per_iter", "number", "", "Early stopping.", ignored},
    {"fit", "early_stopping_patience", "integer", "", "Early stopping.", ignored},
    {"fit", "callbacks", "list", "", "Functions called during an optimization.", ignored},

    {"fit.loss", "kappa", "number or auto", "from the data; 0.3 with a named solver",
     "Weight of forces against energies, 0 to 1. `auto`: from the variances of the labels. If only "
     "one of kappa and kappa_virial is given, the other has a fixed default."},
    {"fit.loss", "kappa_virial", "number", "from the data; 0 with a named solver",
     "Weight of virials."},
    {"fit.loss", "L1_coeffs", "number", "0", "Penalty on the sum of |c|."},
    {"fit.loss", "L2_coeffs", "number", "0", "Penalty on the sum of c^2."},
    {"fit.loss", "w1_coeffs", "number", "1",
     "Only 0 or 1: penalties weigh all functions equally; "
     "`solver: {type: ridge, prior: ...}` has weights "
     "by n and l."},
    {"fit.loss", "w2_coeffs", "number", "1", "As w1_coeffs."},
    {"fit.loss", "w0_rad", "number", "", "Penalty on radial functions, which are fixed.", ignored},
    {"fit.loss", "w1_rad", "number", "", "As w0_rad.", ignored},
    {"fit.loss", "w2_rad", "number", "", "As w0_rad.", ignored},

    {"fit.solver", "type", "word", "automatic",
     "The solver (table of solvers); must be given if `solver` is a map."},
    {"fit.solver", "strength", "number or auto", "auto",
     "Strength of the regularization; auto: chosen as `choose` says."},
    {"fit.solver", "choose", "word", "gcv",
     "Criterion for the strength. `gcv`: generalized cross-validation; `evidence` (ridge only); "
     "`validation`: lowest loss of the test set; `folds`: k-fold cross-validation."},
    {"fit.solver", "folds", "integer", "5",
     "Number of folds of `choose: folds`, 2 to 100; one "
     "pass over the data serves all."},
    {"fit.solver", "prior", "word or map", "none",
     "Weights of coefficients in the penalty: none, "
     "smooth, or the map below."},
    {"fit.solver", "committee", "integer", "0",
     "Number of potentials drawn at random around the fitted one, written as committee_01.yaml, "
     "...: their spread is the predicted standard deviation. Up to 1000."},
    {"fit.solver", "seed", "integer", "42", "Random seed of the committee, or of `start`."},
    {"fit.solver", "start", "number", "0",
     "Standard deviation of random initial coefficients, eV; 0: iterations begin at zero."},
    {"fit.solver", "iterations", "integer", "3000 (lbfgs), 200 (lsqr), 300 (ard)",
     "Largest number of iterations."},
    {"fit.solver", "tolerance", "number", "1e-12 (lbfgs), 1e-10 (lsqr), 1e-4 (ard)",
     "Where iterations end: relative gradient (lbfgs, lsqr), change of log widths (ard)."},

    {"fit.solver.prior", "power", "number", "2", "Power of n and l, 0 to 10."},
    {"fit.solver.prior", "decay", "number", "0",
     "Exponent per unit of n, 0 to 2; instead of `power`. Coefficients then decrease "
     "exponentially, which extrapolates better."},
    {"fit.solver.prior", "l_weight", "number", "1", "Weight of l against n, 0 to 1000."},
    {"fit.solver.prior", "rank_factor", "number", "1", "Factor per rank, above 0, up to 1000."},

    {"fit.weighting", "type", "word", "as above",
     "UniformWeightingPolicy, EnergyBasedWeightingPolicy or ExternalWeightingPolicy."},
    {"fit.weighting", "config_type", "map", "none",
     "Factors for groups of structures, with any "
     "policy."},
    {"fit.weighting.ExternalWeightingPolicy", "filename", "file", "",
     "A CSV table with the columns "
     "index, w_energy, w_forces; structures that are not listed are left out. Required."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "DE", "number, eV", "1",
     "Weights of energies are "
     "1/(e + DE)^2."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "DF", "number, (eV/A)^2", "1",
     "Weights of forces are those "
     "of energies over |F|^2 + DF."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "DEup", "number, eV", "10",
     "Structures with e >= DEup are left out."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "DFup", "number, eV/A", "none",
     "Structures with larger "
     "forces are left out."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "DElow", "number, eV", "1",
     "Limit of low energies."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "wlow", "number", "none",
     "Sum of the weights of all structures with e < DElow, above 0, up to 1."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "nfit", "integer", "all",
     "Number of structures drawn "
     "at random, low energies first."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "n_lower", "integer", "all",
     "Number of low-energy "
     "structures; instead of nfit."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "n_upper", "integer", "all",
     "Number of the others."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "energy", "word", "convex_hull",
     "Zero of e. "
     "`cohesive`: the lowest energy."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "reftype", "word", "all",
     "Structures that are kept: "
     "all, bulk or cluster."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "seed", "integer", "42", "Random seed."},
    {"fit.weighting.EnergyBasedWeightingPolicy", "cutoff", "number, A", "",
     "pacemaker's cutoff for bulk or cluster.", ignored},

    {"fit.weighting.config_type", "energy", "number", "1", "Factor of the weights of energies."},
    {"fit.weighting.config_type", "forces", "number", "1", "Factor of the weights of forces."},
    {"fit.weighting.config_type", "virial", "number", "1", "Factor of the weights of virials."},

    {"sweep", "path", "map", "the basis",
     "`nradmax_by_orders` and `lmax_by_orders` of the main "
     "path; what the basis has beyond them makes branches "
     "that keep their body order."},
    {"sweep", "points", "integer", "8", "Models per body order, 1 to 1000."},
};

/// Solvers, what they minimize, and their keys.
std::vector<InputSolver> const& solvers() {
  static std::vector<InputSolver> const all{
      {"automatic",
       "The default. Ridge with a smoothness prior; its strength is chosen by cross-validation, "
       "and "
       "so is the weight of forces against energies and virials unless kappa or kappa_virial is "
       "given.",
       {"committee", "seed"}},
      {"least_squares",
       "The loss with its L1_coeffs and L2_coeffs, exactly; the minimum-norm solution where "
       "coefficients are undetermined by the data.",
       {}},
      {"ridge",
       "Loss + strength sum w c^2 with weights w of the prior.",
       {"strength", "choose", "folds", "prior", "committee", "seed"}},
      {"truncated_svd",
       "The loss without singular values below strength times the largest.",
       {"strength", "choose", "folds", "prior"}},
      {"l1",
       "Loss + strength sum w |c|: sets coefficients to zero, exactly.",
       {"strength", "choose", "folds", "prior"}},
      {"elastic_net",
       "As l1, with L2_coeffs of the loss.",
       {"strength", "choose", "folds", "prior"}},
      {"evidence",
       "Bayesian ridge: widths of noise and prior maximize the evidence.",
       {"prior", "committee", "seed"}},
      {"ard",
       "A prior width per coefficient, by the evidence; drops functions.",
       {"prior", "committee", "seed", "iterations", "tolerance"}},
      {"lbfgs",
       "L-BFGS minimization of the loss, as in pacemaker; writes learning_curve.csv with the "
       "losses "
       "of the training and test sets.",
       {"iterations", "tolerance", "start", "seed"}},
      {"lsqr",
       "Iterations on design rows that are assembled anew in each: for bases whose triangular "
       "factors (8 N_f^2 bytes each, 12 or more of them) do not fit into memory. Writes "
       "learning_curve.csv.",
       {"iterations", "tolerance"}}};
  return all;
}

} // namespace

std::span<InputSolver const> input_solvers() {
  return solvers();
}

std::span<InputKey const> input_keys() {
  return keys;
}

std::span<InputSection const> input_sections() {
  return sections;
}

std::vector<std::string> keys_of(std::string_view section) {
  std::vector<std::string> names;
  for (InputKey const& key : keys)
    if (key.section == section)
      names.emplace_back(key.name);
  return names;
}

std::vector<std::string> ignored_keys_of(std::string_view section) {
  std::vector<std::string> names;
  for (InputKey const& key : keys)
    if (key.section == section && key.use == ignored)
      names.emplace_back(key.name);
  return names;
}

void detail::accept_keys(YamlValue const& map, std::vector<std::string> const& accepted) {
  map.accept_only(accepted, [](std::string const& name) {
    std::string places;
    for (InputKey const& key : keys)
      if (key.name == name)
        places += (places.empty() ? "" : " or ") +
                  (key.section.empty() ? "the top level" : std::string(key.section));
    return places.empty() ? places : "which belongs in " + places;
  });
}

} // namespace kolace
