// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/frame_store.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/dataset/detail/byte_stream.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace kolace {
namespace {

constexpr std::size_t block_size = std::size_t{4} << 20;

[[noreturn]] void fail_on_disk(char const* what) {
  throw InputError(std::string("temporary file for the data (TMPDIR): ") + what + ": " +
                   std::strerror(errno));
}

void write_structure(detail::ByteWriter& out, Structure const& s) {
  out.value(s.place.frame);
  out.value(s.place.line);
  out.value(s.cell);
  std::vector<std::uint8_t> const numbers(s.numbers.begin(), s.numbers.end());
  out.values(numbers);
  out.values(s.positions);
  out.value(s.energy.has_value());
  if (s.energy)
    out.value(*s.energy);
  out.values(s.forces);
  out.value(s.virial.has_value());
  if (s.virial)
    out.value(*s.virial);
  out.text(s.config_type);
  out.value(s.energy_weight);
  out.value(s.force_weight);
  out.values(s.force_weights);
}

void read_structure(detail::ByteReader& in, Structure& s) {
  s.place.frame = in.value<long>();
  s.place.line = in.value<long>();
  s.cell = in.value<Cell>();
  std::vector<std::uint8_t> numbers;
  in.values(numbers);
  s.numbers.assign(numbers.begin(), numbers.end());
  in.values(s.positions);
  s.energy.reset();
  if (in.value<bool>())
    s.energy = in.value<double>();
  in.values(s.forces);
  s.virial.reset();
  if (in.value<bool>())
    s.virial = in.value<Voigt>();
  in.text(s.config_type);
  s.energy_weight = in.value<double>();
  s.force_weight = in.value<double>();
  in.values(s.force_weights);
}

void write_text(detail::ByteWriter& out, Frame const& frame) {
  out.value(static_cast<std::uint32_t>(frame.info.size()));
  for (InfoEntry const& entry : frame.info) {
    out.text(entry.key);
    out.text(entry.value);
    out.value(entry.has_value);
    out.value(entry.bracket);
  }
  out.value(static_cast<std::uint32_t>(frame.columns.size()));
  for (Column const& column : frame.columns) {
    out.text(column.name);
    out.value(column.type);
    out.value(column.width);
    out.value(static_cast<std::uint32_t>(column.words.size()));
    for (std::string const& word : column.words)
      out.text(word);
  }
}

void read_text(detail::ByteReader& in, Frame& frame) {
  frame.info.resize(in.value<std::uint32_t>());
  for (InfoEntry& entry : frame.info) {
    in.text(entry.key);
    in.text(entry.value);
    entry.has_value = in.value<bool>();
    entry.bracket = in.value<char>();
  }
  frame.columns.resize(in.value<std::uint32_t>());
  for (Column& column : frame.columns) {
    in.text(column.name);
    column.type = in.value<char>();
    column.width = in.value<int>();
    column.words.resize(in.value<std::uint32_t>());
    for (std::string& word : column.words)
      in.text(word);
  }
}

} // namespace

ByteStore::~ByteStore() {
  if (file_ >= 0)
    ::close(file_);
}

void ByteStore::open_file() {
  char const* const folder = std::getenv("TMPDIR");
  std::string name = std::string(folder && *folder ? folder : "/tmp") + "/kolace-data-XXXXXX";
  file_ = ::mkstemp(name.data());
  if (file_ < 0)
    fail_on_disk(name.c_str());
  ::unlink(name.c_str()); // the file exists until it is closed
}

void ByteStore::move_to_disk(Block& block) {
  if (file_ < 0)
    open_file();
  block.offset = on_disk_;
  for (std::size_t done = 0; done < block.bytes.size();) {
    ::ssize_t const n = ::pwrite(file_, block.bytes.data() + done, block.bytes.size() - done,
                                 static_cast<::off_t>(block.offset + done));
    if (n < 0 && errno != EINTR)
      fail_on_disk("cannot be written");
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  on_disk_ += block.bytes.size();
  in_memory_ -= block.bytes.size();
  block.bytes = std::string();
}

void ByteStore::add(std::string_view record) {
  std::size_t const needed = record.size() + sizeof(std::uint64_t);
  if (blocks_.empty() || blocks_.back().size + needed > block_size) {
    if (!blocks_.empty() && in_memory_ > memory_limit_)
      move_to_disk(blocks_.back());
    blocks_.emplace_back().bytes.reserve(std::max(needed, block_size));
  }
  Block& block = blocks_.back();
  detail::ByteWriter(block.bytes).value(static_cast<std::uint64_t>(record.size()));
  block.bytes += record;
  block.size = block.bytes.size();
  in_memory_ += needed;
}

std::string_view ByteStore::Cursor::next() {
  if (bytes_ && at_ == store_.blocks_[block_].size) {
    ++block_;
    at_ = 0;
    bytes_ = nullptr;
  }
  Block const& block = store_.blocks_.at(block_);
  if (!bytes_ && !block.bytes.empty())
    bytes_ = block.bytes.data();
  if (!bytes_) {
    buffer_.resize(block.size);
    for (std::size_t done = 0; done < block.size;) {
      ::ssize_t const n = ::pread(store_.file_, buffer_.data() + done, block.size - done,
                                  static_cast<::off_t>(block.offset + done));
      if (n == 0 || (n < 0 && errno != EINTR))
        fail_on_disk("cannot be read");
      done += n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    bytes_ = buffer_.data();
  }
  std::uint64_t size = 0;
  std::memcpy(&size, bytes_ + at_, sizeof(size));
  std::string_view const record(bytes_ + at_ + sizeof(size), size);
  at_ += sizeof(size) + size;
  return record;
}

StoredFrame encode(Frame const& frame) {
  StoredFrame stored;
  detail::ByteWriter structure(stored.structure), text(stored.text);
  write_structure(structure, frame.structure);
  write_text(text, frame);
  return stored;
}

FrameStore::FrameStore(std::size_t memory_limit)
    : structures_(memory_limit / 2), texts_(memory_limit / 2) {}

void FrameStore::add(StoredFrame const& frame, LabelCounts const& labels, int file) {
  auto const found = std::find(labels_.begin(), labels_.end(), labels);
  int const index = static_cast<int>(found - labels_.begin());
  if (found == labels_.end())
    labels_.push_back(labels);
  entries_.push_back({index, file, frame.usable});
  structures_.add(frame.structure);
  texts_.add(frame.text);
}

FrameStore::Cursor::Cursor(FrameStore const& store, std::vector<std::string> const& files,
                           bool with_text)
    : store_(store), files_(files), with_text_(with_text), structures_(store.structures_),
      texts_(store.texts_) {}

bool FrameStore::Cursor::next(Frame& frame, std::string& message) {
  Entry const& entry = store_.entries_[next_++];
  std::string_view const structure = structures_.next();
  if (!entry.usable) {
    message = std::string(structure);
    if (with_text_)
      texts_.skip();
    return false;
  }
  detail::ByteReader in(structure);
  read_structure(in, frame.structure);
  frame.structure.place.file = files_[entry.file];
  frame.info.clear();
  frame.columns.clear();
  if (with_text_) {
    detail::ByteReader text(texts_.next());
    read_text(text, frame);
  }
  return true;
}

LabelCounts const& FrameStore::Cursor::labels() const {
  return store_.labels_[store_.entries_[next_ - 1].labels];
}

int FrameStore::Cursor::file() const {
  return store_.entries_[next_ - 1].file;
}

} // namespace kolace
