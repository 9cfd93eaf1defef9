// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/factor_set.hpp>

#include <kolace/assembly/detail/factor_labels.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/version.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include <unistd.h>

namespace kolace {
namespace {

using detail::Hdf5File;
using detail::Hdf5Group;
using Integers = std::vector<long>;
using Numbers = std::vector<double>;

constexpr long format_version = 1;

/// The basis as the text of a potential file, with coefficients of zero.
std::string basis_text(std::shared_ptr<AceBasis const> const& basis) {
  AcePotential empty;
  empty.basis = basis;
  empty.coefficients.assign(basis->size(), 0.);
  empty.reference_energy.assign(basis->elements().size(), 0.);
  std::ostringstream out;
  write_potential(out, empty);
  return out.str();
}

/// Lists of different lengths as a matrix, padded with -1.
void write_lists(Hdf5Group const& to, char const* name, std::vector<std::vector<int>> const& lists,
                 std::size_t columns) {
  Integers table;
  for (auto const& list : lists)
    for (std::size_t k = 0; k < columns; ++k)
      table.push_back(k < list.size() ? list[k] : -1);
  to.write_matrix(name, table, lists.size(), columns);
}

void write_basis(Hdf5Group const& to, std::shared_ptr<AceBasis const> const& set_basis) {
  AceBasis const& basis = *set_basis;
  to.set("potential", basis_text(set_basis));
  Integers centers, ranks;
  std::vector<std::vector<int>> species, n, l, intermediates;
  for (BasisFunction const& f : basis.functions()) {
    centers.push_back(f.center);
    ranks.push_back(f.rank());
    species.push_back(f.species);
    n.push_back(f.n);
    l.push_back(f.l);
    intermediates.push_back(f.intermediates);
  }
  to.write("center", centers);
  to.write("rank", ranks);
  std::size_t const most = static_cast<std::size_t>(basis.max_rank());
  write_lists(to, "species", species, most);
  write_lists(to, "n", n, most);
  write_lists(to, "l", l, most);
  write_lists(to, "L", intermediates, std::max<std::size_t>(most, 3) - 2);
}

std::shared_ptr<AceBasis const> read_basis(Hdf5Group const& from, std::string const& file) {
  ModelSpecification spec =
      parse_potential(from.text("potential"), file + ": basis").basis->specification();
  spec.functions.clear(); // their order in the text is not that of the columns
  Integers const centers = from.integers("center"), ranks = from.integers("rank");
  std::size_t const count = centers.size();
  auto const table = [&](char const* name, long low, long high) {
    Integers values = from.integers(name);
    if (ranks.size() != count || count == 0 || values.size() % count != 0)
      throw InputError(file + ": basis/" + name + ": expected one row per function");
    for (long const x : values)
      if (x < low || x > high)
        throw InputError(file + ": basis/" + name + ": " + std::to_string(x) + " is invalid");
    return values;
  };
  Integers const species = table("species", -1, spec.elements.size() - 1),
                 n = table("n", -1, 100000), l = table("l", -1, 1000),
                 intermediates = table("L", -1, 1000);
  auto const row = [count](Integers const& values, std::size_t f, long length) {
    std::size_t const columns = values.size() / count;
    std::vector<int> list;
    for (long k = 0; k < length && static_cast<std::size_t>(k) < columns; ++k)
      list.push_back(static_cast<int>(values[f * columns + static_cast<std::size_t>(k)]));
    return list;
  };
  for (std::size_t f = 0; f < count; ++f) {
    if (ranks[f] < 1 || ranks[f] > 100 || centers[f] < 0 || centers[f] >= spec.elements.size())
      throw InputError(file + ": basis: function " + std::to_string(f + 1) + " is invalid");
    spec.functions.push_back({static_cast<int>(centers[f]), row(species, f, ranks[f]),
                              row(n, f, ranks[f]), row(l, f, ranks[f]),
                              row(intermediates, f, std::max(ranks[f] - 2, 0L))});
  }
  return std::make_shared<AceBasis const>(std::move(spec));
}

void write_weighting(Hdf5Group const& to, Weighting const& w) {
  to.set("policy", static_cast<long>(w.policy));
  to.set("zero", static_cast<long>(w.zero));
  to.set("DE", w.energy_softening);
  to.set("DF", w.force_softening);
  to.set("DEup", w.energy_limit);
  to.set("DFup", w.force_limit);
  to.set("DElow", w.low_energy);
  if (w.low_share)
    to.set("wlow", *w.low_share);
  to.set("reftype", static_cast<long>(w.kept));
  to.set("nfit", w.n_structures);
  to.set("n_lower", w.n_low);
  to.set("n_upper", w.n_up);
  to.set("seed", static_cast<long>(w.seed));
  std::vector<std::string> names;
  Numbers weights;
  for (auto const& [name, group] : w.by_config_type) {
    names.push_back(name);
    weights.insert(weights.end(), {group.energy, group.forces, group.virial});
  }
  to.write("config_type", names);
  to.write_matrix("config_type_weights", weights, names.size(), 3);
}

template <class Enum> Enum enumerator(Hdf5Group const& from, char const* name, long last) {
  long const value = from.integer(name);
  if (value < 0 || value > last)
    throw InputError(std::string("factors: weighting/") + name + ": invalid value " +
                     std::to_string(value));
  return static_cast<Enum>(value);
}

Weighting read_weighting(Hdf5Group const& from) {
  Weighting w;
  w.policy = enumerator<Weighting::Policy>(from, "policy", 2);
  w.zero = enumerator<Weighting::Zero>(from, "zero", 1);
  w.energy_softening = from.number("DE");
  w.force_softening = from.number("DF");
  w.energy_limit = from.number("DEup");
  w.force_limit = from.number("DFup");
  w.low_energy = from.number("DElow");
  if (from.has("wlow"))
    w.low_share = from.number("wlow");
  w.kept = enumerator<Weighting::Kept>(from, "reftype", 2);
  w.n_structures = from.integer("nfit");
  w.n_low = from.integer("n_lower");
  w.n_up = from.integer("n_upper");
  w.seed = static_cast<std::uint64_t>(from.integer("seed"));
  auto const names = from.texts("config_type");
  Numbers const weights = from.matrix("config_type_weights", 3);
  for (std::size_t k = 0; k < names.size() && 3 * k + 2 < weights.size(); ++k)
    w.by_config_type[names[k]] = {weights[3 * k], weights[3 * k + 1], weights[3 * k + 2]};
  return w;
}

/// Omits the zero rows at the end of R, which occur if there are few data.
void write_factor(Hdf5Group const& to, char const* name, TriangularFactor const& factor,
                  double weight) {
  if (factor.empty())
    return;
  Hdf5Group const group = to.make(name);
  int const n = factor.n_unknowns() + 1;
  int last = 0;
  for (int i = 0; i < n; ++i)
    for (int j = i; j < n; ++j)
      if (factor(i, j) != 0)
        last = i + 1;
  Numbers rows;
  rows.reserve(static_cast<std::size_t>(last) * n);
  for (int i = 0; i < last; ++i)
    for (int j = 0; j < n; ++j)
      rows.push_back(factor(i, j));
  group.write_matrix("R", rows, static_cast<std::size_t>(last), static_cast<std::size_t>(n));
  group.set("n_rows", factor.n_rows());
  group.set("weight", weight);
}

void read_factor(Hdf5Group const& from, char const* name, TriangularFactor& factor,
                 double& weight) {
  if (!from.has(name))
    return;
  Hdf5Group const group = from.open(name);
  int const n = factor.n_unknowns() + 1;
  Numbers const rows = group.matrix("R", static_cast<std::size_t>(n));
  int const m = static_cast<int>(rows.size() / static_cast<std::size_t>(n));
  for (int i = 0; i < std::min(m, n); ++i)
    for (int j = i; j < n; ++j)
      factor.data()[static_cast<std::size_t>(j) * n + i] =
          rows[static_cast<std::size_t>(i) * n + j];
  factor.set_n_rows(group.integer("n_rows"));
  weight = group.number("weight");
}

void write_data(Hdf5Group const& to, FactorData const& data) {
  detail::write_labels(to, data.labels);
  Hdf5Group const groups = to.make("groups");
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    FactorGroup const& group = data.groups[g];
    Hdf5Group const out = groups.make(std::to_string(g));
    out.set("config_type", group.config_type);
    out.set("fold", static_cast<long>(group.fold));
    write_factor(out, "energy", group.factors.energy, group.factors.energy_weight);
    write_factor(out, "forces", group.factors.forces, group.factors.force_weight);
    write_factor(out, "virial", group.factors.virial, group.factors.virial_weight);
  }
  to.write("shortest_distances", data.shortest);
  to.write("largest_core_densities", data.largest_core);
  std::vector<std::string> paths;
  Integers files;
  for (DataFile const& file : data.files) {
    paths.push_back(file.path);
    files.insert(files.end(), {file.n_frames, static_cast<long>(file.n_bytes),
                               static_cast<long>(file.checksum)});
  }
  to.write("files", paths);
  to.write_matrix("file_frames_bytes_crc32", files, paths.size(), 3);
  if (!data.close_frames.empty())
    to.write("close_frames", data.close_frames);
}

FactorData read_data(Hdf5Group const& from, DesignFactors const& shape, int n_elements,
                     std::string const& file) {
  FactorData data;
  data.labels = detail::read_labels(from, n_elements, file);
  Hdf5Group const groups = from.open("groups");
  for (std::string const& name : groups.names()) {
    Hdf5Group const in = groups.open(name);
    FactorGroup group{in.text("config_type"), static_cast<int>(in.integer("fold")), shape};
    read_factor(in, "energy", group.factors.energy, group.factors.energy_weight);
    read_factor(in, "forces", group.factors.forces, group.factors.force_weight);
    read_factor(in, "virial", group.factors.virial, group.factors.virial_weight);
    data.groups.push_back(std::move(group));
  }
  data.shortest = from.numbers("shortest_distances");
  data.largest_core = from.numbers("largest_core_densities");
  if (data.shortest.size() != static_cast<std::size_t>(n_elements) * n_elements ||
      data.largest_core.size() != static_cast<std::size_t>(n_elements))
    throw InputError(file + ": distances or core densities are missing");
  auto const paths = from.texts("files");
  Integers const files = from.integers("file_frames_bytes_crc32");
  for (std::size_t k = 0; k < paths.size() && 3 * k + 2 < files.size(); ++k)
    data.files.push_back({paths[k], files[3 * k], static_cast<std::uint64_t>(files[3 * k + 1]),
                          static_cast<std::uint32_t>(files[3 * k + 2])});
  if (from.has("close_frames"))
    data.close_frames = from.texts("close_frames");
  return data;
}

} // namespace

void write_factor_set(std::string const& path, FactorSet const& set) {
  check_writable(path);
  std::string const part = path + ".part" + std::to_string(::getpid());
  try {
    Hdf5File file = Hdf5File::create(part);
    file.set("format", std::string("kolace factors"));
    file.set("format_version", format_version);
    file.set("kolace", build_info().version);
    file.set("run", set.run);
    write_basis(file.make("basis"), set.basis);
    if (set.baseline) {
      std::ostringstream text;
      write_potential(text, *set.baseline);
      file.set("baseline", text.str());
    }
    file.set("spline_width", set.spline_width);
    file.write("reference_energy", set.reference_energy);
    write_weighting(file.make("weighting"), set.weighting);
    file.set("free_group_weights", static_cast<long>(set.free_group_weights));
    file.set("lowest_energy", set.lowest_energy);
    file.set("n_folds", static_cast<long>(set.n_folds));
    Integers parts;
    for (FactorPart const& p : set.parts)
      parts.insert(parts.end(), {p.number, p.of});
    file.write_matrix("parts", parts, set.parts.size(), 2);
    file.set("next_structure", set.next_structure);
    file.set("stage", set.stage);
    write_data(file.make("train"), set.train);
    if (set.test)
      write_data(file.make("test"), *set.test);
    file.close();
    replace_file(part, path);
  } catch (...) {
    std::remove(part.c_str());
    throw;
  }
}

FactorSet read_factor_set(std::string const& path) {
  Hdf5File const file = Hdf5File::open_to_read(path);
  if (!file.has("format") || file.text("format") != "kolace factors")
    throw InputError(path + ": is not a factor file (expected a file written by kolace assemble)");
  if (long const v = file.integer("format_version"); v != format_version)
    throw InputError(path + ": unsupported format version " + std::to_string(v) +
                     " (expected version " + std::to_string(format_version) + ")");
  FactorSet set;
  set.run = file.text("run");
  set.basis = read_basis(file.open("basis"), path);
  if (file.has("baseline"))
    set.baseline = std::make_shared<AcePotential const>(
        parse_potential(file.text("baseline"), path + ": baseline"));
  set.spline_width = file.number("spline_width");
  set.reference_energy = file.numbers("reference_energy");
  int const n_elements = set.n_elements();
  if (set.reference_energy.size() != static_cast<std::size_t>(n_elements))
    throw InputError(path + ": reference_energy: expected one number per element");
  set.weighting = read_weighting(file.open("weighting"));
  set.free_group_weights = file.integer("free_group_weights") != 0;
  set.lowest_energy = file.number("lowest_energy");
  set.n_folds = static_cast<int>(file.integer("n_folds"));
  Integers const parts = file.integers("parts");
  set.parts.clear();
  for (std::size_t k = 0; k + 1 < parts.size(); k += 2)
    set.parts.push_back({static_cast<int>(parts[k]), static_cast<int>(parts[k + 1])});
  if (set.parts.empty())
    throw InputError(path + ": parts are missing");
  set.next_structure = file.integer("next_structure");
  set.stage = file.integer("stage");
  DesignFactors const shape(set.basis->size(), n_elements, set.baseline ? 1 : 0);
  set.train = read_data(file.open("train"), shape, n_elements, path);
  if (file.has("test"))
    set.test = read_data(file.open("test"), shape, n_elements, path);
  return set;
}

} // namespace kolace
