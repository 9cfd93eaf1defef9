// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/config/input.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/report/report.hpp>

#include <string>
#include <vector>

namespace kolace {

/// "2 bad frames left out:" and a line for each.
std::string skipped_frames_text(std::vector<std::string> const& messages);

/// Doubts about the input and its data.
/// @param skipped a message for each frame that was left out
std::vector<std::string> data_warnings(FitInput const& input,
                                       std::vector<std::string> const& skipped);

/// All warnings of a fit: about the data, the solution, the fit (FitResult::warnings) and pairs of
/// atoms that attract each other below the distances in the data.
std::vector<std::string> all_warnings(FitInput const& input, FitResult const& result,
                                      std::vector<DimerCheck> const& dimers);

} // namespace kolace
