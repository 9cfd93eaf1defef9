// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/data_input.hpp>
#include <kolace/config/input_keys.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/dataset/detail/random_subset.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/io/reference_energies.hpp>

#include <cmath>
#include <filesystem>
#include <random>
#include <set>

#include <glob.h>

namespace kolace::detail {

std::vector<std::string> read_files(YamlValue const& value, std::filesystem::path const& folder) {
  std::vector<std::string> files;
  for (std::string const& name : value.texts()) {
    std::string const path = (folder / name).string();
    try {
      refuse_other_formats(path);
    } catch (InputError const& error) {
      value.fail(error.what());
    }
    if (path_exists(path)) { // even if the name contains *, ? or [
      files.push_back(path);
      continue;
    }
    if (name.find_first_of("*?[") == std::string::npos)
      value.fail("the file '" + path + "' does not exist");
    glob_t found{};
    if (::glob(path.c_str(), 0, nullptr, &found) == 0) // in alphabetical order
      files.insert(files.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    else
      value.fail("no file matches '" + path + "'");
    ::globfree(&found);
  }
  if (files.empty())
    value.fail("expected a file name");
  return files;
}

std::string read_one_file(YamlValue const& value, std::filesystem::path const& folder) {
  if (value.is_scalar() && value.text().find(".pckl") != std::string::npos)
    value.fail("pickled tables of weights are not supported (expected a CSV file)");
  auto const files = read_files(value, folder);
  if (files.size() != 1)
    value.fail("expected one file");
  return files.front();
}

Dataset::Options read_data_options(YamlValue const& data, FitInputOptions const& options) {
  if (data.defined())
    accept_keys(data, keys_of("data"));
  if (data.defined() && data.has("aug_factor"))
    data["aug_factor"].fail("augmentation is not supported; add compressed or stretched structures "
                            "to the data and weight their config_type in fit.weighting");
  if (data.defined() && data.has("ignore_weights") && data["ignore_weights"].boolean())
    data["ignore_weights"].fail("weights of frames (energy_weight, force_weight) are always used; "
                                "remove them from the file");
  Dataset::Options read;
  read.memory_limit = options.memory_limit;
  read.announce = options.announce;
  read.ranks = options.ranks;
  read.skip_bad_frames = options.skip_bad_frames ||
                         (data["skip_bad_frames"].defined() && data["skip_bad_frames"].boolean());
  for (auto const& [key, target] :
       {std::pair{"energy_key", &read.keys.energy}, std::pair{"forces_key", &read.keys.forces},
        std::pair{"virial_key", &read.keys.virial}, std::pair{"stress_key", &read.keys.stress}})
    if (data[key].defined())
      *target = data[key].text();
  return read;
}

ReferenceEnergy read_reference_energy(YamlValue const& value, ElementSet const& elements) {
  using Kind = ReferenceEnergy::Kind;
  ReferenceEnergy reference;
  if (!value.defined())
    return reference;
  if (value.is_map()) {
    reference.kind = Kind::given;
    // The shift per atom is added to the targets, so it lowers every E0.
    double const shift = value.has("shift") ? value["shift"].number() : 0;
    for (std::string const& symbol : value.keys()) {
      if (symbol == "shift")
        continue;
      if (!atomic_number(symbol))
        value[symbol].fail("is not a chemical element");
      if (elements.species(symbol) >= 0) // a list for several fits may contain other elements
        reference.values[symbol] = value[symbol].number() - shift;
    }
    for (std::string const& symbol : elements.symbols())
      if (!reference.values.contains(symbol))
        value.fail("element " + symbol + " is missing");
    return reference;
  }
  std::string const text = value.text();
  if (text.starts_with('{')) { // a map as text, as potentials of pacemaker contain it
    YamlValue const map = YamlValue::parse(text, value.key());
    if (map.is_map()) // else it would be read as text again
      return read_reference_energy(map, elements);
  }
  if (text == "auto")
    reference.kind = Kind::least_squares;
  else if (text == "isolated")
    reference.kind = Kind::isolated;
  else if (text == "fit")
    reference.kind = Kind::fitted;
  else if (is_reference_preset(text)) {
    reference.kind = Kind::given;
    for (std::string const& symbol : elements.symbols()) {
      auto const energy = preset_reference_energy(text, symbol);
      if (!energy)
        value.fail("the preset has no energy for " + symbol);
      reference.values[symbol] = *energy;
    }
  } else {
    reference.kind = Kind::given;
    try {
      reference.value = value.number();
    } catch (InputError const&) {
      value.fail("expected a number (eV), a map of elements, auto, isolated, fit or pacemaker's "
                 "VASP_PBE_500_0.125_0.1_NM, got '" +
                 text + "'");
    }
  }
  return reference;
}

/// Finds files that appear twice, in one list or in both, and test files that are copies of
/// training files.
void warn_of_repeated_files(FitInput& input) {
  auto const same_file = [](std::string const& file) {
    std::error_code failed;
    auto const same = std::filesystem::weakly_canonical(file, failed);
    return failed ? file : same.string();
  };
  std::set<std::string> seen;
  for (Dataset const* set : {&input.train, &input.test})
    for (std::string const& file : set->files())
      if (!seen.insert(same_file(file)).second)
        input.warnings.push_back(file + " is listed twice in data: its structures count twice, or "
                                        "the test set contains training structures");
  for (DataFile const& test : input.test.data_files())
    for (DataFile const& train : input.train.data_files())
      if (test.n_frames > 0 && test.same_content(train) &&
          same_file(test.path) != same_file(train.path))
        input.warnings.push_back(test.path + " has the same frames as " + train.path +
                                 ": its errors are training errors");
}

/// Moves a random part of the training frames to the test set.
void split(FitInput& input, YamlValue const& test_size, unsigned long seed) {
  long total = 0;
  std::vector<long> order; // isolated atoms remain in the training set: E0 may depend on them
  input.train.for_each_structure([&](Frame& frame) {
    if (!is_isolated_atom(frame.structure, input.basis->cutoff()))
      order.push_back(total);
    ++total;
  });
  long const candidates = static_cast<long>(order.size());
  double const wanted = test_size.number();
  if (wanted == 0) // no test set
    return;
  long const count =
      wanted < 1 ? std::lround(wanted * static_cast<double>(total)) : static_cast<long>(wanted);
  if (!(wanted > 0) || (wanted >= 1 && wanted != static_cast<double>(count)))
    test_size.fail("expected a fraction between 0 and 1 or an integer number of frames");
  if (count < 1 || count >= total || count > candidates)
    test_size.fail("leaves no frames for the training or the test set: " + std::to_string(count) +
                   " of " + std::to_string(total));
  std::mt19937_64 random(seed);
  auto chosen = std::make_shared<std::vector<bool>>(total, false);
  for (long const frame : random_subset(std::move(order), count, random))
    (*chosen)[frame] = true;
  input.test = input.train.subset([chosen](long i) { return (*chosen)[i]; });
  input.train = input.train.subset([chosen](long i) { return !(*chosen)[i]; });
  input.test_frames = count;
}

} // namespace kolace::detail
