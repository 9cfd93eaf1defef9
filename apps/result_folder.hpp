#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace kolace::apps {

/// A folder of results of one command. It replaces what an earlier run of kolace left there (its
/// report.json lists that under "files"), and nothing else.
class ResultFolder {
public:
  /// Makes the folder if it does not exist.
  /// @param inputs files that the command reads
  /// @throws InputError where nothing can be written there
  ResultFolder(std::string folder, std::vector<std::string> inputs);
  /// Removes the folder if it was made here and nothing was written.
  ~ResultFolder();
  ResultFolder(ResultFolder const&) = delete;
  ResultFolder& operator=(ResultFolder const&) = delete;

  /// To be asked before the work: may files of these names be written?
  /// @throws InputError for a name that is an input, or a file that no earlier run wrote
  void check(std::vector<std::string> const& names) const;

  std::string path(std::string const& name) const;
  /// Writes a file; its name becomes one of written().
  void write(std::string const& name, std::function<void(std::ostream&)> const& write);
  std::vector<std::string> const& written() const { return written_; }
  /// Removes files of the earlier run that this one has not written.
  void remove_stale() const;

private:
  std::string folder_;
  bool is_new_ = false;
  std::vector<std::string> inputs_, earlier_, written_;
};

} // namespace kolace::apps
