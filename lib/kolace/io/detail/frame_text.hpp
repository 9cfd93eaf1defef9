// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/io/frame.hpp>
#include <kolace/io/line_reader.hpp>

#include <cstdint>
#include <limits>
#include <string>

/// @file
/// Reading extended XYZ in two steps: finding the ends of frames, which is fast and
/// sequential, and parsing the frames, which many threads can do in parallel.

namespace kolace::detail {

/// The lines of one frame.
struct FrameText {
  Place place; ///< of the comment line, or of the first line if that is invalid
  long n_atoms = 0;
  long n_lines = 0; ///< number of atom lines present
  bool ends_file = false;
  std::string comment;
  std::string atoms; ///< atom lines, each ending in a newline
  std::string error; ///< reason why there is no valid frame, or empty
};

/// Part of an uncompressed file: the frames whose first line begins in [begin, end).
struct FrameRange {
  std::uint64_t begin = 0; ///< byte at which a frame begins, or 0
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
  long lines_before = 0, frames_before = 0;

  bool is_whole_file() const { return begin == 0 && end == FrameRange().end; }
};

/// Splits a file into frames.
class FrameSplitter {
public:
  /// @throws InputError if the file cannot be opened or its name is that of another format
  explicit FrameSplitter(std::string const& path, FrameRange const& range = {});

  /// Gets the next frame, valid or not; reading continues after it. @return false at the end
  /// @throws InputError if the file has no frame or cannot be read
  bool next(FrameText& frame);

  /// Number of the last frame, counted from the beginning of the file.
  long n_frames() const { return n_frames_; }
  /// After next() returned false: where the first frame after the range begins, and how many lines
  /// precede it; the end of the file if there is none.
  std::uint64_t end() const { return lines_.position(); }
  long lines_before_end() const { return lines_before_end_; }

private:
  LineReader lines_;
  FrameRange range_;
  long n_frames_ = 0, lines_before_end_ = 0;
};

/// Finds a line at or after byte `from` that looks like the beginning of a frame: a count with as
/// many atom lines after it before the next count. Text can be made that deceives it.
/// @return its byte; the size of the file if there is none
std::uint64_t find_frame(std::string const& path, std::uint64_t from);

/// Parses a frame. @throws InputError with file, frame and line
Frame parse_frame(FrameText const& text, LabelKeys const& keys, LabelCounts& counts);

} // namespace kolace::detail
