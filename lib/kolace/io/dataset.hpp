#pragma once

#include <kolace/io/extxyz.hpp>
#include <kolace/structure/element_set.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kolace {

/// Files of frames that are read again on every pass, never held.
class Dataset {
public:
  struct Options {
    LabelKeys keys;
    bool skip_bad_frames = false; ///< leave out frames that cannot be used, instead of throwing
    /// Further demands on a frame: throws InputError where it cannot be used.
    std::function<void(Structure const&)> check{};
    /// Changes a frame before it is counted and visited, e.g. gives it weights; false: leave it
    /// out.
    std::function<bool(Frame&)> prepare{};
  };

  Dataset() = default;
  Dataset(std::vector<std::string> files, Options options)
      : files_(std::move(files)), options_(std::move(options)) {}

  /// The part whose frames (counted over all files from 0, bad ones left out) satisfy `keep`.
  Dataset subset(std::function<bool(long)> keep) const;

  bool empty() const { return files_.empty(); }
  std::vector<std::string> const& files() const { return files_; }
  Options const& options() const { return options_; }

  /// The same data with this preparation of frames.
  Dataset prepared(std::function<bool(Frame&)> prepare) const;

  /// What one pass met.
  struct Pass {
    long frames = 0;   ///< visited
    long left_out = 0; ///< by `prepare`
    LabelCounts labels;
    std::vector<std::string> skipped; ///< one message a bad frame
  };

  /// Visits every frame in order.
  /// @throws InputError for a bad frame unless they are skipped, and if no frame is left
  Pass for_each(std::function<void(Frame&)> const& visit) const;

private:
  std::vector<std::string> files_;
  Options options_;
  std::function<bool(long)> keep_;
};

/// The same data with the demand that every element is one of these.
Dataset checked(Dataset const& data, ElementSet const& elements);

} // namespace kolace
