// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/frame_text.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>

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

/// Recognizes file names of other formats. Returns the matching part of the name, or "".
std::string other_format(std::string const& path) {
  std::string name = std::filesystem::path(path).filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (char const* ending : {".xyz", ".extxyz", ".xyz.gz", ".extxyz.gz"})
    if (name.ends_with(ending))
      return "";
  for (char const* ending : {".traj", ".db", ".json", ".cif", ".vasp", ".xml", ".lammpstrj", ".h5"})
    if (name.ends_with(ending))
      return ending;
  for (char const* start : {"poscar", "contcar", "outcar", "vasprun"})
    if (name.starts_with(start))
      return start;
  return "";
}

} // namespace

} // namespace detail

void refuse_other_formats(std::string const& path) {
  std::string const convert = "python -m kolace convert " + path + " -o data.extxyz";
  if (path.find(".pckl") != path.npos || path.find(".pkl") != path.npos)
    throw InputError(path + ": is a pickled table; convert it to extended XYZ: " + convert +
                     " (the Python package is in apps/python)");
  if (!detail::other_format(path).empty())
    throw InputError(path + ": is not extended XYZ; convert it: " + convert +
                     " (the Python package is in apps/python), or ase convert " + path +
                     " data.extxyz");
}

namespace detail {

FrameSplitter::FrameSplitter(std::string const& path)
    : lines_((refuse_other_formats(path), path)) {}

bool FrameSplitter::next(FrameText& frame) {
  frame.n_lines = 0;
  frame.ends_file = false;
  frame.comment.clear();
  frame.atoms.clear();
  frame.error.clear();
  std::string_view line;
  do { // skip blank lines between frames and at the end
    if (!lines_.next(line)) {
      if (n_frames_ == 0)
        throw InputError(lines_.path() + ": the file contains no frames");
      return false;
    }
  } while (line.find_first_not_of(" \t") == line.npos);
  frame.place = {lines_.path(), ++n_frames_, lines_.line_number()};
  auto const fail = [&](std::string const& message) {
    frame.error = InputError(frame.place, message).what();
    return true;
  };

  long other = 0;
  if (!is_count(line, frame.n_atoms) || frame.n_atoms < 1) {
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
