// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/comm/context.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Errors of a fitted potential on one set of structures: predicted minus labelled energies and
/// virials per atom, and force components. NaN where there are no labels.
struct FitErrors {
  long n_structures = 0;  ///< structures compared, also those without labels
  long n_energies = 0;    ///< labelled energies
  long n_forces = 0;      ///< labelled force components
  long n_virials = 0;     ///< labelled virial components
  double energy_rmse = 0; ///< root mean square, eV/atom
  double energy_mae = 0;  ///< mean absolute error, eV/atom
  double force_rmse = 0;  ///< root mean square, eV/Angstrom
  double force_mae = 0;   ///< mean absolute error, eV/Angstrom
  double virial_rmse = 0; ///< root mean square, eV/atom
  double virial_mae = 0;  ///< mean absolute error, eV/atom
};

/// What a fit needs in addition to its input.
struct FitSettings {
  /// Training data of the caller (Dataset::of_structures), which must outlive the call; the input
  /// then names no files. Null: the files of the input are read.
  Dataset const* train = nullptr;
  Dataset const* test = nullptr; ///< test data of the caller; may be null, see `train`
  /// Factor file of `kolace assemble`: the fit is solved without reading the data. Errors are then
  /// weighted root mean squares; mean absolute errors are NaN. Empty: none.
  std::string factors{};
  bool skip_bad_frames = false; ///< leave out frames that cannot be used, instead of failing
  /// Bytes of frames kept in memory; the others are kept in a temporary file. 0: 256 MB.
  std::size_t memory_limit = 0;
  /// Execution space instance, ranks that share the data (collective call), progress and messages.
  Context context{.ranks = Communicator::alone()};
};

/// A fitted potential and what is known about it. Cheap to copy.
class Fit {
public:
  /// The complete potential, with its reference potential, repulsion and E0, to be evaluated with
  /// the spline tables that `kolace fit` writes. On every rank.
  AcePotential const& potential() const;
  /// Draws from the posterior (fit.solver.committee in the input); empty if none was requested. On
  /// every rank.
  std::vector<AcePotential> const& committee() const;
  FitErrors train() const;               ///< on the training structures. On every rank.
  std::optional<FitErrors> test() const; ///< on the test set; empty without one. On every rank.
  /// Warnings about data, fit and potential, each with a remedy, as `kolace fit` prints them. Rank
  /// 0.
  std::vector<std::string> const& warnings() const;
  /// Choices that were made for the caller, e.g. the basis. Rank 0.
  std::vector<std::string> const& notes() const;
  std::string const& text() const;   ///< the report as `kolace fit` prints it. Rank 0.
  std::string const& report() const; ///< the contents of report.json. Rank 0.

  struct State; ///< implementation details
  /// For fit() and fit_file().
  explicit Fit(std::shared_ptr<State const> state);

private:
  std::shared_ptr<State const> state_;
};

/// Fits a potential as `kolace fit` does, without writing files.
/// @param input text of an input.yaml (`kolace keys` explains all keys); names of files in it are
/// relative to the working folder
/// @throws InputError for bad input or data, with file, line, key and what is expected
Fit fit(std::string const& input, FitSettings const& settings = {});

/// The same for an input.yaml; names of files in it are relative to its folder.
Fit fit_file(std::string const& path, FitSettings const& settings = {});

} // namespace kolace
