// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/comm/context.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/dataset/label_table.hpp>

#include <string>
#include <vector>

namespace kolace {

/// A frame in which atoms of two elements are much closer together than in all other frames.
struct CloseFrame {
  int a = 0;           ///< species of one atom
  int b = 0;           ///< species of the other atom, b >= a
  double distance = 0; ///< shortest in this frame, Angstrom
  double others = 0;   ///< shortest in the other frames, Angstrom
  long structure = 0;  ///< index in the data set, from 0
  Place place;         ///< of the frame, for messages
};

/// Searches the shortest distances of the frames for gaps, for each pair of elements: finds a few
/// frames (at most one or 2 % of those with the pair) whose distances are smaller than those of all
/// others by a factor above 1.25, the closest frame of a pair first. Such a frame is usually a
/// mistake, so the other frames define the short-range limit of the data. Makes one pass with
/// neighbor lists within bond lengths, and a second one if frames are found.
/// @param records records of the data set's structures; dropped ones are skipped
std::vector<CloseFrame> find_close_frames(Context const& context, Dataset const& dataset,
                                          ElementSet const& elements,
                                          std::vector<StructureRecord> const& records);

/// One sentence per frame, at most three per pair of elements.
std::vector<std::string> describe(std::vector<CloseFrame> const& frames,
                                  ElementSet const& elements);

} // namespace kolace
