#pragma once

#include <map>
#include <string>
#include <vector>

/// @file numpy's .npz: a zip archive of .npy files, here without compression (numpy.savez), holding
/// matrices of doubles.

namespace kolace::detail {

struct NpzMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values; ///< row by row
};

/// @throws InputError for entries that are compressed or no matrices of little-endian doubles
std::map<std::string, NpzMatrix> read_npz(std::string const& path);

/// The same from the archive's bytes; messages call it `name`.
std::map<std::string, NpzMatrix> parse_npz(std::string text, std::string const& name);

/// The archive's bytes; entry names without ".npy".
/// @throws InputError beyond 4 GB, the limit of the plain format
std::string npz_text(std::map<std::string, NpzMatrix> const& matrices);

} // namespace kolace::detail
