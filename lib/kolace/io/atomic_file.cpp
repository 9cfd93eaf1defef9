// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/atomic_file.hpp>

#include <kolace/core/errors.hpp>

#include <zlib.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <streambuf>

#include <fcntl.h>
#include <unistd.h>

namespace kolace {

namespace {

/// Paths of this process's temporary files in static memory: a signal handler may not allocate.
struct Temporaries {
  static constexpr std::size_t most = 128;
  std::array<std::array<char, 4096>, most> paths{};
  std::array<std::atomic<bool>, most> used{};
};
Temporaries temporaries;

class RegisteredTemporary {
public:
  explicit RegisteredTemporary(std::string const& path) {
    if (path.size() >= temporaries.paths[0].size())
      return;
    for (slot_ = 0; slot_ < Temporaries::most; ++slot_) {
      bool free = false;
      if (!temporaries.used[slot_].load() && taken_[slot_].compare_exchange_strong(free, true)) {
        std::memcpy(temporaries.paths[slot_].data(), path.c_str(), path.size() + 1);
        temporaries.used[slot_].store(true);
        return;
      }
    }
  }
  ~RegisteredTemporary() {
    if (slot_ < Temporaries::most) {
      temporaries.used[slot_].store(false);
      taken_[slot_].store(false);
    }
  }
  RegisteredTemporary(RegisteredTemporary const&) = delete;

private:
  static inline std::array<std::atomic<bool>, Temporaries::most> taken_{};
  std::size_t slot_ = Temporaries::most;
};

extern "C" void remove_temporaries(int signal) {
  for (std::size_t k = 0; k < Temporaries::most; ++k)
    if (temporaries.used[k].load())
      ::unlink(temporaries.paths[k].data());
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

/// Stream buffer that writes a gzip-compressed file.
class GzipBuffer : public std::streambuf {
public:
  explicit GzipBuffer(std::string const& path) : file_(gzopen(path.c_str(), "wb6")) {}
  ~GzipBuffer() override { close(); }
  bool is_open() const { return file_ != nullptr; }
  bool close() {
    bool const fine = file_ && gzclose(file_) == Z_OK;
    file_ = nullptr;
    return fine;
  }

protected:
  int_type overflow(int_type c) override {
    char const byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(char const* text, std::streamsize n) override {
    return n == 0 ? 0 : gzwrite(file_, text, static_cast<unsigned>(n));
  }

private:
  gzFile file_;
};

/// Runs `write` on a new file, with or without compression. @return success
bool write_new(std::string const& path, bool gzip,
               std::function<void(std::ostream&)> const& write) {
  if (gzip) {
    GzipBuffer buffer(path);
    std::ostream out(&buffer);
    if (!buffer.is_open())
      return false;
    write(out);
    return out.good() && buffer.close();
  }
  std::ofstream out(path, std::ios::binary);
  if (!out)
    return false;
  write(out);
  out.flush();
  return out.good();
}

} // namespace

void remove_temporaries_on_signals() {
  for (int const signal : {SIGHUP, SIGINT, SIGTERM})
    ::signal(signal, remove_temporaries);
}

bool path_exists(std::string const& path) {
  std::error_code failed;
  return std::filesystem::exists(path, failed);
}

void check_writable(std::string const& path) {
  namespace fs = std::filesystem;
  fs::path const parent = fs::absolute(path).parent_path();
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
    throw InputError(path + ": is a folder (expected a file)");
  if (!fs::is_directory(parent, ignored))
    throw InputError(path + ": the folder " + parent.string() + " does not exist");
}

namespace {

/// Flushes a file or folder to disk; failures (some network file systems) are ignored.
void synchronize(std::string const& path, int flags) {
  int const file = ::open(path.c_str(), flags);
  if (file < 0)
    return;
  ::fsync(file);
  ::close(file);
}

} // namespace

std::string resolve_links(std::string const& path) {
  namespace fs = std::filesystem;
  constexpr int most_links = 40;
  std::error_code failed;
  fs::path target(path);
  for (int k = 0; k < most_links && fs::is_symlink(target, failed); ++k) {
    fs::path const next = fs::read_symlink(target, failed);
    if (failed)
      break;
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target.string();
}

void replace_file(std::string const& temporary, std::string const& path) {
  namespace fs = std::filesystem;
  std::error_code failed, ignored;
  synchronize(temporary, O_RDONLY);
  fs::rename(temporary, path, failed);
  if (failed == std::errc::cross_device_link) { // the path is a link to another disk
    std::string const near = path + ".part" + std::to_string(getpid());
    if (fs::copy_file(temporary, near, fs::copy_options::overwrite_existing, failed)) {
      synchronize(near, O_RDONLY);
      fs::rename(near, path, failed);
    }
    fs::remove(failed ? near : temporary, ignored);
  }
  if (failed) {
    fs::remove(temporary, ignored);
    throw InputError(path + ": " + failed.message());
  }
  synchronize(fs::absolute(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

void remove_with_leftovers(std::string const& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  fs::remove(path, ignored);
  fs::path const target = fs::absolute(path);
  std::string const start = target.filename().string() + ".part";
  for (fs::directory_iterator entry(target.parent_path(), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::string const name = entry->path().filename().string();
    std::string const number = name.starts_with(start) ? name.substr(start.size()) : "";
    if (number.empty() || number.find_first_not_of("0123456789") != number.npos)
      continue;
    auto const process = static_cast<pid_t>(std::strtol(number.c_str(), nullptr, 10));
    if (::kill(process, 0) != 0 && errno == ESRCH) // it has ended
      fs::remove(entry->path(), ignored);
  }
}

namespace {

/// A file that is first written next to its final path, and moved there when its whole set is
/// complete.
class StagedFile {
public:
  explicit StagedFile(std::string const& name)
      : name_(name), path_(resolve_links(name)),
        temporary_(path_ + ".part" + std::to_string(getpid())), registered_(temporary_) {}
  ~StagedFile() {
    std::error_code ignored;
    if (written_)
      std::filesystem::remove(temporary_, ignored);
  }
  StagedFile(StagedFile const&) = delete;

  void write(std::function<void(std::ostream&)> const& contents) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    // Links are followed to their target; devices and pipes cannot be replaced, only written to.
    if (fs::exists(path_, ignored) && !fs::is_regular_file(path_, ignored)) {
      std::ofstream out(path_, std::ios::binary);
      contents(out);
      out.flush();
      if (!out)
        throw InputError(name_ + ": cannot be written");
      return;
    }
    written_ = true;
    errno = 0;
    if (!write_new(temporary_, name_.ends_with(".gz"), contents))
      throw InputError(name_ + ": cannot be written" +
                       (errno ? std::string(": ") + std::strerror(errno) : ""));
    synchronize(temporary_, O_RDONLY);
  }

  void take_place() {
    if (written_)
      replace_file(temporary_, path_);
    written_ = false;
  }

private:
  std::string name_, path_, temporary_;
  RegisteredTemporary registered_;
  bool written_ = false;
};

} // namespace

void write_files(std::vector<OutputFile> const& files) {
  std::deque<StagedFile> staged;
  for (OutputFile const& file : files) {
    check_writable(file.path);
    staged.emplace_back(file.path).write(file.write);
  }
  for (StagedFile& file : staged)
    file.take_place();
}

void write_file(std::string const& path, std::function<void(std::ostream&)> const& write) {
  write_files({{path, write}});
}

} // namespace kolace
