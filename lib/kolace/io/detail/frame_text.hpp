// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/io/frame.hpp>
#include <kolace/io/line_reader.hpp>

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

/// Splits a file into frames.
class FrameSplitter {
public:
  /// @throws InputError if the file cannot be opened or its name is that of another format
  explicit FrameSplitter(std::string const& path);

  /// Gets the next frame, valid or not; reading continues after it. @return false at the end
  /// @throws InputError if the file has no frame or cannot be read
  bool next(FrameText& frame);

  long n_frames() const { return n_frames_; }

private:
  LineReader lines_;
  long n_frames_ = 0;
};

/// Parses a frame. @throws InputError with file, frame and line
Frame parse_frame(FrameText const& text, LabelKeys const& keys, LabelCounts& counts);

} // namespace kolace::detail
