// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/factor_set.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/io/potential_file.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

namespace kolace {
namespace {

/// One column of a factor, with all its rows.
std::vector<double> column_of(TriangularFactor const& factor, int j) {
  std::size_t const n = static_cast<std::size_t>(factor.n_unknowns()) + 1;
  auto const first = factor.data().begin() + static_cast<std::ptrdiff_t>(j * n);
  return {first, first + static_cast<std::ptrdiff_t>(n)};
}

void add_scaled(std::vector<double>& target, double factor, std::vector<double> const& column) {
  for (std::size_t i = 0; i < target.size(); ++i)
    target[i] += factor * column[i];
}

TriangularFactor view(TriangularFactor const& all, DesignFactors const& shape,
                      FactorView const& wanted) {
  int const n_elements = shape.n_reference, n_old = all.n_unknowns() + 1;
  std::vector<int> functions = wanted.functions;
  if (functions.empty()) {
    functions.resize(shape.n_functions);
    std::iota(functions.begin(), functions.end(), 0);
  }
  int const k = static_cast<int>(functions.size());
  std::vector<std::vector<double>> extra; // columns after the functions
  bool const fits_reference =
      std::count(wanted.fitted_elements.begin(), wanted.fitted_elements.end(), true) > 0;
  for (int e = 0; e < n_elements && fits_reference; ++e)
    extra.push_back(wanted.fitted_elements[e] ? column_of(all, shape.n_functions + e)
                                              : std::vector<double>(n_old, 0.));
  std::vector<double> target = column_of(all, n_old - 1);
  for (std::size_t e = 0; e < wanted.reference_shift.size(); ++e)
    add_scaled(target, -wanted.reference_shift[e],
               column_of(all, shape.n_functions + static_cast<int>(e)));
  if (shape.n_baseline > 0 && !wanted.with_baseline)
    add_scaled(target, 1, column_of(all, shape.n_functions + n_elements));
  extra.push_back(std::move(target));

  int const n_new = k + static_cast<int>(extra.size());
  TriangularFactor result(n_new - 1);
  bool leading = true;
  for (int j = 0; j < k; ++j)
    leading = leading && functions[j] == j;
  int const first = leading ? k : 0; // the rows and columns before `first` are already triangular
  std::vector<double> rows;          // [n_old - first][n_new - first]
  for (int j = first; j < n_new; ++j) {
    std::vector<double> const column = j < k ? column_of(all, functions[j]) : extra[j - k];
    rows.insert(rows.end(), column.begin() + first, column.end());
  }
  TriangularFactor rest(n_new - first - 1);
  rest.add_rows(rows.data(), n_old - first, n_old - first);
  auto& r = result.data();
  for (int j = 0; j < n_new; ++j) {
    double* const to = r.data() + static_cast<std::size_t>(j) * n_new;
    if (j < first) {
      std::copy_n(all.data().begin() + static_cast<std::ptrdiff_t>(j) * n_old, j + 1, to);
      continue;
    }
    if (first > 0)
      std::copy_n(extra[j - k].begin(), first, to);
    for (int i = 0; i <= j - first; ++i)
      to[first + i] = rest(i, j - first);
  }
  result.set_n_rows(all.n_rows());
  return result;
}

void shift_target(TriangularFactor& factor, int first_element, std::vector<double> const& shift) {
  std::size_t const n = static_cast<std::size_t>(factor.n_unknowns()) + 1;
  double* const target = factor.data().data() + (n - 1) * n;
  for (std::size_t e = 0; e < shift.size(); ++e)
    for (std::size_t i = 0; i < n; ++i)
      target[i] -= shift[e] * factor.data()[(first_element + e) * n + i];
}

/// A potential as text, for comparison.
std::string text_of(std::shared_ptr<AcePotential const> const& potential) {
  std::ostringstream out;
  if (potential)
    write_potential(out, *potential);
  return out.str();
}

void check_bases(AceBasis const& a, AceBasis const& b) {
  ModelSpecification const &x = a.specification(), &y = b.specification();
  if (x.elements.symbols() != y.elements.symbols())
    throw InputError("merge: the factor files have different elements");
  for (std::size_t k = 0; k < x.bonds.size(); ++k) {
    RadialOptions radial = x.bonds[k].radial;
    radial.size = y.bonds[k].radial.size;
    if (radial != y.bonds[k].radial)
      throw InputError("merge: the factor files have different cutoffs or radial functions (give "
                       "all inputs the same potential.bonds)");
  }
  if (x.functions != y.functions || x.bonds != y.bonds || x.canonical != y.canonical)
    throw InputError("merge: the factor files have different basis functions");
}

void add_labels(LabelTable& to, LabelTable const& from, long offset, bool same_run) {
  std::vector<int> type_of; // index in `to` of each config_type of `from`
  for (std::string const& name : from.config_types)
    type_of.push_back(to.config_type(name));
  for (StructureRecord record : from.records) {
    record.config_type = type_of.at(record.config_type);
    record.index += offset;
    to.records.push_back(std::move(record));
  }
  std::sort(to.records.begin(), to.records.end(),
            [](StructureRecord const& a, StructureRecord const& b) { return a.index < b.index; });
  if (same_run) // every part has read all frames, so these would be counted twice
    return;
  for (std::size_t e = 0; e < from.isolated.size(); ++e)
    to.isolated[e].insert(to.isolated[e].end(), from.isolated[e].begin(), from.isolated[e].end());
  to.energy_like_keys.insert(from.energy_like_keys.begin(), from.energy_like_keys.end());
  to.n_contradicting_virials += from.n_contradicting_virials;
  to.pass.frames += from.pass.frames;
  to.pass.left_out += from.pass.left_out;
  for (auto const& [label, count] : from.pass.labels)
    to.pass.labels[label] += count;
  to.pass.skipped.insert(to.pass.skipped.end(), from.pass.skipped.begin(), from.pass.skipped.end());
}

void add_data(FactorData& to, FactorData const& from, std::vector<double> const& shift,
              bool same_run) {
  long const offset =
      same_run || to.labels.records.empty() ? 0 : to.labels.records.back().index + 1;
  add_labels(to.labels, from.labels, offset, same_run);
  for (FactorGroup group : from.groups) {
    shift_reference(group.factors, shift);
    auto const found =
        std::find_if(to.groups.begin(), to.groups.end(), [&](FactorGroup const& other) {
          return other.config_type == group.config_type && other.fold == group.fold;
        });
    if (found == to.groups.end())
      to.groups.push_back(std::move(group));
    else
      found->factors.merge(group.factors);
  }
  for (std::size_t k = 0; k < to.shortest.size(); ++k)
    to.shortest[k] = std::min(to.shortest[k], from.shortest[k]);
  for (std::size_t e = 0; e < to.largest_core.size(); ++e)
    to.largest_core[e] = std::max(to.largest_core[e], from.largest_core[e]);
  for (std::string const& sentence : from.close_frames)
    if (std::find(to.close_frames.begin(), to.close_frames.end(), sentence) ==
        to.close_frames.end())
      to.close_frames.push_back(sentence);
  if (!same_run)
    to.files.insert(to.files.end(), from.files.begin(), from.files.end());
}

void refuse_common_files(FactorData const& a, FactorData const& b) {
  for (DataFile const& file : b.files)
    for (DataFile const& other : a.files)
      if (file.same_content(other))
        throw InputError("merge: the structures of " + file.path +
                         " are in both factor files (in one of them as " + other.path + ")");
}

} // namespace

std::vector<int> FactorSet::missing_parts() const {
  std::vector<int> missing;
  for (int k = 0; k < parts.front().of; ++k)
    if (std::none_of(parts.begin(), parts.end(), [&](FactorPart p) { return p.number == k; }))
      missing.push_back(k + 1);
  return missing;
}

void check_compatible(FactorSet const& a, FactorSet const& b) {
  check_bases(*a.basis, *b.basis);
  if (text_of(a.baseline) != text_of(b.baseline))
    throw InputError("merge: the factor files have different reference potentials or repulsions");
  if (a.spline_width != b.spline_width)
    throw InputError("merge: the factor files have different spline tables (deltaSplineBins)");
  if (weighting_text(a.weighting) != weighting_text(b.weighting))
    throw InputError("merge: the factor files have different weights (fit.weighting)");
}

FactorSet merged(FactorSet const& a, FactorSet const& b) {
  check_compatible(a, b);
  if (a.n_folds != b.n_folds)
    throw InputError("merge: the factor files have different numbers of folds");
  bool const same_run = a.run == b.run;
  if (!same_run && !a.free_group_weights)
    throw InputError(
        "merge: energy-based weights depend on all structures; assemble all data together");
  FactorSet sum = a;
  std::vector<double> shift(a.n_elements(), 0.);
  if (same_run) {
    for (FactorPart const& part : b.parts) {
      if (part.of != a.parts.front().of ||
          std::any_of(a.parts.begin(), a.parts.end(),
                      [&](FactorPart p) { return p.number == part.number; }))
        throw InputError("merge: part " + std::to_string(part.number + 1) + " of " +
                         std::to_string(part.of) + " is in both factor files");
      sum.parts.push_back(part);
    }
  } else {
    for (FactorSet const* set : {&a, &b})
      if (auto const missing = set->missing_parts(); !missing.empty())
        throw InputError("merge: part " + std::to_string(missing.front()) + " of " +
                         std::to_string(set->parts.front().of) +
                         " is missing; merge the parts of each assembly first");
    refuse_common_files(a.train, b.train);
    for (int e = 0; e < a.n_elements(); ++e)
      shift[e] = a.reference_energy[e] - b.reference_energy[e];
    sum.parts = {{0, 1}};
    sum.run = a.run + "+" + b.run;
  }
  add_data(sum.train, b.train, shift, same_run);
  if (b.test && sum.test)
    add_data(*sum.test, *b.test, shift, same_run);
  else if (b.test) {
    sum.test = b.test;
    for (FactorGroup& group : sum.test->groups)
      shift_reference(group.factors, shift);
  }
  return sum;
}

void shift_reference(DesignFactors& factors, std::vector<double> const& shift) {
  if (std::all_of(shift.begin(), shift.end(), [](double x) { return x == 0; }))
    return;
  for (TriangularFactor* const factor : {&factors.energy, &factors.forces, &factors.virial})
    shift_target(*factor, factors.n_functions, shift);
}

DesignFactors view_of(DesignFactors const& factors, FactorView const& wanted) {
  DesignFactors result;
  result.energy = view(factors.energy, factors, wanted);
  result.forces = view(factors.forces, factors, wanted);
  result.virial = view(factors.virial, factors, wanted);
  result.energy_weight = factors.energy_weight;
  result.force_weight = factors.force_weight;
  result.virial_weight = factors.virial_weight;
  result.n_functions =
      wanted.functions.empty() ? factors.n_functions : static_cast<int>(wanted.functions.size());
  result.n_reference = result.energy.n_unknowns() - result.n_functions;
  return result;
}

} // namespace kolace
