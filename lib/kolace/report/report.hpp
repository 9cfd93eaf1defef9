#pragma once

#include <kolace/fit/fit.hpp>

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace kolace {

/// What two atoms do below the shortest distance in the data.
struct DimerCheck {
  std::string a, b;         ///< elements
  double shortest = 0;      ///< in the training data, Angstrom
  double rises_down_to = 0; ///< the energy rises from `shortest` down to here; equal: not at all
  double fall = 0;          ///< largest fall of the energy below `shortest`, eV
  double repels_below = 0;  ///< where it is largest; from here on inwards the energy is higher
};

/// Two atoms of every pair of elements below the shortest distance of the data: does the energy
/// rise all the way?
std::vector<DimerCheck> check_dimers(FitResult const& result);

/// The files of one run, the report among them: a later run may replace them, and a reader can tell
/// whether they belong together.
struct ResultFiles {
  std::string run; ///< the same in every file that can hold it
  std::vector<std::string> names;
  std::map<std::string, std::uint32_t> checksums; ///< CRC-32 of all but the report
};

/// report.json, schema 1: README.md names the keys.
void write_report(std::ostream& out, FitResult const& result,
                  std::vector<DimerCheck> const& dimers = {}, ResultFiles const& files = {});

/// Columns iteration, train, validation (empty where there is none), in units of the loss.
void write_learning_curve(std::ostream& out, std::vector<LearningPoint> const& curve);

/// The ladder as a table: one line a model, columns as the keys of report.json.
void write_ladder(std::ostream& out, FitResult const& result);

/// The same for people: a table of errors with one line a set and config_type.
/// Two lines above them.
std::string error_header();
std::string format_errors(ErrorTable const& table, std::string const& name);
std::string format_report(FitResult const& result);

/// Largest resident memory of this process so far, MB.
double peak_memory_mb();

} // namespace kolace
