// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/frame_text.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string_view>

namespace kolace {
namespace detail {
namespace {

/// True if the line contains a single integer: the start of a frame.
bool is_count(std::string_view line, long& count) {
  std::size_t const first = line.find_first_not_of(" \t");
  if (first == line.npos)
    return false;
  std::size_t const end = std::min(line.find_first_of(" \t", first), line.size());
  return line.find_first_not_of(" \t", end) == line.npos &&
         parse_integer(line.substr(first, end - first), count);
}

bool ends_with_any(std::string const& name, std::initializer_list<char const*> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](char const* ending) { return name.ends_with(ending); });
}

enum class Kind { unknown, compressed, pickle, other };

/// Recognizes file names of other formats and compressions.
Kind kind_by_name(std::string const& path) {
  std::string name = std::filesystem::path(path).filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name.find(".pckl") != name.npos || name.find(".pkl") != name.npos)
    return Kind::pickle;
  if (ends_with_any(name, {".zip", ".tar", ".tar.gz", ".tgz", ".bz2", ".xz", ".zst", ".7z"}))
    return Kind::compressed;
  if (name.ends_with(".gz"))
    name.resize(name.size() - 3);
  if (ends_with_any(name, {".xyz", ".extxyz"}))
    return Kind::unknown;
  if (ends_with_any(name,
                    {".traj", ".db",   ".json", ".cif",    ".vasp",    ".xml",    ".lammpstrj",
                     ".h5",   ".hdf5", ".npz",  ".lmdb",   ".aselmdb", ".xsf",    ".pdb",
                     ".cfg",  ".gen",  ".cell", ".castep", ".poscar",  "_poscar", "-poscar"}))
    return Kind::other;
  for (char const* start : {"poscar", "contcar", "outcar", "xdatcar", "vasprun"})
    if (name.starts_with(start))
      return Kind::other;
  return Kind::unknown;
}

/// Recognizes the beginning of a file of another format.
Kind kind_by_contents(std::string const& path) {
  std::string bytes(1024, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  auto const begins = [&](std::initializer_list<std::string_view> signatures) {
    return std::any_of(signatures.begin(), signatures.end(),
                       [&](std::string_view text) { return bytes.starts_with(text); });
  };
  if (begins({"PK\x03\x04", "BZh",
              "\xfd"
              "7zXZ",
              "\x28\xb5\x2f\xfd", "7z\xbc\xaf"}))
    return Kind::compressed;
  if (begins({"\x80"}))
    return Kind::pickle;
  if (begins({"\x89HDF", "SQLite format 3", "- of Ulm", "<?xml", "<", "{", "data_", "ITEM:"}))
    return Kind::other;
  // POSCAR: a title, a factor, three vectors.
  std::istringstream lines(bytes);
  std::string line;
  for (int k = 0; k < 5; ++k) {
    if (!std::getline(lines, line))
      return Kind::unknown;
    std::istringstream words(line);
    double x = 0;
    int count = 0;
    while (words >> x)
      ++count;
    if (k > 0 && (count != (k == 1 ? 1 : 3) || !words.eof()))
      return Kind::unknown;
  }
  return Kind::other;
}

/// What to do with a file of another kind; "" for Kind::unknown.
std::string advice(Kind kind, std::string const& path) {
  std::string const python = " (the Python package is in apps/python)";
  std::string const convert = "python -m kolace convert " + path + " -o data.extxyz" + python;
  switch (kind) {
  case Kind::compressed:
    return "is an archive or a compression that is not read (expected extended XYZ, plain or .gz)";
  case Kind::pickle:
    return "is a pickled table; convert it to extended XYZ: " + convert;
  case Kind::other:
    return "is not extended XYZ; convert it: " + convert + ", or ase convert " + path +
           " data.extxyz";
  case Kind::unknown:
    break;
  }
  return "";
}

} // namespace

} // namespace detail

void refuse_other_formats(std::string const& path) {
  std::string const text = detail::advice(detail::kind_by_name(path), path);
  if (!text.empty())
    throw InputError(path + ": " + text);
}

namespace detail {

FrameSplitter::FrameSplitter(std::string const& path, FrameRange const& range)
    : lines_((refuse_other_formats(path), path)), range_(range), n_frames_(range.frames_before) {
  if (range.begin > 0)
    lines_.seek(range.begin, range.lines_before + 1);
}

std::uint64_t find_frame(std::string const& path, std::uint64_t from) {
  LineReader lines(path), ahead(path);
  std::string_view line;
  if (from > 0) { // to the beginning of a line
    lines.seek(from - 1);
    lines.next(line);
  }
  while (lines.next(line)) {
    long count = 0, other = 0;
    if (!is_count(line, count) || count < 1)
      continue;
    ahead.seek(lines.position());
    bool complete = true;
    for (long k = 0; k < count + 2 && complete; ++k)
      complete = ahead.next(line);
    bool more = complete;
    do
      more = more && ahead.next(line);
    while (more && line.find_first_not_of(" \t") == line.npos);
    if (complete && (!more || is_count(line, other)))
      return lines.position();
  }
  return lines.position();
}

bool FrameSplitter::next(FrameText& frame) {
  frame.n_lines = 0;
  frame.ends_file = false;
  frame.comment.clear();
  frame.atoms.clear();
  frame.error.clear();
  std::string_view line;
  do { // skip blank lines between frames and at the end
    if (!lines_.next(line)) {
      if (n_frames_ == 0 && range_.is_whole_file())
        throw InputError(lines_.path() + ": the file contains no frames");
      lines_before_end_ = lines_.line_number();
      return false;
    }
  } while (line.find_first_not_of(" \t") == line.npos);
  if (lines_.position() >= range_.end) {
    lines_before_end_ = lines_.line_number() - 1;
    lines_.push_back();
    return false;
  }
  frame.place = {lines_.path(), ++n_frames_, lines_.line_number()};
  auto const fail = [&](std::string const& message) {
    frame.error = InputError(frame.place, message).what();
    return true;
  };

  long other = 0;
  if (!is_count(line, frame.n_atoms) || frame.n_atoms < 1) {
    if (n_frames_ == 1)
      if (std::string const text = advice(kind_by_contents(lines_.path()), lines_.path());
          !text.empty())
        throw InputError(lines_.path() + ": " + text);
    std::string const got(line.substr(0, 60));
    while (lines_.next(line)) // skip to the next line that can be a count
      if (is_count(line, other)) {
        lines_.push_back();
        break;
      }
    return fail("expected the number of atoms (1 or more), got '" + got + "'");
  }
  if (!lines_.next(line))
    return fail("the file ends before the comment line");
  frame.place.line = lines_.line_number();
  frame.comment = line;
  for (; frame.n_lines < frame.n_atoms; ++frame.n_lines) {
    if (!lines_.next(line)) {
      frame.ends_file = true;
      break;
    }
    if (is_count(line, other)) { // the next frame begins here
      lines_.push_back();
      break;
    }
    frame.atoms += line;
    frame.atoms += '\n';
  }
  return true;
}

} // namespace detail
} // namespace kolace
