// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/api/fit_warnings.hpp>

#include <kolace/core/counted.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kolace {
namespace {

/// Warnings about the solution of the linear problem.
std::vector<std::string> solution_warnings(FitInput const& input, FitResult const& result) {
  std::vector<std::string> warnings;
  // Pair functions A-B and B-A contribute equally to total energies; that is not worth a warning.
  int const unknowns = static_cast<int>(result.solver.solution.coefficients.size()) -
                       input.basis->n_duplicate_pair_functions();
  bool const exact = input.options.solver.kind == SolverOptions::Kind::least_squares;
  if (exact && result.solver.solution.rank < unknowns)
    warnings.push_back(fmt::format(
        "the data determine only {} of {} unknowns; the minimum-norm solution was taken",
        result.solver.solution.rank, unknowns));
  if (!result.solver.converged)
    warnings.push_back(
        fmt::format("{} stopped after {} iterations without reaching its tolerance; the loss may "
                    "be far from its minimum",
                    result.solver.name, result.solver.curve.back().iteration));
  return warnings;
}

/// Warnings about pairs of atoms that attract each other below the distances in the data.
std::vector<std::string> dimer_warnings(std::vector<DimerCheck> const& checks) {
  std::vector<std::string> warnings;
  for (DimerCheck const& c : checks)
    if (c.rises_down_to >= c.shortest)
      warnings.push_back(fmt::format(
          "{}-{} dimer: below the shortest distance in the data, {:.3f} A, the energy {}", c.a, c.b,
          c.shortest,
          c.repels_below > 0.11
              ? fmt::format("first falls by {:.3g} eV and rises only below {:.3f} A", c.fall,
                            c.repels_below)
              : fmt::format("falls by {:.3g} eV: two atoms may collapse", c.fall)));
  return warnings;
}

} // namespace

std::string skipped_frames_text(std::vector<std::string> const& messages) {
  std::string text = fmt::format("{} left out:", counted(messages.size(), "bad frame"));
  for (auto const& message : messages)
    text += "\n  " + message;
  return text;
}

std::vector<std::string> data_warnings(FitInput const& input,
                                       std::vector<std::string> const& skipped) {
  std::vector<std::string> warnings;
  if (!input.ignored.empty())
    warnings.push_back(
        fmt::format("these keys do not change a linear fit: {}", fmt::join(input.ignored, ", ")));
  warnings.insert(warnings.end(), input.warnings.begin(), input.warnings.end());
  if (!skipped.empty())
    warnings.push_back(skipped_frames_text(skipped));
  return warnings;
}

std::vector<std::string> all_warnings(FitInput const& input, FitResult const& result,
                                      std::vector<DimerCheck> const& dimers) {
  std::vector<std::string> warnings = data_warnings(input, result.skipped_frames);
  for (auto const& more :
       {solution_warnings(input, result), result.warnings, dimer_warnings(dimers)})
    warnings.insert(warnings.end(), more.begin(), more.end());
  return warnings;
}

} // namespace kolace
