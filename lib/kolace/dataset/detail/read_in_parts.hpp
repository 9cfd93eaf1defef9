// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/frame_store.hpp>

namespace kolace::detail {

/// Reads files on all ranks together. Each rank reads and parses a range of bytes, about the same
/// number for all; then the ranks exchange their frames in the compact form, so that every rank has
/// all frames in the order of the files. Compressed files and pipes are read by one rank each.
/// Collective over options.ranks.
/// @param memory_limit bytes of this rank's frames that are kept in memory before the exchange
/// @param store, records receive the frames and the files, as if this rank had read them alone
/// @return false on every rank, with nothing received, if the beginning of a frame cannot be
/// recognized from the middle of a file
/// @throws JointError if a rank cannot read a file, or ranks see files of different sizes
bool read_in_parts(std::vector<std::string> const& paths, Dataset::Options const& options,
                   std::size_t memory_limit, FrameStore& store, std::vector<DataFile>& records);

} // namespace kolace::detail
