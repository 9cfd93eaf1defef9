// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/comm/communicator.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/structure/element_set.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace kolace {

class FrameStore;

/// Record of a data file as it was read.
struct DataFile {
  std::string path;           ///< as passed to Dataset, or the name of structures without a file
  long n_frames = 0;          ///< bad ones included
  std::uint64_t n_bytes = 0;  ///< size of the frames' text after decompression
  std::uint32_t checksum = 0; ///< CRC-32 of that text

  /// True if both files contain the same frames, whatever their names.
  bool same_content(DataFile const& other) const {
    return n_frames == other.n_frames && n_bytes == other.n_bytes && checksum == other.checksum;
  }
};

/// Labelled structures from files. Each file is opened and parsed once, when frames are first
/// requested from a data set, its subsets or its copies. Frames are kept in a compact form, in
/// memory up to a limit and beyond it in a temporary file. Later changes to the files have no
/// effect.
class Dataset {
public:
  /// Labels to read, frames to use, and memory for them.
  struct Options {
    LabelKeys keys;               ///< keys of the labels; empty ones are auto-detected
    bool skip_bad_frames = false; ///< leave out unusable frames instead of throwing
    /// Additional check of a frame; throws InputError if the frame cannot be used.
    std::function<void(Structure const&)> check{};
    /// Modifies a frame before it is counted and visited, e.g. sets its weights; returns false to
    /// leave it out. With Content::structures it sees only the structure and its position.
    std::function<bool(Frame&)> prepare{};
    std::size_t memory_limit = 0; ///< bytes; 0: 256 MiB
    /// Called once for each file with more than `large` bytes of text, because reading it takes
    /// seconds. For a compressed file, the call comes when that many bytes have been read.
    std::function<void(std::string const& message)> announce{};
    std::uint64_t large = 50'000'000; ///< bytes, see `announce`
    /// Ranks that read the files together, each a part of their bytes: all must then first request
    /// frames at the same point, and an InputError of reading is thrown on all.
    Communicator ranks = Communicator::alone();
  };

  Dataset() = default;
  /// The frames of these files, one file after the other. Files are not opened yet: the first pass
  /// reads them.
  Dataset(std::vector<std::string> files, Options options);
  /// Data set from structures of a calling code with their labels (Structure::energy, forces,
  /// virial). `name` identifies them in messages. They are stored like structures from files.
  static Dataset of_structures(std::span<Structure const> structures, std::string const& name,
                               Options options);
  /// The same with default options.
  static Dataset of_structures(std::span<Structure const> structures,
                               std::string const& name = "structures") {
    return of_structures(structures, name, Options());
  }

  /// Subset of the frames whose index satisfies `keep`. The index runs from 0 over all files and
  /// does not count bad or left-out frames.
  Dataset subset(std::function<bool(long)> keep) const;

  /// True for a data set without files, e.g. a default-constructed one; nothing is read.
  bool empty() const { return files_.empty(); }
  /// Paths as passed to the constructor, or the name of structures without a file.
  std::vector<std::string> const& files() const { return files_; }
  /// Options of all passes over this data set.
  Options const& options() const { return options_; }

  /// The same data with `prepare` applied to each frame.
  Dataset prepared(std::function<bool(Frame&)> prepare) const;
  /// The same data with a check that every element is in `elements`.
  Dataset checked(ElementSet const& elements) const;

  /// Statistics of one pass.
  struct Pass {
    long frames = 0;    ///< number of frames visited
    long left_out = 0;  ///< number of frames that `prepare` left out
    LabelCounts labels; ///< of the frames visited
    /// One message per bad frame, whether it would have belonged to the subset or not.
    std::vector<std::string> skipped;
  };

  /// Parts of a frame that a pass decodes.
  enum class Content {
    structures, ///< Frame::structure with labels, and Frame::position
    frames      ///< also info and columns
  };

  /// Visits every frame in order.
  /// @throws InputError for a bad frame unless bad frames are skipped, and if no frame is left
  Pass for_each(std::function<void(Frame&)> const& visit, Content content = Content::frames) const;
  /// The same without info and columns, which is faster.
  Pass for_each_structure(std::function<void(Frame&)> const& visit) const {
    return for_each(visit, Content::structures);
  }

  /// The files with their checksums; reads the files if they have not been read yet.
  std::vector<DataFile> const& data_files() const;

  /// Short text that is equal for data sets whose files have equal contents.
  std::string fingerprint() const;

private:
  struct Contents;
  Contents const& contents() const;

  std::vector<std::string> files_;
  Options options_;
  std::function<bool(long)> keep_;
  std::shared_ptr<Contents> contents_; ///< shared by subsets and copies
};

} // namespace kolace
