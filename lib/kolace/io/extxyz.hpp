// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/frame.hpp>

#include <iosfwd>
#include <memory>
#include <string>

namespace kolace {

/// Rejects files of other formats by their names.
/// @throws InputError that names a converter
void refuse_other_formats(std::string const& path);

/// Reads extended XYZ frame by frame, as written by ASE, with or without gzip compression.
///
/// Lattice holds the cell vectors as rows. Without pbc, a frame with Lattice is periodic. An
/// invalid frame throws InputError with file, frame and line; the next call continues after it.
/// Movable, not copyable.
class ExtxyzReader {
public:
  /// Opens a file.
  /// @param keys keys of the labels; empty ones are auto-detected
  /// @throws InputError if the file cannot be opened or its name is that of another format
  explicit ExtxyzReader(std::string const& path, LabelKeys keys = {});
  /// @cond
  ~ExtxyzReader();
  ExtxyzReader(ExtxyzReader&&) noexcept;
  /// @endcond

  /// Reads the next frame.
  /// @return false at the end of the file
  /// @throws InputError for incomplete frames, text instead of numbers, values that are not finite,
  /// unknown elements, cells that are singular in periodic directions, two atoms within 0.001 A,
  /// and a file without frames
  bool next(Frame& frame);

  /// Number of frames so far, invalid ones included.
  long frames_read() const;
  /// Keys that the labels of the frames so far were read from.
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
