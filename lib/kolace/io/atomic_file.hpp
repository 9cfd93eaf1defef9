// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace kolace {

/// True if the path exists. False if the system cannot tell (name too long, folder not accessible).
bool path_exists(std::string const& path);

/// Target of a path: follows links, even to a target that does not exist.
std::string resolve_links(std::string const& path);

/// Checks that a file can be created at a path.
/// @throws InputError if the path is a folder or its parent folder does not exist
void check_writable(std::string const& path);

/// Writes a temporary file next to `path` and renames it when complete: readers see the old file or
/// the new one, never a part. Links are followed; devices and pipes are written to directly.
/// Compresses if the name ends in .gz.
/// @throws InputError if the file cannot be written
void write_file(std::string const& path, std::function<void(std::ostream&)> const& write);

/// An output file: its path and the function that writes its contents.
struct OutputFile {
  std::string path;                         ///< final path; ending in .gz: compressed
  std::function<void(std::ostream&)> write; ///< writes the uncompressed contents
};

/// Writes a set of files, each as by write_file(), but replaces none before all are complete on
/// disk. If one cannot be written, all old files are kept.
/// @throws InputError
void write_files(std::vector<OutputFile> const& files);

/// Removes a file, if it exists, and the unfinished temporary files next to it that killed
/// processes left behind.
void remove_with_leftovers(std::string const& path);

/// Installs handlers of SIGHUP, SIGINT and SIGTERM that remove the unfinished files of write_file()
/// before the process ends. For applications only: a library should leave signals alone.
void remove_temporaries_on_signals();

/// Replaces a file by a complete temporary file: after a power failure, the old file or the new one
/// exists. Removes the temporary file on failure.
/// @throws InputError
void replace_file(std::string const& temporary, std::string const& path);

} // namespace kolace
