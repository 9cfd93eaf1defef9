// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/detail/read_in_parts.hpp>

#include <kolace/dataset/detail/byte_stream.hpp>
#include <kolace/dataset/detail/read_frames.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>

#include <zlib.h>

namespace kolace::detail {
namespace {

struct Source {
  std::uint64_t begin = 0, size = 0; ///< bytes in the sequence of all files
  bool is_divisible = false;
};

/// This rank's part of one file.
struct Part {
  std::size_t file = 0;
  FrameRange range;
};

/// Contents of one rank's part of a file, exchanged between all ranks.
struct PartRecord {
  double present = 0, begin = 0, end = 0, n_frames = 0, n_lines = 0, n_bytes = 0, checksum = 0,
         n_blocks = 0;
};
constexpr std::size_t record_size = sizeof(PartRecord) / sizeof(double);

/// The records of all ranks: [rank][file]. Each rank sets its own before exchange().
class Records {
public:
  Records(Communicator const& ranks, std::size_t n_files)
      : ranks_(ranks), n_files_(n_files), numbers_(ranks.size() * n_files * record_size, 0.) {}

  void set(std::size_t file, PartRecord const& record) {
    std::memcpy(numbers_.data() + at(ranks_.rank(), file), &record, sizeof(record));
  }
  PartRecord get(int rank, std::size_t file) const {
    PartRecord record;
    std::memcpy(static_cast<void*>(&record), numbers_.data() + at(rank, file), sizeof(record));
    return record;
  }
  void exchange() { ranks_.sum(numbers_); } // the others' entries are zero

private:
  std::size_t at(int rank, std::size_t file) const {
    return (static_cast<std::size_t>(rank) * n_files_ + file) * record_size;
  }
  Communicator const& ranks_;
  std::size_t n_files_;
  std::vector<double> numbers_;
};

std::vector<Source> sources_of(std::vector<std::string> const& paths) {
  std::vector<Source> sources;
  std::uint64_t begin = 0;
  for (std::string const& path : paths) {
    Source& source = sources.emplace_back();
    source.begin = begin;
    if (std::filesystem::is_fifo(path)) // a pipe cannot be opened twice
      continue;
    LineReader const lines(path);
    source.size = std::filesystem::file_size(path);
    source.is_divisible = !lines.is_compressed();
    begin += source.size;
  }
  return sources;
}

/// End of a rank's bytes in the sequence of all files.
std::uint64_t end_of(int rank, int size, std::uint64_t total) {
  auto const n = static_cast<std::uint64_t>(size), next = static_cast<std::uint64_t>(rank) + 1;
  return total / n * next + total % n * next / n;
}

/// Parts of a rank, in the order of the files. A file that cannot be divided belongs to the rank
/// that has the byte in its middle.
std::vector<Part> parts_of(std::vector<Source> const& sources, int rank, int size) {
  std::uint64_t const total = sources.empty() ? 0 : sources.back().begin + sources.back().size;
  std::uint64_t const begin = rank == 0 ? 0 : end_of(rank - 1, size, total);
  std::uint64_t const end =
      rank == size - 1 ? std::numeric_limits<std::uint64_t>::max() : end_of(rank, size, total);
  std::vector<Part> parts;
  for (std::size_t f = 0; f < sources.size(); ++f) {
    Source const& source = sources[f];
    std::uint64_t const middle = source.begin + source.size / 2, last = source.begin + source.size;
    if (!source.is_divisible || source.size == 0) {
      if (begin <= middle && middle < end)
        parts.push_back({f, {}});
    } else if (std::max(begin, source.begin) < std::min(end, last)) {
      Part part{f, {}};
      part.range.begin = std::max(begin, source.begin) - source.begin;
      if (end < last)
        part.range.end = end - source.begin;
      parts.push_back(part);
    }
  }
  return parts;
}

/// Finds the first frame of a part, and counts its frames and lines.
PartRecord examine(std::string const& path, Part& part) {
  if (part.range.begin > 0)
    part.range.begin = find_frame(path, part.range.begin);
  FrameSplitter splitter(path, part.range);
  FrameText text;
  while (splitter.next(text)) {
  }
  PartRecord record;
  record.present = 1;
  record.begin = static_cast<double>(part.range.begin);
  record.end = static_cast<double>(splitter.end());
  record.n_frames = static_cast<double>(splitter.n_frames());
  record.n_lines = static_cast<double>(splitter.lines_before_end());
  return record;
}

/// Checks that each part of a file begins where the one before ends, and sets what precedes `mine`.
bool are_consecutive(Records const& records, std::size_t file, Communicator const& ranks,
                     FrameRange* mine) {
  double end = 0, n_frames = 0, n_lines = 0;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    PartRecord const record = records.get(rank, file);
    if (record.present == 0)
      continue;
    if (record.begin != end)
      return false;
    if (rank == ranks.rank() && mine) {
      mine->frames_before = static_cast<long>(n_frames);
      mine->lines_before = static_cast<long>(n_lines);
    }
    end = record.end;
    n_frames += record.n_frames;
    n_lines += record.n_lines;
  }
  return n_frames > 0;
}

/// Frames of this rank in blocks of bytes, as they are sent.
class Outbox {
public:
  explicit Outbox(std::size_t memory_limit) : blocks_(memory_limit) {}

  void add(std::size_t file, StoredFrame const& frame, LabelCounts const& labels) {
    ByteWriter out(block_);
    out.value(static_cast<std::uint32_t>(file));
    out.value(frame.usable);
    out.text(frame.structure);
    out.text(frame.text);
    out.value(static_cast<std::uint32_t>(labels.size()));
    for (auto const& [label, count] : labels) {
      out.text(label);
      out.value(count);
    }
    if (block_.size() > (std::size_t{2} << 20))
      close_block();
  }
  void close_block() {
    if (block_.empty())
      return;
    blocks_.add(block_);
    block_.clear();
    ++n_blocks_;
  }
  long n_blocks() const { return n_blocks_; }
  ByteStore const& blocks() const { return blocks_; }

private:
  ByteStore blocks_;
  std::string block_;
  long n_blocks_ = 0;
};

void unpack(std::string const& block, FrameStore& store) {
  ByteReader in(block);
  while (!in.done()) {
    StoredFrame frame;
    LabelCounts labels;
    auto const file = in.value<std::uint32_t>();
    frame.usable = in.value<bool>();
    in.text(frame.structure);
    in.text(frame.text);
    for (auto left = in.value<std::uint32_t>(); left > 0; --left) {
      std::string label;
      in.text(label);
      labels[label] = in.value<long>();
    }
    store.add(frame, labels, static_cast<int>(file));
  }
}

} // namespace

bool read_in_parts(std::vector<std::string> const& paths, Dataset::Options const& options,
                   std::size_t memory_limit, FrameStore& store, std::vector<DataFile>& records) {
  Communicator const& ranks = options.ranks;
  std::vector<Source> sources;
  ranks.together([&] { sources = sources_of(paths); });
  std::string sizes;
  for (Source const& source : sources)
    sizes += std::to_string(source.size) + (source.is_divisible ? " " : "c ");
  if (!ranks.agree(sizes))
    throw JointError("the ranks read different data under the same names; is a file still being "
                     "copied to some of the nodes?");
  std::vector<Part> parts = parts_of(sources, ranks.rank(), ranks.size());

  // Examine the parts. The numbers of a part's first frame and line, and whether its beginning was
  // recognized correctly, follow only from the parts before it.
  Records found(ranks, paths.size());
  double can_divide = 1;
  for (Part& part : parts)
    if (sources[part.file].is_divisible && can_divide > 0)
      try {
        found.set(part.file, examine(paths[part.file], part));
      } catch (InputError const&) {
        can_divide = 0;
      }
  found.exchange();
  for (std::size_t f = 0; f < paths.size(); ++f) {
    auto const mine =
        std::find_if(parts.begin(), parts.end(), [&](Part const& part) { return part.file == f; });
    if (sources[f].is_divisible &&
        !are_consecutive(found, f, ranks, mine == parts.end() ? nullptr : &mine->range))
      can_divide = 0;
  }
  if (ranks.max(1 - can_divide) > 0)
    return false;

  for (std::size_t f = 0; f < paths.size(); ++f)
    if (options.announce && sources[f].size > options.large)
      options.announce(paths[f] + ": more than " + std::to_string(options.large / 1'000'000) +
                       " MB, reading it takes seconds");
  Outbox outbox(memory_limit);
  Records read(ranks, paths.size());
  ranks.together([&] {
    for (Part const& part : parts) {
      std::string const& path = paths[part.file];
      FrameSplitter splitter(path, part.range);
      DataFile file;
      read_frames(splitter, options.keys, file,
                  [&](StoredFrame const& frame, LabelCounts const& labels) {
                    outbox.add(part.file, frame, labels);
                  });
      outbox.close_block();
      PartRecord record;
      record.present = 1;
      record.n_frames = static_cast<double>(file.n_frames);
      record.n_bytes = static_cast<double>(file.n_bytes);
      record.checksum = file.checksum;
      record.n_blocks = static_cast<double>(outbox.n_blocks()); // of the parts so far
      read.set(part.file, record);
    }
  });
  read.exchange();
  ByteStore::Cursor mine(outbox.blocks());
  for (int rank = 0; rank < ranks.size(); ++rank) {
    double n_blocks = 0;
    for (std::size_t f = 0; f < paths.size(); ++f)
      n_blocks = std::max(n_blocks, read.get(rank, f).n_blocks);
    for (double b = 0; b < n_blocks; ++b) {
      std::string block;
      if (rank == ranks.rank())
        block = mine.next();
      ranks.broadcast(block, rank);
      unpack(block, store);
    }
  }
  for (std::size_t f = 0; f < paths.size(); ++f) {
    DataFile& file = records.emplace_back();
    file.path = paths[f];
    for (int rank = 0; rank < ranks.size(); ++rank) {
      PartRecord const record = read.get(rank, f);
      if (record.present == 0)
        continue;
      file.n_frames += static_cast<long>(record.n_frames);
      file.n_bytes += static_cast<std::uint64_t>(record.n_bytes);
      file.checksum = static_cast<std::uint32_t>(
          ::crc32_combine(file.checksum, static_cast<uLong>(record.checksum),
                          static_cast<z_off_t>(record.n_bytes)));
    }
  }
  long n_frames = 0;
  for (DataFile const& file : records)
    n_frames += file.n_frames;
  KOLACE_ENSURE(n_frames == store.size(), n_frames, store.size());
  return true;
}

} // namespace kolace::detail
