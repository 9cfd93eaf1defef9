// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/contracts.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// Texts of this length or longer store it in four bytes.
inline constexpr std::uint8_t long_text = 255;

/// Appends values to a record of bytes, for the same program to read.
class ByteWriter {
public:
  explicit ByteWriter(std::string& bytes) : bytes_(bytes) {}
  template <class T> void value(T const& x) {
    bytes_.append(reinterpret_cast<char const*>(&x), sizeof(T));
  }
  void text(std::string const& s) { // most texts are short
    bool const is_long = s.size() >= long_text;
    value(static_cast<std::uint8_t>(is_long ? long_text : s.size()));
    if (is_long)
      value(static_cast<std::uint32_t>(s.size()));
    bytes_ += s;
  }
  template <class T> void values(std::vector<T> const& list) {
    value(static_cast<std::uint32_t>(list.size()));
    bytes_.append(reinterpret_cast<char const*>(list.data()), list.size() * sizeof(T));
  }

private:
  std::string& bytes_;
};

/// Reads what ByteWriter wrote, in the same order.
class ByteReader {
public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}
  bool done() const { return at_ == end_; }
  template <class T> T value() {
    KOLACE_EXPECT(end_ - at_ >= static_cast<std::ptrdiff_t>(sizeof(T)), end_ - at_);
    T x;
    std::memcpy(&x, at_, sizeof(T));
    at_ += sizeof(T);
    return x;
  }
  void text(std::string& s) {
    std::uint32_t size = value<std::uint8_t>();
    if (size == long_text)
      size = value<std::uint32_t>();
    s.assign(at_, size);
    at_ += size;
  }
  template <class T> void values(std::vector<T>& list) {
    auto const size = value<std::uint32_t>();
    list.resize(size);
    if (size > 0)
      std::memcpy(list.data(), at_, size * sizeof(T));
    at_ += size * sizeof(T);
  }

private:
  char const *at_, *end_;
};

} // namespace kolace::detail
