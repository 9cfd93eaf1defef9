#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/fit/sweep.hpp>
#include <kolace/io/dataset.hpp>
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
  long test_frames = 0;           ///< taken from the training data by test_size
};

/// Reads input.yaml; names of data files are relative to its folder.
/// @param skip_bad_frames leave out frames that cannot be used instead of failing
/// @throws InputError with file, line, key and what is accepted
FitInput read_fit_input(std::string const& path, bool skip_bad_frames = false);

} // namespace kolace
