// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

/// @file
/// numpy's .npz format: a zip archive of .npy files, here without compression (numpy.savez),
/// that contain matrices of doubles.

namespace kolace::detail {

struct NpzMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values; ///< row-major
};

/// Reads all matrices of an archive, by name.
/// @throws InputError for entries that are compressed or not matrices of little-endian doubles
std::map<std::string, NpzMatrix> read_npz(std::string const& path);

/// The same from the bytes of an archive; error messages call it `name`.
std::map<std::string, NpzMatrix> parse_npz(std::string text, std::string const& name);

/// The bytes of an archive; entry names are given without ".npy".
/// @throws InputError beyond 4 GB, the limit of the zip format without extensions
std::string npz_text(std::map<std::string, NpzMatrix> const& matrices);

} // namespace kolace::detail
