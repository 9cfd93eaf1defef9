// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kolace::detail {

/// A group of an HDF5 file: named values, lists and matrices. Numbers are stored as 64-bit integers
/// and doubles, text as UTF-8. Every error is an InputError with the file and the item.
class Hdf5Group {
public:
  Hdf5Group(Hdf5Group&& other) noexcept;
  Hdf5Group& operator=(Hdf5Group&&) = delete;
  ~Hdf5Group();

  Hdf5Group make(std::string const& name) const;
  Hdf5Group open(std::string const& name) const;
  bool has(std::string const& name) const;
  std::vector<std::string> names() const; ///< groups and datasets, in alphabetical order

  // Attributes: single values.
  void set(std::string const& name, double value) const;
  void set(std::string const& name, long value) const;
  void set(std::string const& name, std::string const& value) const;
  double number(std::string const& name) const;
  long integer(std::string const& name) const;
  std::string text(std::string const& name) const;

  // Datasets: lists and matrices, row-major.
  void write(std::string const& name, std::vector<double> const& values) const;
  void write(std::string const& name, std::vector<long> const& values) const;
  void write(std::string const& name, std::vector<std::string> const& values) const;
  /// @param values [rows][columns], row-major
  void write_matrix(std::string const& name, std::vector<double> const& values, std::size_t rows,
                    std::size_t columns) const;
  void write_matrix(std::string const& name, std::vector<long> const& values, std::size_t rows,
                    std::size_t columns) const;
  std::vector<double> numbers(std::string const& name) const; ///< of a list or a matrix, row-major
  std::vector<long> integers(std::string const& name) const;
  std::vector<std::string> texts(std::string const& name) const;
  /// A matrix with this many columns; its number of rows follows from the data.
  std::vector<double> matrix(std::string const& name, std::size_t columns) const;

protected:
  Hdf5Group(std::string file, std::string path, std::int64_t id)
      : file_(std::move(file)), path_(std::move(path)), id_(id) {}
  [[noreturn]] void fail(std::string const& name, std::string const& message) const;

  std::string file_, path_;
  std::int64_t id_ = -1;
};

/// An HDF5 file that is closed with this object. Its user block holds a checksum of the rest.
class Hdf5File : public Hdf5Group {
public:
  static Hdf5File create(std::string const& path);
  /// @throws InputError if the file does not exist, was not written by this class, or is damaged
  static Hdf5File open_to_read(std::string const& path);
  Hdf5File(Hdf5File&& other) noexcept;
  ~Hdf5File();

  /// Writes everything to disk, with the checksum, and closes the file. Without this call, the
  /// file cannot be read again. @throws InputError if that fails
  void close();

private:
  Hdf5File(std::string const& path, std::int64_t file, std::int64_t root)
      : Hdf5Group(path, "", root), handle_(file) {}
  std::int64_t handle_ = -1;
};

} // namespace kolace::detail
