#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace kolace {

/// Is there something of this name? Where the system cannot tell (a name too long, a folder that
/// may not be entered): no.
bool path_exists(std::string const& path);

/// Where a path leads: links are followed, also to what does not exist yet.
std::string behind_links(std::string const& path);

/// @throws InputError if the path is a folder or its folder does not exist
void check_writable(std::string const& path);

/// Writes a file by way of a temporary one beside it, renamed when complete: readers see the old
/// file or the new one, never a part. Links are followed; devices and pipes are written directly. A
/// name that ends in .gz is compressed.
/// @throws InputError if it cannot be written
void write_file(std::string const& path, std::function<void(std::ostream&)> const& write);

/// A file to be written: its name and what writes it.
struct OutputFile {
  std::string path;
  std::function<void(std::ostream&)> write;
};

/// Writes files that belong together: each as write_file() does, but none takes its place before
/// all are complete on the disk. Where one cannot be written, the earlier ones stay.
/// @throws InputError
void write_files(std::vector<OutputFile> const& files);

/// From here on SIGHUP, SIGINT and SIGTERM remove what write_file() has not finished before they
/// end the process. For programs; a library leaves signals alone.
void remove_temporaries_on_signals();

/// Puts a complete temporary file in the place of another: after a power failure there is the old
/// file or the new one. Removes the temporary one where that fails.
/// @throws InputError
void replace_file(std::string const& temporary, std::string const& path);

} // namespace kolace
