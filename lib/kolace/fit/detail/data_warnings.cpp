// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/detail/data_warnings.hpp>

#include <kolace/core/counted.hpp>
#include <kolace/dataset/detail/element_coverage.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace kolace::detail {
namespace {

using Strings = std::vector<std::string>;

void about_labels(TrainingData const& training, Strings& warnings) {
  if (training.n_energies() == 0 && !training.energy_like_keys().empty())
    warnings.push_back(fmt::format("no frame has an energy under a known key, but these look like "
                                   "energies: {}; name the right "
                                   "one with data.energy_key",
                                   fmt::join(training.energy_like_keys(), ", ")));
  else if (training.n_energies() == 0)
    warnings.push_back("no frame has an energy: only forces and virials are fitted, and energy "
                       "differences between structures may be wrong");
  if (training.n_force_atoms() == 0 && !training.force_like_columns().empty())
    warnings.push_back(fmt::format("no frame has forces under a known key, but these columns look "
                                   "like forces: {}; name the right one with data.forces_key",
                                   fmt::join(training.force_like_columns(), ", ")));
  if (training.n_contradicting_virials() > 0)
    warnings.push_back(
        fmt::format("a virial and a stress contradict each other in {} (expected "
                    "virial = -volume x stress); the virial is used; name the right one with "
                    "data.virial_key or data.stress_key",
                    counted(training.n_contradicting_virials(), "frame")));
}

/// Warns of data without thermal motion. In a harmonic crystal with a force constant k, force
/// components have the standard deviation sqrt(k kT): 0.35 to 0.6 eV/A at room temperature.
void about_motion(TrainingData const& training, Strings& warnings) {
  constexpr double least = 0.15; // eV/A, half of what 50 to 100 K give
  double squares = 0;
  long components = 0;
  for (StructureRecord const& record : training.records())
    if (record.has_forces && !record.dropped && record.n_atoms > 1) {
      squares += record.force_square_sum;
      components += 3L * record.n_atoms;
    }
  double const rms = components > 0 ? std::sqrt(squares / static_cast<double>(components)) : least;
  if (rms < least)
    warnings.push_back(
        fmt::format("the training forces are small ({:.2g} eV/A, root mean square of the "
                    "components): all atoms are near equilibrium, and thermal motion (forces of "
                    "about 0.5 eV/A in "
                    "most solids at room temperature) is an extrapolation; add snapshots of "
                    "molecular dynamics, or structures with displaced atoms",
                    rms));
}

/// A list of names, shortened if it is long.
std::string first_of(Strings const& names) {
  constexpr std::size_t most = 12;
  std::size_t const shown = names.size() > most + 3 ? most : names.size();
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (shown < names.size())
    text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

/// A solver named by the user leaves kappa_virial at 0 unless it is given.
void about_unused_virials(FitResult const& result, FitOptions const& options,
                          TrainingData const& training, Strings& warnings) {
  long const n = std::count_if(training.records().begin(), training.records().end(),
                               [](StructureRecord const& record) { return record.has_virial; });
  if (n > 0 && options.kappa_virial == 0 && !options.asks_for_virials && !result.from_factors &&
      result.solver.name != "automatic")
    warnings.push_back(fmt::format(
        "the virials of {} are not fitted: with a named solver kappa_virial is 0 unless "
        "fit.loss gives it (0 there silences this); kappa is then 0.3 by default, and "
        "reference_energy auto unless the data contain free atoms of all elements",
        counted(n, "frame")));
}

/// Energies against forces.
void about_energies(LabelAgreement const& energies, Strings& warnings) {
  if (energies.fault == LabelFault::sign)
    warnings.push_back("energies and forces contradict each other: forces of the opposite sign "
                       "agree with the energies (expected minus the gradient of the energy, in "
                       "eV/A)");
  if (energies.fault == LabelFault::per_atom)
    warnings.push_back("energies hardly depend on the number of atoms: they look like energies per "
                       "atom (expected the total energy of each frame)");
  if (energies.fault == LabelFault::zero)
    warnings.push_back("energies do not depend on the structures, although there are forces: they "
                       "were probably not read; name the right key with data.energy_key");
  if (energies.fault == LabelFault::unit)
    warnings.push_back(fmt::format("energies and forces are in units that do not match: {} "
                                   "(expected total energies in eV and forces in eV/A)",
                                   energies.unit));
}

void about_virials(AutomaticFit const& decided, Strings& warnings) {
  LabelAgreement const& v = decided.virials;
  std::string_view const consequence =
      decided.left_out_virials ? "; virials are left out of this fit" : "";
  if (v.fault == LabelFault::zero)
    warnings.push_back(fmt::format("all virials are zero, although forces are not: they were "
                                   "probably not computed; remove the key, or name the right one "
                                   "with data.virial_key or data.stress_key{}",
                                   consequence));
  if (v.fault == LabelFault::sign)
    warnings.push_back(
        fmt::format("virials have the wrong sign{}{}: a fit to energies and forces predicts {:.3g} "
                    "times the labels (correlation {:.2f}); stresses must be in eV/A^3 and "
                    "positive in tension (VASP's have the opposite sign){}",
                    v.unit.empty() ? "" : ", and ", v.unit, v.slope, v.correlation, consequence));
  if (v.fault != LabelFault::unit)
    return;
  warnings.push_back(fmt::format("virials do not have the unit of energies and forces{}{}; a fit "
                                 "to energies and forces predicts {:.3g} times "
                                 "the labels (correlation {:.2f}); expected energies and virials "
                                 "in eV, forces in eV/A and stresses in eV/A^3{}",
                                 v.unit.empty() ? "" : ": ", v.unit, v.slope, v.correlation,
                                 consequence));
}

void about_elements(FitResult const& result, TrainingData const& training, AceBasis const& basis,
                    Strings& warnings) {
  auto const& symbols = basis.elements().symbols();
  int const n = basis.elements().size();
  std::vector<long> atoms(n, 0);
  for (StructureRecord const& record : training.records())
    for (int e = 0; e < n; ++e)
      atoms[e] += record.composition[e];
  Strings absent, pairs;
  for (int a = 0; a < n; ++a) {
    if (atoms[a] == 0)
      absent.push_back(symbols[a]);
    for (int b = a; b < n; ++b)
      if (atoms[a] > 0 && atoms[b] > 0 &&
          !std::isfinite(
              std::min(result.shortest_distances[a * n + b], result.shortest_distances[b * n + a])))
        pairs.push_back(symbols[a] + "-" + symbols[b]);
  }
  if (!absent.empty())
    warnings.push_back(
        fmt::format("no training structure contains {}: their only interaction is the core "
                    "repulsion; remove them from potential.elements or add data",
                    first_of(absent)));
  bool const none_within =
      std::none_of(result.shortest_distances.begin(), result.shortest_distances.end(),
                   [](double r) { return std::isfinite(r); });
  if (none_within && absent.empty())
    warnings.push_back(fmt::format("no two training atoms are within the cutoff of {:.3g} A: every "
                                   "function is zero; choose a larger cutoff",
                                   basis.cutoff()));
  else if (!pairs.empty())
    warnings.push_back(
        fmt::format("pairs of elements that are never within the cutoff of each other in the "
                    "training data: {}; add structures that contain both",
                    first_of(pairs)));
  TripleCoverage const triples = triple_coverage(training.records(), n);
  if (triples.missing > 0 && basis.max_rank() > 1)
    warnings.push_back(
        fmt::format("{} of {} triples of elements occur in no training structure: their three-body "
                    "terms are {}, and alloys of these elements are extrapolations; add structures "
                    "that contain them",
                    triples.missing, triples.total,
                    result.solver.n_predicted == 0 ? "zero"
                    : result.solver.n_predicted < result.solver.n_without_data
                        ? "predicted from those of other elements where all their elements occur"
                        : "predicted from those of other elements"));
}

void about_reference(TrainingData const& training, AceBasis const& basis, Strings& warnings) {
  auto const& symbols = basis.elements().symbols();
  auto const names = [&](std::vector<int> const& elements) {
    Strings list;
    for (int const e : elements)
      list.push_back(symbols[e]);
    return fmt::format("{}", fmt::join(list, ", "));
  };
  auto const isolated = training.isolated_elements();
  if (!isolated.empty() && isolated.size() < symbols.size())
    warnings.push_back(fmt::format(
        "the data contain free atoms of {} only, so the energies of these and the other elements "
        "have different zeros; add the other free atoms or give data.reference_energy",
        names(isolated)));
  if (auto const differing = training.contradicting_isolated_elements(); !differing.empty())
    warnings.push_back(
        fmt::format("the data contain free atoms of {} with different energies (different spins or "
                    "settings?); their mean is used; keep one per element",
                    names(differing)));
  if (training.composition_rank() < static_cast<int>(symbols.size()) &&
      isolated.size() < symbols.size() && training.n_energies() > 0 && training.finds_reference())
    warnings.push_back(fmt::format(
        "the compositions of the data determine only {} of {} free-atom energies: energies of "
        "other compositions are arbitrary; give data.reference_energy or add free atoms",
        training.composition_rank(), symbols.size()));
}

/// Warns of fitted E0 far from the mean energies per atom, which compositions that hardly differ
/// leave open.
void about_fitted_reference(FitResult const& result, TrainingData const& training,
                            AceBasis const& basis, Strings& warnings) {
  constexpr double far = 20; // eV; cohesive energies are below 10
  auto const& symbols = basis.elements().symbols();
  Strings found;
  for (std::size_t e = 0; e < symbols.size(); ++e) {
    double const energy = result.potential.reference_energy[e];
    if (training.fits_reference() && std::abs(energy - training.reference_energy()[e]) > far)
      found.push_back(fmt::format("{} {:.4g} eV", symbols[e], energy));
  }
  if (!found.empty())
    warnings.push_back(fmt::format(
        "the compositions of the data hardly determine the free-atom energies, fitted as {}: "
        "energies of other compositions, and of vacancies, are arbitrary; give "
        "data.reference_energy, or add free atoms",
        fmt::join(found, ", ")));
}

/// Warns of stresses of structures none of which is a crystal.
void about_periodicity(TrainingData const& training, Strings& warnings) {
  long with_virial = 0;
  for (StructureRecord const& record : training.records()) {
    if (record.is_bulk)
      return;
    with_virial += record.has_virial && record.volume_per_atom > 0 && !record.dropped;
  }
  if (with_virial > 0)
    warnings.push_back(fmt::format(
        "{} a stress or virial, but no structure is periodic in three directions: if they are "
        "crystals, write pbc=\"T T T\", or leave pbc out",
        with_virial == 1 ? "1 structure has" : fmt::format("{} structures have", with_virial)));
}

/// Warns of pressures that nothing determines.
void about_volumes(FitResult const& result, TrainingData const& training, Strings& warnings) {
  constexpr double same = 0.01;
  double smallest = std::numeric_limits<double>::infinity(), largest = 0;
  bool has_virials = false;
  long n = 0;
  for (StructureRecord const& record : training.records()) {
    if (record.dropped || !record.has_labels())
      continue;
    has_virials = has_virials || record.has_virial;
    if (!record.is_bulk)
      return; // surfaces of clusters and slabs relax by the same forces
    smallest = std::min(smallest, record.volume_per_atom);
    largest = std::max(largest, record.volume_per_atom);
    ++n;
  }
  if (n > 1 && largest < (1 + same) * smallest && !(has_virials && result.kappa_virial > 0))
    warnings.push_back(fmt::format(
        "all training structures have nearly the same volume per atom, {:.4g} A^3, and no virials "
        "are fitted: pressures, lattice constants and elastic constants are not determined; add "
        "cells of other volumes, or stresses",
        smallest));
}

} // namespace

std::vector<std::string> data_warnings(FitResult const& result, TrainingData const& training,
                                       AutomaticFit const& decided, AceBasis const& basis) {
  Strings warnings;
  about_labels(training, warnings);
  about_motion(training, warnings);
  about_energies(decided.energies, warnings);
  about_virials(decided, warnings);
  about_unused_virials(result, decided.options, training, warnings);
  about_periodicity(training, warnings);
  about_volumes(result, training, warnings);
  about_elements(result, training, basis, warnings);
  about_reference(training, basis, warnings);
  about_fitted_reference(result, training, basis, warnings);
  return warnings;
}

} // namespace kolace::detail
