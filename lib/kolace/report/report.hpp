// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit.hpp>

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace kolace {

/// Energy of two atoms below the shortest distance in the data.
struct DimerCheck {
  std::string a; ///< symbol of one element
  std::string b; ///< symbol of the other element
  /// Start of the scan, Angstrom: the shortest distance in the training data, or 0.7 times the sum
  /// of the covalent radii if that distance is below 0.4 times the sum.
  double shortest = 0;
  /// Distance down to which the energy rises from `shortest` on, Angstrom; equal to `shortest` if
  /// it falls from the start.
  double rises_down_to = 0;
  double fall = 0; ///< largest drop of the energy below that at `shortest`, eV
  /// Distance of the largest drop, Angstrom; the energy is higher at shorter distances.
  double repels_below = 0;
};

/// Checks for every pair of elements whether the energy of two atoms rises all the way below the
/// shortest distance of the data.
std::vector<DimerCheck> check_dimers(FitResult const& result);

/// Files of one run, including the report. A later run may replace some of them; the run name and
/// checksums show whether they belong together.
struct ResultFiles {
  std::string run;                ///< equal in every file that can contain it
  std::vector<std::string> names; ///< names in the result folder, report.json included
  std::map<std::string, std::uint32_t> checksums; ///< CRC-32 of all files except the report
};

/// Writes report.json, schema 1; lib/docs/pages/reference/report.md documents the keys.
void write_report(std::ostream& out, FitResult const& result,
                  std::vector<DimerCheck> const& dimers = {}, ResultFiles const& files = {});

/// Writes the columns iteration, train, validation (empty if there is none), in units of the loss,
/// and the root mean squares of L-BFGS for each kind of label: train_energy_rmse_mev_per_atom, ...
void write_learning_curve(std::ostream& out, SolverResult const& result);

/// Writes the model path as a table: one line per model, columns named like the keys of
/// report.json.
void write_ladder(std::ostream& out, FitResult const& result);

/// Two header lines for format_errors().
std::string error_header();
/// Errors as text for the console, one line per data set and config_type.
std::string format_errors(ErrorTable const& table, std::string const& name);
/// The report as text for the console.
std::string format_report(FitResult const& result);

/// Peak resident memory of this process so far, MB.
double peak_memory_mb();

} // namespace kolace
