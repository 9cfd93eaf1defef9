#pragma once

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

/// A data file, as it was read.
struct DataFile {
  std::string path;
  long n_frames = 0;          ///< bad ones included
  std::uint64_t n_bytes = 0;  ///< of the frames' text, decompressed
  std::uint32_t checksum = 0; ///< CRC-32 of it

  /// The same frames, under whatever name?
  bool same_content(DataFile const& other) const {
    return n_frames == other.n_frames && n_bytes == other.n_bytes && checksum == other.checksum;
  }
};

/// Labelled structures from files. Each file is opened and parsed once, when the first of a data
/// set, its parts and its copies is asked for frames; what it says is kept in a compact form, in
/// memory up to a limit, beyond it in a temporary file. What happens to the files later does not
/// matter.
class Dataset {
public:
  struct Options {
    LabelKeys keys;
    bool skip_bad_frames = false; ///< leave out frames that cannot be used, instead of throwing
    /// Further demands on a frame: throws InputError where it cannot be used.
    std::function<void(Structure const&)> check{};
    /// Changes a frame before it is counted and visited, e.g. gives it weights; false: leave it
    /// out. It sees the structure alone.
    std::function<bool(Frame&)> prepare{};
    std::size_t memory_limit = 0; ///< bytes; 0: 256 MiB
  };

  Dataset() = default;
  Dataset(std::vector<std::string> files, Options options);
  /// Structures of a calling code with their labels (Structure::energy, forces, virial), by a name
  /// for messages. They are kept as those of files are.
  static Dataset of_structures(std::span<Structure const> structures, std::string const& name,
                               Options options);
  static Dataset of_structures(std::span<Structure const> structures,
                               std::string const& name = "structures") {
    return of_structures(structures, name, Options());
  }

  /// The part whose frames (counted over all files from 0, bad ones left out) satisfy `keep`.
  Dataset subset(std::function<bool(long)> keep) const;

  bool empty() const { return files_.empty(); }
  std::vector<std::string> const& files() const { return files_; }
  Options const& options() const { return options_; }

  /// The same data with this preparation of frames.
  Dataset prepared(std::function<bool(Frame&)> prepare) const;
  /// The same data with the demand that every element is one of these.
  Dataset checked(ElementSet const& elements) const;

  /// What one pass met.
  struct Pass {
    long frames = 0;   ///< visited
    long left_out = 0; ///< by `prepare`
    LabelCounts labels;
    std::vector<std::string> skipped; ///< one message a bad frame
  };

  /// Which parts of a frame a pass looks at.
  enum class Content {
    structures, ///< with their labels: Frame::structure and position
    frames      ///< info and columns, too
  };

  /// Visits every frame in order.
  /// @throws InputError for a bad frame unless they are skipped, and if no frame is left
  Pass for_each(std::function<void(Frame&)> const& visit, Content content = Content::frames) const;
  /// The same with structures alone, which is faster.
  Pass for_each_structure(std::function<void(Frame&)> const& visit) const {
    return for_each(visit, Content::structures);
  }

  /// The files with their checksums; reads them if that has not happened yet.
  std::vector<DataFile> const& data_files() const;

  /// What the files hold, in short: equal where they are equal.
  std::string fingerprint() const;

private:
  struct Contents;
  Contents const& contents() const;

  std::vector<std::string> files_;
  Options options_;
  std::function<bool(long)> keep_;
  std::shared_ptr<Contents> contents_; ///< shared by parts and copies
};

} // namespace kolace
