// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/detail/hdf5.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/io/atomic_file.hpp>

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <utility>

#include <zlib.h>

namespace kolace::detail {
namespace {

/// Owns an HDF5 identifier and closes it.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0)
      close_(id_);
  }
  Handle(Handle const&) = delete;
  Handle& operator=(Handle const&) = delete;
  operator hid_t() const { return id_; }
  bool ok() const { return id_ >= 0; }

private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Turns off the HDF5 library's own error output.
void be_quiet() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

template <class T> hid_t memory_type();
template <> hid_t memory_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <> hid_t memory_type<long>() {
  return H5T_NATIVE_LONG;
}
template <class T> hid_t file_type();
template <> hid_t file_type<double>() {
  return H5T_IEEE_F64LE;
}
template <> hid_t file_type<long>() {
  return H5T_STD_I64LE;
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  hid_t const id = H5Tcopy(type);
  H5Tset_size(id, H5T_VARIABLE);
  H5Tset_cset(id, H5T_CSET_UTF8);
  return {id, H5Tclose};
}

template <class T> bool set_attribute(hid_t group, std::string const& name, T value) {
  Handle const space(H5Screate(H5S_SCALAR), H5Sclose);
  Handle const attribute(
      H5Acreate2(group, name.c_str(), file_type<T>(), space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute.ok() && H5Awrite(attribute, memory_type<T>(), &value) >= 0;
}

template <class T> bool read_attribute(hid_t group, std::string const& name, T& value) {
  Handle const attribute(H5Aopen(group, name.c_str(), H5P_DEFAULT), H5Aclose);
  return attribute.ok() && H5Aread(attribute, memory_type<T>(), &value) >= 0;
}

template <class T>
bool write_array(hid_t group, std::string const& name, T const* values,
                 std::vector<hsize_t> const& extents) {
  Handle const space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                     H5Sclose);
  Handle const set(
      H5Dcreate2(group, name.c_str(), file_type<T>(), space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose);
  if (!set.ok())
    return false;
  bool const empty = std::count(extents.begin(), extents.end(), hsize_t{0}) > 0;
  return empty || H5Dwrite(set, memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
}

/// @param columns required number of columns of a matrix; 0: any shape
template <class T>
bool read_array(hid_t group, std::string const& name, std::vector<T>& values, hsize_t columns) {
  Handle const set(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!set.ok())
    return false;
  Handle const space(H5Dget_space(set), H5Sclose);
  int const rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1 || rank > 2)
    return false;
  hsize_t extents[2] = {1, 1};
  H5Sget_simple_extent_dims(space, extents, nullptr);
  // Rejects sizes that exceed the stored bytes, as in damaged files.
  if (extents[0] * extents[1] > 0 && H5Dget_storage_size(set) < extents[0] * extents[1])
    return false;
  if (columns > 0 && (rank != 2 || extents[1] != columns))
    return false;
  values.resize(extents[0] * extents[1]);
  return values.empty() ||
         H5Dread(set, memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
}

} // namespace

Hdf5Group::Hdf5Group(Hdf5Group&& other) noexcept
    : file_(std::move(other.file_)), path_(std::move(other.path_)),
      id_(std::exchange(other.id_, -1)) {}

Hdf5Group::~Hdf5Group() {
  if (id_ >= 0)
    H5Gclose(id_);
}

void Hdf5Group::fail(std::string const& name, std::string const& message) const {
  throw InputError(file_ + ": " + path_ + "/" + name + ": " + message);
}

Hdf5Group Hdf5Group::make(std::string const& name) const {
  hid_t const id = H5Gcreate2(id_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (id < 0)
    fail(name, "cannot be written");
  return {file_, path_ + "/" + name, id};
}

Hdf5Group Hdf5Group::open(std::string const& name) const {
  hid_t const id = H5Gopen2(id_, name.c_str(), H5P_DEFAULT);
  if (id < 0)
    fail(name, "is missing (not a factor file, or damaged)");
  return {file_, path_ + "/" + name, id};
}

bool Hdf5Group::has(std::string const& name) const {
  return H5Lexists(id_, name.c_str(), H5P_DEFAULT) > 0 || H5Aexists(id_, name.c_str()) > 0;
}

std::vector<std::string> Hdf5Group::names() const {
  std::vector<std::string> result;
  H5G_info_t info;
  H5Gget_info(id_, &info);
  for (hsize_t k = 0; k < info.nlinks; ++k) {
    char name[256] = "";
    H5Lget_name_by_idx(id_, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof(name), H5P_DEFAULT);
    result.emplace_back(name);
  }
  return result;
}

void Hdf5Group::set(std::string const& name, double value) const {
  if (!set_attribute(id_, name, value))
    fail(name, "cannot be written");
}

void Hdf5Group::set(std::string const& name, long value) const {
  if (!set_attribute(id_, name, value))
    fail(name, "cannot be written");
}

/// Text is a dataset of one string of any length, since attributes are limited to 64 KiB.
void Hdf5Group::set(std::string const& name, std::string const& value) const {
  write(name, std::vector<std::string>{value});
}

double Hdf5Group::number(std::string const& name) const {
  double value = 0;
  if (!read_attribute(id_, name, value))
    fail(name, "expected a number");
  return value;
}

long Hdf5Group::integer(std::string const& name) const {
  long value = 0;
  if (!read_attribute(id_, name, value))
    fail(name, "expected an integer");
  return value;
}

std::string Hdf5Group::text(std::string const& name) const {
  auto const list = texts(name);
  if (list.size() != 1)
    fail(name, "expected a single string");
  return list.front();
}

void Hdf5Group::write(std::string const& name, std::vector<double> const& values) const {
  if (!write_array(id_, name, values.data(), {values.size()}))
    fail(name, "cannot be written");
}

void Hdf5Group::write(std::string const& name, std::vector<long> const& values) const {
  if (!write_array(id_, name, values.data(), {values.size()}))
    fail(name, "cannot be written");
}

void Hdf5Group::write_matrix(std::string const& name, std::vector<double> const& values,
                             std::size_t rows, std::size_t columns) const {
  if (!write_array(id_, name, values.data(), {rows, columns}))
    fail(name, "cannot be written");
}

void Hdf5Group::write_matrix(std::string const& name, std::vector<long> const& values,
                             std::size_t rows, std::size_t columns) const {
  if (!write_array(id_, name, values.data(), {rows, columns}))
    fail(name, "cannot be written");
}

void Hdf5Group::write(std::string const& name, std::vector<std::string> const& values) const {
  hsize_t const size = values.size();
  Handle const space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  Handle const type = text_type();
  Handle const set(
      H5Dcreate2(id_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
  std::vector<char const*> pointers;
  for (std::string const& value : values)
    pointers.push_back(value.c_str());
  if (!set.ok() ||
      (!values.empty() && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0))
    fail(name, "cannot be written");
}

std::vector<double> Hdf5Group::numbers(std::string const& name) const {
  std::vector<double> values;
  if (!read_array(id_, name, values, 0))
    fail(name, "expected numbers");
  return values;
}

std::vector<double> Hdf5Group::matrix(std::string const& name, std::size_t columns) const {
  std::vector<double> values;
  if (!read_array(id_, name, values, columns))
    fail(name, "expected a matrix of " + std::to_string(columns) + " columns");
  return values;
}

std::vector<long> Hdf5Group::integers(std::string const& name) const {
  std::vector<long> values;
  if (!read_array(id_, name, values, 0))
    fail(name, "expected integers");
  return values;
}

std::vector<std::string> Hdf5Group::texts(std::string const& name) const {
  Handle const set(H5Dopen2(id_, name.c_str(), H5P_DEFAULT), H5Dclose);
  Handle const type = text_type();
  if (!set.ok())
    fail(name, "expected text");
  Handle const stored(H5Dget_type(set), H5Tclose);
  Handle const space(H5Dget_space(set), H5Sclose);
  hssize_t const size = H5Sget_simple_extent_npoints(space);
  if (H5Tis_variable_str(stored) <= 0 || size < 0 || size > 100'000'000)
    fail(name, "expected text");
  std::vector<char*> pointers(static_cast<std::size_t>(size), nullptr);
  if (size > 0 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0)
    fail(name, "expected text");
  std::vector<std::string> values;
  for (char const* p : pointers)
    values.emplace_back(p ? p : "");
  if (size > 0)
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return values;
}

namespace {

/// The first bytes of a file (HDF5's user block) hold the length and the CRC-32 of the rest: the
/// HDF5 library may crash on damaged files or never end.
constexpr std::size_t seal_bytes = 512; // the smallest user block
constexpr char const* seal_format = "kolace factors\nbytes %llu\ncrc32 %08lx\n";
constexpr char const* seal_beginning = "kolace factors\n";

using Seal = std::array<char, seal_bytes>;

/// The seal of the contents of a file after its user block.
Seal seal_of(std::istream& in) {
  in.seekg(seal_bytes);
  std::vector<char> piece(std::size_t{1} << 20);
  unsigned long long n_bytes = 0;
  unsigned long checksum = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    auto const n = static_cast<std::size_t>(in.gcount());
    checksum = ::crc32_z(checksum, reinterpret_cast<unsigned char const*>(piece.data()), n);
    n_bytes += n;
  }
  Seal seal{};
  std::snprintf(seal.data(), seal.size(), seal_format, n_bytes, checksum);
  return seal;
}

void write_seal(std::string const& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  Seal const seal = seal_of(file);
  file.clear(); // resets the end-of-file flag left by seal_of()
  file.seekp(0);
  file.write(seal.data(), seal.size());
  file.flush();
  if (!file)
    throw InputError(path + ": cannot be written (is the disk full?)");
}

/// @throws InputError if the file has no seal, or contents that do not agree with it
void check_seal(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  Seal seal{};
  file.read(seal.data(), seal.size());
  if (!std::string(seal.data(), seal.size()).starts_with(seal_beginning))
    throw InputError(path + ": is not a factor file (expected a file written by kolace assemble or "
                            "merge, which no other program has changed)");
  file.clear();
  if (seal != seal_of(file))
    throw InputError(path + ": is damaged: its length or checksum differs from what was written");
}

} // namespace

Hdf5File Hdf5File::create(std::string const& path) {
  be_quiet();
  Handle const creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_userblock(creation, seal_bytes);
  hid_t const file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
  hid_t const root = file < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0)
    throw InputError(path + ": cannot be written");
  return {path, file, root};
}

Hdf5File Hdf5File::open_to_read(std::string const& path) {
  be_quiet();
  if (!path_exists(path))
    throw InputError(path + ": the file does not exist");
  check_seal(path);
  hid_t const file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const root = file < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0)
    throw InputError(path + ": cannot be read as HDF5");
  return {path, file, root};
}

Hdf5File::Hdf5File(Hdf5File&& other) noexcept
    : Hdf5Group(std::move(other)), handle_(std::exchange(other.handle_, -1)) {}

void Hdf5File::close() {
  bool failed = H5Gclose(std::exchange(id_, -1)) < 0;
  failed = H5Fflush(handle_, H5F_SCOPE_GLOBAL) < 0 || failed;
  failed = H5Fclose(std::exchange(handle_, -1)) < 0 || failed;
  if (failed)
    throw InputError(file_ + ": cannot be written (is the disk full?)");
  write_seal(file_);
}

Hdf5File::~Hdf5File() {
  if (id_ >= 0)
    H5Gclose(std::exchange(id_, -1));
  if (handle_ >= 0)
    H5Fclose(handle_);
}

} // namespace kolace::detail
