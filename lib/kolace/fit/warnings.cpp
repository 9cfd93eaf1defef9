// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/detail/warnings.hpp>

#include <kolace/fit/detail/data_warnings.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace kolace::detail {
namespace {

using Strings = std::vector<std::string>;

/// Warns of a few frames with most of the squared errors, usually because their labels are wrong.
void about_outliers(FitResult const& result, Strings& warnings) {
  auto const tell = [&](char const* what, std::vector<WorstFrames::Entry> const& frames) {
    if (frames.empty())
      return;
    Strings places;
    for (WorstFrames::Entry const& frame : frames)
      places.push_back(frame.place.text());
    warnings.push_back(fmt::format("more than half of the squared errors of {} come from {}: check "
                                   "the labels there; if they are "
                                   "right, add similar structures ({})",
                                   what, frames.size() == 1 ? "one frame" : "a few frames",
                                   fmt::join(places, "; ")));
  };
  if (result.from_factors)
    return;
  tell("energies", result.train.energies.outliers());
  tell("forces", result.train.forces.outliers());
  if (result.test) {
    tell("test energies", result.test->energies.outliers());
    tell("test forces", result.test->forces.outliers());
  }
}

/// Errors that only wrong units or signs explain.
void about_error_size(FitResult const& result, Strings& warnings) {
  constexpr double most_energy = 10, most_force = 100; // eV/atom, eV/Angstrom
  auto const& total = result.train.total;
  auto const tell = [&](char const* what, double error, double most, char const* unit) {
    if (error > most)
      warnings.push_back(fmt::format(
          "training errors of {} are {:.3g} {}: check units and signs (expected total energies in "
          "eV, forces in eV/A, virials in eV, stresses in eV/A^3 and positive in tension: kbar / "
          "1602.18, GPa / 160.218)",
          what, error, unit));
  };
  tell("energies", total.energy_rmse(), most_energy, "eV/atom");
  tell("forces", total.force_rmse(), most_force, "eV/A");
  tell("virials", total.virial_rmse(), most_energy, "eV/atom");
}

void about_errors(FitResult const& result, Strings& warnings) {
  if (!result.test)
    return;
  bool const automatic = result.solver.name == "automatic"; // it copes with large bases
  auto const compare = [&](char const* what, double train, double test, double floor,
                           char const* unit) {
    if (std::isfinite(train) && std::isfinite(test) && test > 3 * std::max(train, floor))
      warnings.push_back(fmt::format(
          "test errors of {} are {:.1f} times the training errors ({:.4g} vs. {:.4g} "
          "{}): {}",
          what, test / train, 1000 * test, 1000 * train, unit,
          automatic ? "the test set contains other kinds of structures, or the data are few "
                      "for this basis; add structures like those of the test set"
                    : "the basis is too large for these data, or the test set contains other "
                      "kinds of structures; use the automatic solver, a smaller basis or more "
                      "data"));
  };
  compare("energies", result.train.total.energy_rmse(), result.test->total.energy_rmse(), 1e-3,
          "meV/atom");
  compare("forces", result.train.total.force_rmse(), result.test->total.force_rmse(), 1e-2,
          "meV/A");
}

/// Warns of test atoms that are closer together than any training atoms.
void about_distances(FitResult const& result, AceBasis const& basis, Strings& warnings) {
  constexpr double closer_than = 0.97; // the smallest of many distances varies from set to set
  warnings.insert(warnings.end(), result.close_frames.begin(), result.close_frames.end());
  auto const& symbols = basis.elements().symbols();
  int const n = basis.elements().size();
  Strings closer;
  for (int a = 0; a < n && !result.test_shortest_distances.empty(); ++a)
    for (int b = a; b < n; ++b) {
      double const train = std::min(result.shortest_distances[a * n + b],
                                    result.shortest_distances[b * n + a]),
                   test = std::min(result.test_shortest_distances[a * n + b],
                                   result.test_shortest_distances[b * n + a]);
      if (std::isfinite(train) && test < closer_than * train)
        closer.push_back(
            fmt::format("{}-{} {:.2f} A (training {:.2f})", symbols[a], symbols[b], test, train));
    }
  if (!closer.empty())
    warnings.push_back(
        fmt::format("test atoms are closer together than any training atoms: {}; their errors are "
                    "extrapolation errors; add such structures to the training set",
                    fmt::join(closer, ", ")));
}

void about_solution(FitResult const& result, Strings& warnings) {
  SolverResult const& solver = result.solver;
  // Terms of opposite sign cancel: energies lose this many digits.
  if (result.coefficient_norm > 1e6)
    warnings.push_back(fmt::format("the norm of the coefficients is {:.2g} eV: energies are "
                                   "differences of terms of that size, which do not cancel outside "
                                   "the data; {}",
                                   result.coefficient_norm,
                                   solver.name == "automatic"
                                       ? "look for wrong labels, or choose a smaller basis"
                                       : "leave fit.solver out (automatic) or regularize"));
  if (solver.scores.size() > 2 && solver.name != "automatic") {
    auto const [first, last] = std::minmax_element(
        solver.scores.begin(), solver.scores.end(),
        [](StrengthScore const& a, StrengthScore const& b) { return a.strength < b.strength; });
    if (solver.strength <= first->strength * 1.001)
      warnings.push_back(fmt::format(
          "the strength {:.2g} is the lowest one tried: the score ({}) favors no regularization, "
          "as it does for few or correlated data; use choose: folds, or the automatic solver",
          solver.strength, solver.score_name));
    else if (solver.strength >= last->strength * 0.999)
      warnings.push_back(fmt::format(
          "the strength {:.2g} is the highest one tried: the data do not support this basis",
          solver.strength));
  }
}

void about_committee(FitResult const& result, Strings& warnings) {
  if (!result.committee.empty() && !result.calibration && result.from_factors)
    warnings.push_back("the spread of the committee reflects the noise only, since its calibration "
                       "requires the data; leave --factors out");
  else if (!result.committee.empty() && !result.calibration)
    warnings.push_back(
        "the spread of the committee could not be calibrated on structures left out of the fit and "
        "reflects the noise only; use the automatic solver or a stronger regularization");
}

void about_compression(FitResult const& result, FitOptions const& options, Strings& warnings) {
  CompressionCheck const* worst = nullptr;
  int bad = 0;
  for (CompressionCheck const& check : result.compression)
    if (!check.rises()) {
      ++bad;
      if (!worst || check.fall > worst->fall)
        worst = &check;
    }
  if (!worst)
    return;
  bool const by_default = result.solver.name == "automatic" && options.pair_repulsion;
  bool const in_the_data = worst->crystal == pushed_pair;
  constexpr double flat = 5e-4; // eV/atom
  warnings.push_back(fmt::format(
      "under compression the energies of {} of {} crystals, dimers and pairs do not rise all the "
      "way: that of {}{}{} {} {} below a shortest distance of {:.2f} A (scanned down to {:.2f}); "
      "do "
      "not use the potential {}; {}",
      bad, result.compression.size(), worst->a, worst->a == worst->b ? "" : "-",
      worst->a == worst->b ? "" : worst->b, worst->crystal,
      worst->fall < flat ? "is flat" : fmt::format("falls by {:.3g} eV/atom", worst->fall),
      worst->rises_down_to, worst->end,
      in_the_data ? "at temperatures at which these atoms come closer than in the data"
                  : "under high pressure",
      in_the_data  ? "add structures from hotter dynamics"
      : by_default ? "add compressed structures to the data"
                   : "add compressed structures, or leave fit.repulsion and fit.solver at their "
                     "defaults"));
}

/// Warns of training structures that collapse in molecular dynamics.
void about_dynamics(FitResult const& result, FitOptions const& options, Strings& warnings) {
  if (result.dynamics.empty() || !any_collapsed(result.dynamics))
    return;
  TrialRun const* first = nullptr; // the coldest that collapsed
  for (TrialRun const& run : result.dynamics)
    if (run.collapsed && (!first || run.temperature < first->temperature))
      first = &run;
  std::string const where = first->a.empty() ? ""
                                             : fmt::format(", where {} and {} are {:.2f} A apart",
                                                           first->a, first->b, first->distance);
  bool const by_default = result.solver.name == "automatic" && options.pair_repulsion;
  std::string remedy = "add structures from dynamics with this potential";
  if (first->repeated)
    remedy +=
        fmt::format(", and larger cells ({} was repeated to {})", first->place, first->formula);
  if (!by_default)
    remedy += "; or leave fit.solver and fit.repulsion at their defaults";
  warnings.push_back(
      fmt::format("{}: {} at {:.0f} K after {:.2g} ps{}; do not use the potential for "
                  "dynamics at such temperatures; {}",
                  dynamics_sentence(result.dynamics), first->formula, first->temperature,
                  first->time, where, remedy));
}

} // namespace

std::vector<std::string> fit_warnings(FitResult const& result, FitData const& data,
                                      AutomaticFit const& decided, AceBasis const& basis) {
  Strings warnings = data_warnings(result, data.training(), decided, basis);
  about_error_size(result, warnings);
  about_errors(result, warnings);
  about_outliers(result, warnings);
  about_distances(result, basis, warnings);
  about_solution(result, warnings);
  about_compression(result, decided.options, warnings);
  about_dynamics(result, decided.options, warnings);
  about_committee(result, warnings);
  return warnings;
}

} // namespace kolace::detail
