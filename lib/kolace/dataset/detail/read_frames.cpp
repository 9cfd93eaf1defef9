// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/detail/read_frames.hpp>

#include <kolace/core/host_threads.hpp>

#include <zlib.h>

namespace kolace::detail {
namespace {

/// A frame from its text to its encoded form.
struct Item {
  FrameText text;
  StoredFrame stored;
  LabelCounts labels;
  std::string error;
};

/// Reads the next frames of a file, 128 KiB of text per thread, into items [0, n). A read error in
/// the middle of the file becomes the last item's `error`.
/// @return true if more frames may follow
bool take_frames(FrameSplitter& splitter, std::vector<Item>& items, std::size_t& n) {
  constexpr std::size_t bytes_of_thread = 1 << 17;
  std::size_t const threads = host_threads();
  n = 0;
  for (std::size_t bytes = 0; bytes < bytes_of_thread * threads; ++n) {
    if (n == items.size())
      items.emplace_back();
    Item& item = items[n];
    item.error.clear();
    try {
      if (!splitter.next(item.text))
        return false;
    } catch (InputError const& error) {
      if (splitter.n_frames() == 0) // not a file of frames at all
        throw;
      item.error = error.what();
      item.text.comment.clear();
      item.text.atoms.clear();
      ++n;
      return false;
    }
    bytes += item.text.comment.size() + item.text.atoms.size();
  }
  return true;
}

/// Parses and encodes the first n items on all host threads.
void parse(std::vector<Item>& items, std::size_t n, LabelKeys const& keys) {
  for_each_on_host("kolace::dataset::parse_frames", static_cast<int>(n), [&](int k) {
    Item& item = items[k];
    item.labels.clear();
    if (!item.error.empty()) { // no text to parse
      item.stored = {item.error, {}, false};
      return;
    }
    try {
      item.stored = encode(parse_frame(item.text, keys, item.labels));
    } catch (InputError const& error) {
      item.stored = {error.what(), {}, false};
    }
  });
}

} // namespace

void read_frames(FrameSplitter& splitter, LabelKeys const& keys, DataFile& record,
                 std::function<void(StoredFrame const&, LabelCounts const&)> const& add) {
  std::vector<Item> items;
  std::size_t n = 0;
  long const before = splitter.n_frames();
  for (bool more = true; more;) {
    more = take_frames(splitter, items, n);
    parse(items, n, keys);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::string const* text : {&items[k].text.comment, &items[k].text.atoms}) {
        record.n_bytes += text->size();
        record.checksum = static_cast<std::uint32_t>(::crc32_z(
            record.checksum, reinterpret_cast<unsigned char const*>(text->data()), text->size()));
      }
      add(items[k].stored, items[k].labels);
    }
  }
  record.n_frames += splitter.n_frames() - before;
}

} // namespace kolace::detail
