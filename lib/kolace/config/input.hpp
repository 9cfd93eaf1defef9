// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/fit/options.hpp>
#include <kolace/fit/sweep.hpp>
#include <kolace/model/ace_basis.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kolace {

/// A fit as described by input.yaml (with pacemaker's keys for everything linear).
struct FitInput {
  Dataset train;                         ///< training data; empty if factors were passed
  Dataset test;                          ///< test data; empty: none, or factors were passed
  std::shared_ptr<AceBasis const> basis; ///< basis of the fitted part, without core repulsion
  FitOptions options;                    ///< loss, solver, baseline and spline tables of the fit
  SweepOptions sweep;                    ///< for kolace sweep
  double spline_width = 0.001;       ///< deltaSplineBins of the potential that is written, Angstrom
  std::vector<std::string> ignored;  ///< keys of pacemaker that have no effect here
  std::vector<std::string> warnings; ///< doubts about the data, e.g. a file that is listed twice
  std::vector<std::string> notes;    ///< choices made for the user
  std::vector<std::string> files; ///< all files that are read: this input, data, tables, potentials
  long test_frames = 0;           ///< number of frames moved from the training data by test_size
};

/// Settings that a command adds to its input.yaml.
struct FitInputOptions {
  bool skip_bad_frames = false; ///< leave out unusable frames instead of failing
  /// Previously assembled factors. The data are then not read: `train` and `test` are empty, and
  /// the basis is that of the set if the input specifies no functions. Null: none.
  FactorSet const* factors = nullptr;
  std::size_t memory_limit = 0;               ///< Dataset::Options::memory_limit
  Communicator ranks = Communicator::alone(); ///< Dataset::Options::ranks
  /// Called with a message for the user before work that takes seconds or longer.
  std::function<void(std::string const&)> announce{};
  /// Data of a calling code (Dataset::of_structures); the input must then name no files. `test` may
  /// be null. If `train` is null, the files of the input are read.
  Dataset const* train = nullptr;
  Dataset const* test = nullptr; ///< test data of a calling code; see `train`
  /// Basis that is taken where the input specifies no functions, and whose radial functions are
  /// taken where it specifies none, instead of a choice by the data. Null: none.
  AceBasis const* basis = nullptr;
};

/// Reads input.yaml; names of data files are relative to its folder.
/// @throws InputError with file, line, key and the accepted values
FitInput read_fit_input(std::string const& path, FitInputOptions const& options = {});

/// The same from the text of an input; file names are relative to the working folder.
FitInput parse_fit_input(std::string const& text, FitInputOptions const& options = {});

} // namespace kolace
