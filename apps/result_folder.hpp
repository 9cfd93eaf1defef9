// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace kolace::apps {

/// A folder of results of one command. It replaces only the files of an earlier kolace run in the
/// folder, which its manifest (report.json, sweep.json or bodyorder.json) lists under "files".
///
/// All files of a run appear at once: they are written to a staging folder inside this one and
/// moved by finish(). A run that ends earlier leaves the previous results unchanged; if a run is
/// killed while it moves its files, the next run completes the move. The folder is locked, so two
/// runs cannot mix their files.
class ResultFolder {
public:
  /// Creates the folder if it does not exist.
  /// @param inputs files that the command reads
  /// @param manifest name of the file that lists what was written
  /// @throws InputError if the folder is not writable or another run uses it
  ResultFolder(std::string folder, std::vector<std::string> inputs,
               std::string const& manifest = "report.json");
  /// Removes unfinished files, and the folder if it was created here and is empty.
  ~ResultFolder();
  ResultFolder(ResultFolder const&) = delete;
  ResultFolder& operator=(ResultFolder const&) = delete;

  /// Call before the work: checks that files with these names may be written.
  /// @throws InputError for a name that is an input, or a file that no earlier run wrote or that
  ///   has changed since
  void check(std::vector<std::string> const& names) const;

  /// Identifies the files of this run: tables (.csv) get it as their last column; pictures, pages
  /// and gnuplot scripts as a comment at the end. Must be set before the first write.
  void set_run(std::string const& run) { run_ = run; }

  std::string path(std::string const& name) const;
  /// Writes a file and adds its name to written().
  void write(std::string const& name, std::function<void(std::ostream&)> const& write);
  void write(std::string const& name, std::string const& text);
  std::vector<std::string> const& written() const { return written_; }
  /// CRC-32 of each file written so far; a later reader can check whether they belong together.
  std::map<std::string, std::uint32_t> const& checksums() const { return checksums_; }
  /// Moves the files into place, and removes files of the earlier run that this one has not
  /// written.
  void finish();
  /// Writes the manifest with `contents` and the keys schema, run, files, checksums, then finishes.
  void finish(nlohmann::ordered_json contents);

private:
  std::string staged(std::string const& name) const;
  void lock();
  void put_in_place(std::vector<std::string> const& names, std::vector<std::string> const& stale);
  void complete_earlier_run();

  std::string folder_, manifest_, run_;
  bool is_new_ = false;
  int lock_ = -1;
  std::vector<std::string> inputs_, earlier_, written_;
  std::map<std::string, std::string> earlier_checksums_;
  std::map<std::string, std::uint32_t> checksums_;
};

} // namespace kolace::apps
