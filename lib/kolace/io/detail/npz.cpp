// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/npz.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/io/detail/text.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <sstream>

#include <zlib.h>

namespace kolace::detail {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t local_header = 0x04034b50, central_header = 0x02014b50,
                        end_of_directory = 0x06054b50;

template <class T> void put(std::string& out, T value) {
  out.append(reinterpret_cast<char const*>(&value), sizeof(T));
}

/// Bounds-checked access to numbers and text at given offsets of a file.
class Bytes {
public:
  Bytes(std::string const& path, std::string text) : path_(path), text_(std::move(text)) {}

  [[noreturn]] void fail(std::string const& message) const {
    throw InputError(path_ + ": " + message);
  }
  std::size_t size() const { return text_.size(); }
  char const* at(std::size_t offset, std::size_t count) const {
    if (offset > text_.size() || count > text_.size() - offset)
      fail("the archive is truncated or damaged");
    return text_.data() + offset;
  }
  template <class T> T number(std::size_t offset) const {
    T value;
    std::memcpy(&value, at(offset, sizeof(T)), sizeof(T));
    return value;
  }
  std::string text(std::size_t offset, std::size_t count) const {
    return {at(offset, count), count};
  }

private:
  std::string path_, text_;
};

/// The value of a key in the header of a .npy file (a Python dictionary), up to and including
/// `end`.
std::string header_value(std::string const& header, std::string const& key, char end) {
  std::size_t const found = header.find("'" + key + "':");
  if (found == std::string::npos)
    return {};
  std::size_t const begin = found + key.size() + 3;
  std::size_t const last = header.find(end, begin);
  return last == std::string::npos ? std::string() : header.substr(begin, last + 1 - begin);
}

NpzMatrix read_npy(Bytes const& bytes, std::size_t offset, std::size_t size,
                   std::string const& name) {
  auto const fail = [&](std::string const& what) { bytes.fail(name + ": " + what); };
  if (size < 10 || bytes.text(offset, 6) != "\x93NUMPY")
    fail("is not a NumPy array");
  bool const is_old = bytes.number<std::uint8_t>(offset + 6) == 1;
  std::size_t const length =
      is_old ? bytes.number<std::uint16_t>(offset + 8) : bytes.number<std::uint32_t>(offset + 8);
  std::size_t const begin = (is_old ? 10 : 12) + length;
  if (begin > size)
    fail("is truncated or damaged");
  std::string const header = bytes.text(offset + (is_old ? 10 : 12), length);
  if (header_value(header, "descr", ',').find("'<f8'") == std::string::npos)
    fail("expected double-precision numbers");
  bool const by_columns =
      header_value(header, "fortran_order", ',').find("True") != std::string::npos;
  std::istringstream shape(header_value(header, "shape", ')'));
  NpzMatrix matrix;
  char open = 0, comma = 0, close = 0;
  if (!(shape >> open >> matrix.rows >> comma >> matrix.columns >> close) || open != '(' ||
      comma != ',' || close != ')')
    fail("expected a matrix");
  constexpr std::size_t most = std::size_t{1} << 24; // products cannot overflow
  if (matrix.rows > most || matrix.columns > most ||
      matrix.rows * matrix.columns * sizeof(double) != size - begin)
    fail("its size does not match its shape");
  matrix.values.resize(matrix.rows * matrix.columns);
  std::memcpy(matrix.values.data(), bytes.at(offset + begin, size - begin), size - begin);
  if (by_columns) {
    std::vector<double> rows(matrix.values.size());
    for (std::size_t i = 0; i < matrix.rows; ++i)
      for (std::size_t j = 0; j < matrix.columns; ++j)
        rows[i * matrix.columns + j] = matrix.values[j * matrix.rows + i];
    matrix.values = std::move(rows);
  }
  return matrix;
}

/// Contents of the .npy file of a matrix; the data begin at a multiple of 64 bytes.
std::string npy_text(NpzMatrix const& matrix) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" +
                       std::to_string(matrix.rows) + ", " + std::to_string(matrix.columns) + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string text = "\x93NUMPY";
  put(text, std::uint8_t{1});
  put(text, std::uint8_t{0});
  put(text, static_cast<std::uint16_t>(header.size()));
  text += header;
  text.append(reinterpret_cast<char const*>(matrix.values.data()),
              matrix.values.size() * sizeof(double));
  return text;
}

} // namespace

std::map<std::string, NpzMatrix> read_npz(std::string const& path) {
  return parse_npz(read_file(path), path);
}

std::map<std::string, NpzMatrix> parse_npz(std::string text, std::string const& name_of_file) {
  Bytes const bytes(name_of_file, std::move(text));
  constexpr std::size_t end_size = 22;
  if (bytes.size() < end_size || bytes.number<std::uint32_t>(0) != local_header)
    bytes.fail("expected an archive of NumPy arrays (.npz)");
  std::size_t end = bytes.size() - end_size; // a comment may follow
  while (bytes.number<std::uint32_t>(end) != end_of_directory) {
    if (end == 0 || bytes.size() - end > end_size + 65535)
      bytes.fail("the archive is truncated or damaged");
    --end;
  }
  int const n = bytes.number<std::uint16_t>(end + 10);
  std::size_t entry = bytes.number<std::uint32_t>(end + 16);
  std::map<std::string, NpzMatrix> matrices;
  for (int k = 0; k < n; ++k) {
    if (bytes.number<std::uint32_t>(entry) != central_header)
      bytes.fail("the archive is truncated or damaged");
    std::size_t const name_length = bytes.number<std::uint16_t>(entry + 28),
                      extra_length = bytes.number<std::uint16_t>(entry + 30),
                      comment_length = bytes.number<std::uint16_t>(entry + 32);
    std::string name = bytes.text(entry + 46, name_length);
    if (bytes.number<std::uint16_t>(entry + 10) != 0)
      bytes.fail(name +
                 ": compressed arrays are not supported (numpy.savez writes uncompressed ones)");
    std::size_t const size = bytes.number<std::uint32_t>(entry + 24),
                      local = bytes.number<std::uint32_t>(entry + 42);
    std::size_t const data = local + 30 + bytes.number<std::uint16_t>(local + 26) +
                             bytes.number<std::uint16_t>(local + 28);
    auto const* const first = reinterpret_cast<unsigned char const*>(bytes.at(data, size));
    if (::crc32_z(0, first, size) != bytes.number<std::uint32_t>(entry + 16))
      bytes.fail(name + ": wrong checksum; the file is damaged");
    if (name.ends_with(".npy"))
      name.resize(name.size() - 4);
    if (!matrices.emplace(name, read_npy(bytes, data, size, name)).second)
      bytes.fail(name + ": duplicate entry");
    entry += 46 + name_length + extra_length + comment_length;
  }
  return matrices;
}

std::string npz_text(std::map<std::string, NpzMatrix> const& matrices) {
  std::string text, directory;
  for (auto const& [name, matrix] : matrices) {
    std::string const file = name + ".npy", data = npy_text(matrix);
    if (text.size() + data.size() > 0xfffffff0u)
      throw InputError("an archive of NumPy arrays cannot exceed 4 GB");
    std::uint32_t const offset = static_cast<std::uint32_t>(text.size());
    std::string fields;             // common to both headers
    put(fields, std::uint16_t{20}); // version needed to extract
    put(fields, std::uint16_t{0});  // flags
    put(fields, std::uint16_t{0});  // no compression
    put(fields, std::uint16_t{0});  // time
    put(fields, std::uint16_t{33}); // date: 1980-01-01
    put(fields, static_cast<std::uint32_t>(::crc32_z(
                    0, reinterpret_cast<unsigned char const*>(data.data()), data.size())));
    put(fields, static_cast<std::uint32_t>(data.size()));
    put(fields, static_cast<std::uint32_t>(data.size()));
    put(fields, static_cast<std::uint16_t>(file.size()));
    put(fields, std::uint16_t{0}); // extra fields
    put(text, local_header);
    text += fields + file + data;
    put(directory, central_header);
    put(directory, std::uint16_t{20}); // version made by
    directory += fields;
    put(directory, std::uint16_t{0}); // comment
    put(directory, std::uint16_t{0}); // disk
    put(directory, std::uint16_t{0}); // attributes
    put(directory, std::uint32_t{0});
    put(directory, offset);
    directory += file;
  }
  std::uint32_t const begin = static_cast<std::uint32_t>(text.size());
  text += directory;
  put(text, end_of_directory);
  put(text, std::uint32_t{0}); // disks
  put(text, static_cast<std::uint16_t>(matrices.size()));
  put(text, static_cast<std::uint16_t>(matrices.size()));
  put(text, static_cast<std::uint32_t>(directory.size()));
  put(text, begin);
  put(text, std::uint16_t{0});
  return text;
}

} // namespace kolace::detail
