// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

#include <unistd.h>

/// @file
/// Shared by the fuzz targets. A reader may reject an input only with an InputError: other
///   exceptions, crashes, more than 2 s and more than 1 GB (options of the run) are findings.

namespace kolace::fuzz {

/// A file of this process, in memory if possible, with the given extension; rewritten for each
/// input.
inline std::string const& as_file(std::uint8_t const* data, std::size_t size, char const* ending) {
  static std::string const path = [&] {
    std::string const folder = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    return folder + "/kolace-fuzz-" + std::to_string(::getpid()) + ending;
  }();
  static bool const removed_at_exit = std::atexit([] { ::unlink(path.c_str()); }) == 0;
  static_cast<void>(removed_at_exit);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<char const*>(data), static_cast<std::streamsize>(size));
  return path;
}

template <class Read> int expect_only_input_errors(Read const& read) {
  try {
    read();
  } catch (InputError const& error) {
    if (std::string(error.what()).empty())
      std::abort();
  }
  return 0;
}

} // namespace kolace::fuzz
