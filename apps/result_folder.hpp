#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace kolace::apps {

/// A folder of results of one command. It replaces what an earlier run of kolace left there (its
/// manifest, report.json, sweep.json or bodyorder.json, lists that under "files"), and nothing
/// else.
///
/// A run's files appear together: they are written into a folder inside this one and moved by
/// finish(). A run that ends before leaves the earlier results as they were; one that is killed
/// while it moves them is completed by the next. The folder is locked: two runs cannot mix.
class ResultFolder {
public:
  /// Makes the folder if it does not exist.
  /// @param inputs files that the command reads
  /// @param manifest the file that lists what was written
  /// @throws InputError where nothing can be written there, or another run is at work there
  ResultFolder(std::string folder, std::vector<std::string> inputs,
               std::string const& manifest = "report.json");
  /// Removes what is not finished, and the folder if it was made here and holds nothing.
  ~ResultFolder();
  ResultFolder(ResultFolder const&) = delete;
  ResultFolder& operator=(ResultFolder const&) = delete;

  /// To be asked before the work: may files of these names be written?
  /// @throws InputError for a name that is an input, or a file that no earlier run wrote or that
  ///         has changed since
  void check(std::vector<std::string> const& names) const;

  /// What tells the files of this run from those of others: tables (.csv) get it as their last
  /// column, pictures, pages and gnuplot scripts as a comment at their end. Before the first write.
  void set_run(std::string const& run) { run_ = run; }

  std::string path(std::string const& name) const;
  /// Writes a file; its name becomes one of written().
  void write(std::string const& name, std::function<void(std::ostream&)> const& write);
  void write(std::string const& name, std::string const& text);
  std::vector<std::string> const& written() const { return written_; }
  /// CRC-32 of each file written so far, by which a later reader can tell whether they belong
  /// together.
  std::map<std::string, std::uint32_t> const& checksums() const { return checksums_; }
  /// Puts the files in place, and removes files of the earlier run that this one has not written.
  void finish();
  /// The same after the manifest is written: `contents` and the keys schema, run, files, checksums.
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
