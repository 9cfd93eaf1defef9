#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/io/frame.hpp>
#include <kolace/io/line_reader.hpp>

#include <string>

/// @file Extended XYZ in two steps: finding where frames end, which is quick and goes line by line,
/// and reading what they say, which many threads can do at once.

namespace kolace::detail {

/// The lines of one frame.
struct FrameText {
  Place place; ///< of the comment line; of the first line where that is wrong
  long n_atoms = 0;
  long n_lines = 0; ///< of atoms that are there
  bool ends_file = false;
  std::string comment;
  std::string atoms; ///< lines with their ends
  std::string error; ///< why there is no frame, or empty
};

/// Takes a file apart into frames.
class FrameSplitter {
public:
  /// @throws InputError for a file that cannot be opened, or whose name is that of another format
  explicit FrameSplitter(std::string const& path);

  /// The next frame, however wrong; reading continues behind it. @return false at the end
  /// @throws InputError if the file holds no frame or cannot be read
  bool next(FrameText& frame);

  long n_frames() const { return n_frames_; }

private:
  LineReader lines_;
  long n_frames_ = 0;
};

/// What a frame says. @throws InputError with file, frame and line
Frame parse_frame(FrameText const& text, LabelKeys const& keys, LabelCounts& counts);

} // namespace kolace::detail
