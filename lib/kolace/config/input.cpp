// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/baseline.hpp>
#include <kolace/config/default_radial.hpp>
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/basis_input.hpp>
#include <kolace/config/detail/data_input.hpp>
#include <kolace/config/detail/fit_input.hpp>
#include <kolace/config/detail/weighting_input.hpp>
#include <kolace/config/input.hpp>
#include <kolace/config/input_keys.hpp>
#include <kolace/core/host_threads.hpp>
#include <kolace/dataset/external_weights.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/pair_repulsion.hpp>
#include <kolace/model/potential_sum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace kolace {
namespace {

using detail::YamlValue;

std::shared_ptr<AcePotential const> read_reference_potential(YamlValue const& value,
                                                             std::filesystem::path const& folder) {
  std::string const file = (folder / value.text()).string();
  if (!path_exists(file))
    value.fail("the file '" + file + "' does not exist");
  try {
    return std::make_shared<AcePotential const>(read_potential(file));
  } catch (InputError const& error) {
    value.fail(error.what());
  }
}

bool has_inner_part(AceBasis const& basis) {
  auto const& bonds = basis.specification().bonds;
  return has_core(basis) ||
         std::any_of(bonds.begin(), bonds.end(), [](auto const& bond) { return bond.r_in > 0; });
}

/// Adds pair repulsion to the reference potential, or makes it the reference potential if there is
/// none.
void add_default_repulsion(FitInput& input) {
  FitOptions& options = input.options;
  AcePotential baseline;
  if (options.reference_potential)
    baseline = *options.reference_potential;
  ModelSpecification spec =
      options.reference_potential ? baseline.basis->specification() : input.basis->specification();
  if (!options.reference_potential)
    spec.functions.clear(); // only the bonds are needed
  add_pair_repulsion(spec);
  for (EmbeddingSpecification& embedding : spec.embeddings) { // no meaning without a core
    embedding.rho_core_cutoff = EmbeddingSpecification{}.rho_core_cutoff;
    embedding.rho_core_width = EmbeddingSpecification{}.rho_core_width;
  }
  auto basis = std::make_shared<AceBasis const>(std::move(spec));
  if (options.reference_potential)
    baseline.basis = basis;
  else
    baseline = core_of(basis);
  options.reference_potential = std::make_shared<AcePotential const>(std::move(baseline));
  options.pair_repulsion = true;
}

enum class Repulsion { automatic, zbl, none };

Repulsion read_repulsion(YamlValue const& repulsion) {
  std::string const kind = repulsion.defined() ? repulsion.text() : "auto";
  if (kind != "auto" && kind != "zbl" && kind != "none")
    repulsion.fail("expected auto, zbl or none, got '" + kind + "'");
  return kind == "auto" ? Repulsion::automatic : kind == "zbl" ? Repulsion::zbl : Repulsion::none;
}

/// Chooses the baseline of the fit: core repulsion of the bonds, a potential file, or the default.
void choose_baseline(FitInput& input, Repulsion kind, YamlValue const& fit, YamlValue const& cutoff,
                     bool bonds_given) {
  FitOptions& options = input.options;
  YamlValue const repulsion = fit["repulsion"], reference = fit["reference_potential"];
  options.repulsion_below_data = kind == Repulsion::zbl;
  if (reference.defined()) {
    AcePotential below = *options.reference_potential;
    if (below.basis->cutoff() > cutoff.number())
      cutoff.fail("is smaller than that of the reference potential");
    if (bonds_given && has_core(*input.basis))
      reference.fail("conflicts with the core repulsion of potential.bonds; leave potential.bonds "
                     "out to use the bonds of the reference potential");
    // If the reference has ZBL below its data, ZBL below both sets of data replaces it.
    auto const distances = zbl_distances(*below.basis);
    if (options.repulsion_below_data && std::isfinite(distances[0])) {
      options.reference_distances = distances;
      below.basis = without_core(*below.basis);
      options.reference_potential = std::make_shared<AcePotential const>(below);
    }
    input.basis = without_core(*input.basis);
    try {
      sum_of(below, core_of(input.basis)); // checks that the two can be combined
    } catch (InputError const& error) {
      reference.fail(error.what());
    }
  } else if (has_core(*input.basis)) {
    options.reference_potential = std::make_shared<AcePotential const>(core_of(input.basis));
    input.basis = without_core(*input.basis);
  }
  bool const own =
      has_inner_part(*input.basis) ||
      (options.reference_potential && has_inner_part(*options.reference_potential->basis));
  if (kind == Repulsion::automatic && !own)
    add_default_repulsion(input);
  if (!repulsion.defined() || kind == Repulsion::none)
    return;
  if (own)
    repulsion.fail(repulsion.text() + ": the bonds already have inner cutoffs or core repulsion");
  if (kind == Repulsion::zbl)
    for (BondSpecification const& bond : input.basis->specification().bonds)
      if (!(bond.radial.cutoff_width > 0))
        repulsion.fail("zbl requires a positive dcut, over which it goes to zero");
}

SweepOptions read_sweep(YamlValue const& sweep, int n_elements) {
  SweepOptions options;
  if (!sweep.defined())
    return options;
  detail::accept_keys(sweep, keys_of("sweep"));
  if (sweep["path"].defined())
    options.path = detail::read_limits(sweep["path"], n_elements);
  if (YamlValue const v = sweep["points"]; v.defined()) {
    if (v.integer() < 1 || v.integer() > 1000)
      v.fail("expected an integer from 1 to 1000");
    options.points = static_cast<int>(v.integer());
  }
  return options;
}

LargeWork announcement(std::function<void(std::string const&)> const& announce) {
  if (!announce)
    return {};
  return [announce](double n_terms) {
    constexpr double seconds_of_term = 2e-8;
    double const seconds = n_terms * seconds_of_term / host_threads();
    announce(fmt::format(
        "finding the independent couplings of four or more factors: {:.0e} terms, about {}",
        n_terms,
        seconds < 120 ? fmt::format("{:.0f} s", seconds)
                      : fmt::format("{:.0f} minutes", seconds / 60)));
  };
}

/// Recognizes inputs of other programs, for a better message than "unknown key".
void name_other_program(YamlValue const& root) {
  auto const refuse = [&](std::string const& key, char const* program) {
    root[key].fail(std::string("this is an input file of ") + program +
                   ", but kolace fits linear ACE potentials (expected the keys cutoff, data, "
                   "potential, fit); kolace template writes an example");
  };
  if (root.has("learning_rate") && root.has("training"))
    refuse("training", "DeePMD-kit");
  if (root.has("model") && root["model"].has("model_name"))
    refuse("model", "ACEpotentials.jl");
  for (char const* key : {"train_file", "model", "r_max", "hidden_irreps", "max_num_epochs"})
    if (root.has(key))
      refuse(key, "MACE or NequIP");
  if (root.has("potential"))
    for (char const* key : {"preset", "custom", "kwargs"})
      if (root["potential"].has(key))
        refuse("potential", "GRACE (gracemaker)");
}

/// Functions and bonds of a potential file, as when pacemaker continues a fit. Its coefficients do
/// not matter to a direct solution.
std::shared_ptr<AceBasis const> read_basis_file(YamlValue const& name,
                                                std::filesystem::path const& folder,
                                                YamlValue const& cutoff) {
  std::shared_ptr<AceBasis const> const basis = read_reference_potential(name, folder)->basis;
  if (!without_core(*basis)->is_linear())
    name.fail("the potential is not linear in its functions (embeddings with several densities or "
              "exponents); only linear models are fitted");
  if (basis->cutoff() > cutoff.number())
    cutoff.fail("is smaller than that of the potential");
  return basis;
}

/// The section `data`. It must not name files if the calling code provides the data.
YamlValue data_section(YamlValue const& root, FitInputOptions const& options) {
  YamlValue const data = options.train ? root["data"] : root.required("data");
  auto const refuse = [&](std::initializer_list<char const*> keys, char const* why) {
    for (char const* key : keys)
      if (data.defined() && data.has(key))
        data[key].fail(why);
  };
  if (options.train)
    refuse({"filename", "test_filename", "datapath", "energy_key", "forces_key", "virial_key",
            "stress_key"},
           "conflicts with the data given by the calling code");
  if (options.test)
    refuse({"test_filename", "test_size"}, "conflicts with the test set given by the calling code");
  return data;
}

double read_spline_width(YamlValue const& width, double fallback) {
  if (!width.defined())
    return fallback;
  if (!(width.number() > 1e-5 && width.number() < 1))
    width.fail("expected a number between 1e-5 and 1 Angstrom");
  return width.number();
}

/// Reads the test set, and checks the keys that concern it.
Dataset read_test_set(YamlValue const& root, YamlValue const& data, Dataset::Options const& read,
                      std::filesystem::path const& folder, FitInputOptions const& options,
                      SolverOptions const& solver) {
  if (data["test_filename"].defined() && data["test_size"].defined())
    data["test_size"].fail("conflicts with test_filename (give one of the two)");
  bool const from_file = data["test_filename"].defined() && !options.test && !options.factors;
  bool const present = options.factors ? options.factors->test.has_value()
                                       : options.test || from_file || data["test_size"].defined();
  if (!present && solver.choice == SolverOptions::Choice::validation)
    root["fit"]["solver"].fail(options.factors
                                   ? "choose: validation requires a test set, and the factors have "
                                     "none"
                                   : "choose: validation requires a test set (data.test_filename "
                                     "or data.test_size)");
  if (from_file)
    return Dataset(detail::read_files(data["test_filename"], folder), read);
  return options.test ? *options.test : Dataset();
}

/// Warns if the input names other data than the factors were assembled from, which are not read.
void compare_data(FactorSet const& factors, YamlValue const& data, YamlValue const& root,
                  std::vector<std::string>& warnings) {
  std::vector<std::string> known;
  for (FactorData const* part : {&factors.train, factors.test ? &*factors.test : nullptr})
    for (std::size_t k = 0; part && k < part->files.size(); ++k)
      known.push_back(std::filesystem::path(part->files[k].path).filename().string());
  for (std::string const key : {"filename", "test_filename"}) {
    if (!data[key].defined())
      continue;
    for (std::string const& name : data[key].texts())
      if (std::find(known.begin(), known.end(), std::filesystem::path(name).filename().string()) ==
          known.end())
        warnings.push_back(
            fmt::format("data.{}: {} is not in the factor file, and not read (it has {})", key,
                        name, fmt::join(known, ", ")));
  }
  bool const wants_test =
      data["test_size"].defined() || data["test_filename"].defined() || root["test_data"].defined();
  if (wants_test && !factors.test)
    warnings.push_back("the factor file has no test data, so there are no test errors");
}

/// Reads the input. Cheap checks come before the basis is built, which may take minutes.
FitInput read(YamlValue const& root, std::filesystem::path const& folder,
              FitInputOptions const& options) {
  FactorSet const* const factors = options.factors;
  if (!root.is_map())
    root.fail("expected a map with the keys cutoff, data, potential and fit; for a data file, run "
              "kolace template first");
  name_other_program(root);
  detail::accept_keys(root, keys_of(""));
  FitInput input;
  for (std::string const& key : ignored_keys_of(""))
    if (root[key].defined())
      input.ignored.push_back(key);

  YamlValue const cutoff = root.required("cutoff");
  if (!(cutoff.number() > 0) || cutoff.number() > 100)
    cutoff.fail("expected a number between 0 and 100 Angstrom");
  YamlValue const potential = root.required("potential");
  YamlValue const fit = root["fit"];
  detail::read_fit_section(fit, input.options, input.ignored);
  Repulsion const repulsion = read_repulsion(fit["repulsion"]);
  if (factors &&
      !(fit.defined() && fit["weighting"].defined() && fit["weighting"]["type"].defined())) {
    auto groups = std::move(input.options.weighting.by_config_type);
    input.options.weighting = factors->weighting; // fixed when the factors were assembled
    if (factors->free_group_weights)
      input.options.weighting.by_config_type = std::move(groups);
    if (input.options.weighting.policy == Weighting::Policy::damped)
      input.notes.push_back("weights: high energies and large forces are damped, as in the factor "
                            "file (the automatic solver's weights)");
  }
  if (YamlValue const reference = fit["reference_potential"]; reference.defined()) {
    input.options.reference_potential = read_reference_potential(reference, folder);
    input.files.push_back((folder / reference.text()).string());
  }
  YamlValue const data = data_section(root, options);
  Dataset::Options const reading = detail::read_data_options(data, options);
  for (std::string const& key : ignored_keys_of("data"))
    if (data.defined() && data.has(key))
      input.ignored.push_back("data." + key);
  std::filesystem::path const data_folder =
      data["datapath"].defined() ? folder / data["datapath"].text() : folder;
  if (factors)
    compare_data(*factors, data, root, input.warnings);
  Dataset train;
  if (options.train)
    train = *options.train;
  else if (!factors)
    train = Dataset(detail::read_files(data.required("filename"), data_folder), reading);
  Dataset const test =
      read_test_set(root, data, reading, data_folder, options, input.options.solver);
  long const seed = root["seed"].defined() ? root["seed"].integer() : 42;

  bool const given = potential.is_scalar() || potential.has("filename");
  if (given) {
    YamlValue const name = potential.is_scalar() ? potential : potential["filename"];
    if (potential.is_map()) {
      detail::accept_keys(potential, keys_of("potential (file)"));
      for (std::string const& key : ignored_keys_of("potential (file)"))
        if (potential.has(key))
          input.ignored.push_back("potential." + key);
    }
    input.basis = read_basis_file(name, folder, cutoff);
    input.files.push_back((folder / name.text()).string());
  } else {
    detail::accept_keys(potential, keys_of("potential"));
  }
  ElementSet const elements =
      given ? input.basis->elements() : detail::read_elements(potential.required("elements"));
  if (potential.is_map())
    input.spline_width = read_spline_width(potential["deltaSplineBins"], input.spline_width);
  input.options.spline_width = input.spline_width;
  detail::check_trainable(fit["trainable_parameters"], elements.size());
  input.sweep = read_sweep(root["sweep"], elements.size());
  input.options.reference_energy =
      detail::read_reference_energy(data["reference_energy"], elements);
  if (!given)
    input.basis = detail::read_basis_input(
        potential, elements, cutoff.number(), input.options.reference_potential.get(),
        factors ? factors->basis.get() : options.basis,
        {[&] { return amount_of(train); },
         [&](double reach) { return close_distance(train, reach); }},
        input.ignored, input.notes, announcement(options.announce));
  choose_baseline(input, repulsion, fit, cutoff, potential.has("bonds"));
  if (factors)
    return input;

  input.train = train.checked(elements);
  if (YamlValue const table = detail::external_weights_file(fit["weighting"]); table.defined()) {
    input.files.push_back(detail::read_one_file(table, folder));
    input.train = with_external_weights(input.train, input.files.back());
  }
  if (!test.empty())
    input.test = test.checked(elements);
  if (!options.train) {
    for (Dataset const* set : {&input.train, &input.test})
      input.files.insert(input.files.end(), set->files().begin(), set->files().end());
    detail::warn_of_repeated_files(input);
  }
  if (data["test_size"].defined())
    detail::split(input, data["test_size"], static_cast<unsigned long>(seed));
  return input;
}

} // namespace

namespace {

/// FitSNAP's inputs consist of sections like [CALCULATOR].
void refuse_sections(std::string const& path) {
  std::ifstream in(path);
  std::string line;
  while (std::getline(in >> std::ws, line) && line.starts_with('#'))
    continue;
  bool const capitals =
      line.size() > 2 && std::all_of(line.begin() + 1, line.end() - 1,
                                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
  if (line.starts_with('[') && line.ends_with(']') && capitals)
    throw InputError(path + ": this is an input file of FitSNAP, but kolace fits linear ACE "
                            "potentials (expected the keys cutoff, data, potential, fit); kolace "
                            "template writes an example");
}

} // namespace

FitInput read_fit_input(std::string const& path, FitInputOptions const& options) {
  refuse_sections(path);
  FitInput input = read(YamlValue::load(path), std::filesystem::path(path).parent_path(), options);
  input.files.insert(input.files.begin(), path);
  return input;
}

FitInput parse_fit_input(std::string const& text, FitInputOptions const& options) {
  return read(YamlValue::parse(text, "input"), {}, options);
}

} // namespace kolace
