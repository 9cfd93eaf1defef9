// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/frame.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kolace {

/// Byte records in insertion order, stored in blocks: in memory up to a limit, beyond it in a
/// temporary file (in TMPDIR, else /tmp) that is deleted when the process ends.
class ByteStore {
public:
  explicit ByteStore(std::size_t memory_limit) : memory_limit_(memory_limit) {}
  ~ByteStore();
  ByteStore(ByteStore const&) = delete;
  ByteStore& operator=(ByteStore const&) = delete;

  /// @throws InputError if the temporary file cannot be written
  void add(std::string_view record);

  std::size_t bytes_in_memory() const { return in_memory_; }
  std::size_t bytes_on_disk() const { return on_disk_; }

  /// Iterates over the records; several cursors may be used at once.
  class Cursor {
  public:
    explicit Cursor(ByteStore const& store) : store_(store) {}
    /// The next record, valid until the next call. @pre a record is left
    std::string_view next();
    void skip() { next(); }

  private:
    ByteStore const& store_;
    std::size_t block_ = 0, at_ = 0;
    std::string buffer_; ///< bytes of a block on disk
    char const* bytes_ = nullptr;
  };

private:
  struct Block {
    std::string bytes; ///< empty if the block is on disk
    std::size_t size = 0, offset = 0;
  };
  void open_file();
  void move_to_disk(Block& block);

  std::size_t memory_limit_, in_memory_ = 0, on_disk_ = 0;
  std::vector<Block> blocks_; ///< the last one is in memory and is being filled
  int file_ = -1;
};

/// A frame in a compact form, or the reason why it cannot be used. Takes 49 bytes per atom with
/// forces (57 with a force weight per atom), plus info and columns as text.
struct StoredFrame {
  std::string structure, text; ///< the structure with its labels; info and columns
  bool usable = true;          ///< if false, `structure` contains the error message
};

StoredFrame encode(Frame const& frame);

/// Frames of a data set, read once.
class FrameStore {
public:
  explicit FrameStore(std::size_t memory_limit);

  /// @param labels labels found in the frame
  /// @param file index among the data set's files
  void add(StoredFrame const& frame, LabelCounts const& labels, int file);

  long size() const { return static_cast<long>(entries_.size()); }
  std::size_t bytes_in_memory() const {
    return structures_.bytes_in_memory() + texts_.bytes_in_memory();
  }
  std::size_t bytes_on_disk() const { return structures_.bytes_on_disk() + texts_.bytes_on_disk(); }

  /// Iterates over the frames in order.
  class Cursor {
  public:
    /// @param files file names of the data set
    Cursor(FrameStore const& store, std::vector<std::string> const& files, bool with_text);
    bool done() const { return next_ == store_.size(); }
    /// Reads the next frame; without text, only the structure of `frame` is set. @pre not done
    /// @return false, with the reason in `message`, for a frame that cannot be used
    bool next(Frame& frame, std::string& message);
    LabelCounts const& labels() const; ///< of the frame read last
    int file() const;

  private:
    FrameStore const& store_;
    std::vector<std::string> const& files_;
    bool with_text_;
    long next_ = 0;
    ByteStore::Cursor structures_, texts_;
  };

private:
  struct Entry {
    int labels = 0, file = 0;
    bool usable = true;
  };
  std::vector<Entry> entries_;
  std::vector<LabelCounts> labels_; ///< distinct label sets of the frames
  ByteStore structures_, texts_;
};

} // namespace kolace
