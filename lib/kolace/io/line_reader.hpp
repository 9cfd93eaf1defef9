// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kolace {

/// Reads a text file line by line in bounded memory, with or without gzip compression, with LF or
/// CRLF line ends.
class LineReader {
public:
  /// @throws InputError if the file cannot be opened
  explicit LineReader(std::string const& path);
  ~LineReader();
  LineReader(LineReader&&) noexcept;

  /// Gets the next line without its line end; returns false at the end of the file. The view is
  /// valid until the next call.
  /// @throws InputError if the file is corrupt or a line exceeds 64 MiB
  bool next(std::string_view& line);
  /// Makes the next call of next() return the last line again.
  void push_back() { again_ = true; }
  /// Number of the last line returned, from 1.
  long line_number() const { return line_number_; }
  /// Bytes of text before the last line returned; after the last line of all, bytes of the text.
  std::uint64_t position() const { return line_begin_; }

  /// Continues at byte `offset` of an uncompressed file; the line that begins there gets the number
  /// `first_line`.
  /// @throws InputError if the file cannot be positioned
  void seek(std::uint64_t offset, long first_line = 1);
  bool is_compressed() const;
  std::string const& path() const { return path_; }

private:
  struct File;
  std::unique_ptr<File> file_;
  std::string path_;
  std::string line_;
  long line_number_ = 0;
  std::uint64_t line_begin_ = 0, line_end_ = 0;
  bool again_ = false;
};

} // namespace kolace
