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

/// A fit as its input.yaml describes it (pacemaker's keys for everything linear).
struct FitInput {
  Dataset train, test;
  std::shared_ptr<AceBasis const> basis; ///< what is fitted: without core repulsion
  FitOptions options;
  SweepOptions sweep;               ///< for kolace sweep
  double spline_width = 0.001;      ///< deltaSplineBins, for the potential that is written
  std::vector<std::string> ignored; ///< keys of pacemaker that do not matter here
  std::vector<std::string> warnings;
  std::vector<std::string> notes; ///< what was chosen for the user
  std::vector<std::string> files; ///< that are read: this input, data, tables, potentials
  long test_frames = 0;           ///< taken from the training data by test_size
};

/// What a command adds to its input.yaml.
struct FitInputOptions {
  bool skip_bad_frames = false; ///< leave out frames that cannot be used instead of failing
  /// Of the data, which are not read then: `train` and `test` are empty, and the basis is the set's
  /// where the input names no functions. Null: none.
  FactorSet const* factors = nullptr;
  std::size_t memory_limit = 0; ///< Dataset::Options::memory_limit
  /// Is told before work that takes seconds or longer, in words for the user.
  std::function<void(std::string const&)> announce{};
  /// Data of a calling code (Dataset::of_structures): the input names no files then. `test` may be
  /// null. Null: the files of the input.
  Dataset const* train = nullptr;
  Dataset const* test = nullptr;
};

/// Reads input.yaml; names of data files are relative to its folder.
/// @throws InputError with file, line, key and what is accepted
FitInput read_fit_input(std::string const& path, FitInputOptions const& options = {});

/// The same from its text; names of files are relative to the working folder.
FitInput parse_fit_input(std::string const& text, FitInputOptions const& options = {});

} // namespace kolace
