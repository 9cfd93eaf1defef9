// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/frame_store.hpp>
#include <kolace/io/detail/frame_text.hpp>

#include <functional>

namespace kolace::detail {

/// Reads the remaining frames of a file, or of a part of it: text in order, parsed by all host
/// threads. Adds their numbers and checksum to `record`, then passes each frame, usable or not, to
/// `add` in order.
/// @throws InputError if there are none or the file cannot be read
void read_frames(FrameSplitter& splitter, LabelKeys const& keys, DataFile& record,
                 std::function<void(StoredFrame const&, LabelCounts const&)> const& add);

} // namespace kolace::detail
