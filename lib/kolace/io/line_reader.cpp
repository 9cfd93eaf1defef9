// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/line_reader.hpp>

#include <kolace/core/errors.hpp>

#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <vector>

namespace kolace {

struct LineReader::File {
  gzFile handle = nullptr;
  std::vector<char> buffer = std::vector<char>(1 << 18);
  std::size_t at = 0, end = 0;
  ~File() {
    if (handle)
      gzclose(handle);
  }
};

LineReader::LineReader(std::string const& path) : file_(std::make_unique<File>()), path_(path) {
  std::error_code failed;
  std::filesystem::file_status const status = std::filesystem::status(path, failed);
  if (is_directory(status))
    throw InputError(path + ": is a folder (expected a file)");
  if (exists(status) && !is_regular_file(status) && !is_fifo(status))
    throw InputError(path + ": is neither a file nor a pipe");
  file_->handle = gzopen(path.c_str(), "rb");
  if (!file_->handle)
    throw InputError(path + ": cannot be opened");
  gzbuffer(file_->handle, 1 << 17);
}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;

void LineReader::seek(std::uint64_t offset, long first_line) {
  if (gzseek(file_->handle, static_cast<z_off_t>(offset), SEEK_SET) < 0)
    throw InputError(path_ + ": cannot be read from the middle");
  file_->at = file_->end = 0;
  line_begin_ = line_end_ = offset;
  line_number_ = first_line - 1;
  again_ = false;
}

bool LineReader::is_compressed() const {
  return gzdirect(file_->handle) == 0;
}

bool LineReader::next(std::string_view& line) {
  if (again_) {
    again_ = false;
    line = line_;
    return true;
  }
  constexpr std::size_t longest = std::size_t{64} << 20;
  line_.clear();
  line_begin_ = line_end_;
  bool found = false;
  while (true) {
    if (file_->at == file_->end) {
      int const got =
          gzread(file_->handle, file_->buffer.data(), static_cast<unsigned>(file_->buffer.size()));
      int error = Z_OK;
      if (got < 0 || (got == 0 && (gzerror(file_->handle, &error), error == Z_BUF_ERROR)))
        throw InputError({path_, 0, line_number_ + 1}, "the file is damaged (gzip)");
      if (got == 0)
        break;
      file_->at = 0;
      file_->end = static_cast<std::size_t>(got);
    }
    found = true;
    char const* const begin = file_->buffer.data() + file_->at;
    std::size_t const left = file_->end - file_->at;
    auto const* newline = static_cast<char const*>(std::memchr(begin, '\n', left));
    std::size_t const take = newline ? static_cast<std::size_t>(newline - begin) : left;
    line_.append(begin, take);
    file_->at += take + (newline ? 1 : 0);
    line_end_ += take + (newline ? 1 : 0);
    if (newline)
      break;
    if (line_.size() > longest)
      throw InputError({path_, 0, line_number_ + 1}, "a line is longer than 64 MiB");
  }
  if (!found)
    return false;
  ++line_number_;
  if (!line_.empty() && line_.back() == '\r')
    line_.pop_back();
  line = line_;
  return true;
}

} // namespace kolace
