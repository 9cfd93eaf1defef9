#pragma once

#include <kolace/io/frame.hpp>

#include <iosfwd>
#include <memory>
#include <string>

namespace kolace {

/// @throws InputError for a file whose name is that of another format, naming a converter
void refuse_other_formats(std::string const& path);

/// Reads extended XYZ frame by frame (as ASE writes it; gzip too).
///
/// Lattice holds the cell vectors as rows; pbc defaults to periodic where a Lattice stands. A frame
/// that cannot be used throws InputError with file, frame and line; the next call continues behind
/// it.
class ExtxyzReader {
public:
  explicit ExtxyzReader(std::string const& path, LabelKeys keys = {});
  ~ExtxyzReader();
  ExtxyzReader(ExtxyzReader&&) noexcept;

  /// @return false at the end of the file
  /// @throws InputError for: short frames, text where numbers are expected, values that are not
  /// finite, unknown elements, singular cells with periodicity, two atoms within 0.001 A, a file
  /// without frames
  bool next(Frame& frame);

  long frames_read() const;
  LabelCounts const& label_counts() const { return label_counts_; }

private:
  struct State;
  std::unique_ptr<State> state_;
  LabelKeys keys_;
  LabelCounts label_counts_;
};

/// Writes one frame; reading it back gives the same content bit for bit.
void write_extxyz(std::ostream& out, Frame const& frame);

} // namespace kolace
