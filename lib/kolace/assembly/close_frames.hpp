#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/dataset/label_table.hpp>

#include <string>
#include <vector>

namespace kolace {

/// A frame in which atoms of two elements are much closer together than in all others.
struct CloseFrame {
  int a = 0, b = 0;    ///< species
  double distance = 0; ///< in this frame, Angstrom
  double others = 0;   ///< shortest in the others
  long structure = 0;  ///< its number in the data set, from 0
  Place place;
};

/// Looks for gaps in the shortest distances of the frames, pair by pair of elements: a few frames
/// (at most 2 % of those with the pair) below a gap of a quarter, the closest of a pair first. Such
/// a frame is a mistake, as a rule: where the data end is told by the others. One pass with
/// neighbor lists within bond lengths, about 1 us an atom, and a second one where frames are found.
/// @param records of the data set's structures: dropped ones are passed over
std::vector<CloseFrame> find_close_frames(Dataset const& dataset, ElementSet const& elements,
                                          std::vector<StructureRecord> const& records);

/// A sentence on each, three at most for a pair of elements.
std::vector<std::string> describe(std::vector<CloseFrame> const& frames,
                                  ElementSet const& elements);

} // namespace kolace
