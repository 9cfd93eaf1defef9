#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/dataset/dataset.hpp>

#include <vector>

namespace kolace {

/// A frame in which atoms of two elements are much closer together than in all others.
struct CloseFrame {
  int a = 0, b = 0;    ///< species
  double distance = 0; ///< in this frame, Angstrom
  double others = 0;   ///< shortest in the others
  Place place;
};

/// Looks for gaps in the shortest distances of the frames, pair by pair of elements: a few frames
/// (at most 2 % of those with the pair) below a gap of a quarter. One pass with neighbor lists
/// within bond lengths, about 1 us an atom.
std::vector<CloseFrame> find_close_frames(Dataset const& dataset, ElementSet const& elements);

} // namespace kolace
