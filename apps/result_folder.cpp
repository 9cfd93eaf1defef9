// SPDX-License-Identifier: BSD-3-Clause
#include "result_folder.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/io/atomic_file.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kolace::apps {
namespace {

namespace fs = std::filesystem;

/// Files of a fit for reports that do not list their files.
std::vector<std::string> const usual_files = {"potential.yaml",
                                              "potential.yace",
                                              "report.json",
                                              "input.yaml",
                                              "report.html",
                                              "potential.kolace.yaml",
                                              "learning_curve.csv",
                                              "ladder.csv",
                                              "train_predictions.extxyz",
                                              "test_predictions.extxyz"};

/// The folder's manifest; null if there is none or if another program wrote it.
nlohmann::json read_manifest(fs::path const& path) {
  std::ifstream in(path);
  nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
  bool const ours = json.is_object() && (json.contains("schema") || json.contains("rms_by_rank"));
  return ours ? json : nlohmann::json();
}

/// Files of the run that wrote the manifest.
std::vector<std::string> files_of_manifest(nlohmann::json const& json) {
  if (json.is_null())
    return {};
  using Names = std::vector<std::string>;
  if (!json.contains("files")) { // written by an earlier version
    if (json.contains("git_hash"))
      return usual_files;
    if (json.contains("models"))
      return Names{"sweep.csv", "sweep.json", "sweep.svg", "sweep.gp"};
    if (json.contains("rms_by_rank"))
      return Names{"v2.csv", "v2.svg", "v2.gp", "v3.csv", "v4.csv", "bodyorder.json"};
    return {};
  }
  std::vector<std::string> files;
  if (json["files"].is_array())
    for (auto const& name : json["files"])
      if (name.is_string() && !name.get<std::string>().empty() &&
          fs::path(name.get<std::string>()).filename() == name.get<std::string>())
        files.push_back(name);
  return files;
}

constexpr char const* staging_folder = ".kolace-new";
constexpr char const* lock_file = ".kolace-lock";
constexpr char const* commit_file = "commit.json"; ///< files to be moved, once all are written

std::uint32_t checksum_of(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> buffer(1 << 20);
  uLong sum = ::crc32(0, nullptr, 0);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0)
    sum = ::crc32(sum, reinterpret_cast<unsigned char const*>(buffer.data()),
                  static_cast<uInt>(in.gcount()));
  return static_cast<std::uint32_t>(sum);
}

/// Writes the output of `write`, and the run's name in the form that the file type allows.
void write_with_run(std::ostream& out, std::string const& name, std::string const& run,
                    std::function<void(std::ostream&)> const& write) {
  std::string const kind = run.empty() ? "" : fs::path(name).extension().string();
  if (kind != ".csv") {
    write(out);
    if (kind == ".svg" || kind == ".html")
      out << "<!-- kolace, run " << run << " -->\n";
    else if (kind == ".gp")
      out << "# kolace, run " << run << "\n";
    return;
  }
  std::stringstream table;
  write(table);
  std::string line;
  for (bool header = true; std::getline(table, line); header = false)
    out << line << (header ? ",run" : "," + run) << "\n";
}

bool contains(std::vector<std::string> const& list, std::string const& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

ResultFolder::ResultFolder(std::string folder, std::vector<std::string> inputs,
                           std::string const& manifest)
    : folder_(std::move(folder)), manifest_(manifest), inputs_(std::move(inputs)) {
  std::error_code failed;
  is_new_ = !fs::exists(folder_, failed);
  fs::create_directories(folder_, failed);
  if (failed)
    throw InputError(folder_ + ": the folder cannot be created: " + failed.message());
  lock();
  try {
    complete_earlier_run();
    fs::create_directory(path(staging_folder));
    write_file(staged("probe"), [](std::ostream& out) { out << "kolace\n"; });
    fs::remove(staged("probe"));
  } catch (std::exception const& error) {
    fs::remove(path(lock_file), failed);
    ::close(lock_);
    throw InputError(folder_ + ": the folder is not writable: " + error.what());
  }
  nlohmann::json const earlier = read_manifest(path(manifest));
  earlier_ = files_of_manifest(earlier);
  if (earlier.contains("checksums") && earlier["checksums"].is_object())
    for (auto const& [name, checksum] : earlier["checksums"].items())
      if (checksum.is_string())
        earlier_checksums_[name] = checksum;
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  if (!fs::exists(staged(commit_file), ignored))
    fs::remove_all(path(staging_folder), ignored);
  fs::remove(path(lock_file), ignored); // removed while the lock is held
  ::close(lock_);
  if (is_new_)
    fs::remove(folder_, ignored); // succeeds only if the folder is empty
}

/// The lock is a file that is removed after the run. If another run removes it between open and
/// lock, the lock does not count and is taken again.
void ResultFolder::lock() {
  std::string const file = path(lock_file);
  while (true) {
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0)
      throw InputError(folder_ + ": the folder is not writable: " + std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      bool const taken = errno == EWOULDBLOCK;
      if (!taken) // the file system does not support locks
        return;
      ::close(lock_);
      throw InputError(
          folder_ +
          ": another kolace process is writing to this folder; choose another one with -o");
    }
    struct stat mine {
    }, current{};
    if (::fstat(lock_, &mine) == 0 && ::stat(file.c_str(), &current) == 0 &&
        mine.st_ino == current.st_ino)
      return;
    ::close(lock_);
  }
}

std::string ResultFolder::staged(std::string const& name) const {
  return (fs::path(folder_) / staging_folder / name).string();
}

void ResultFolder::complete_earlier_run() {
  std::error_code ignored;
  if (std::ifstream in(staged(commit_file)); in) {
    nlohmann::json const commit = nlohmann::json::parse(in, nullptr, false);
    if (commit.is_object() && commit.contains("files") && commit.contains("stale"))
      put_in_place(commit["files"], commit["stale"]);
  }
  fs::remove_all(path(staging_folder), ignored);
}

std::string ResultFolder::path(std::string const& name) const {
  return (fs::path(folder_) / name).string();
}

void ResultFolder::check(std::vector<std::string> const& names) const {
  std::error_code ignored;
  for (std::string const& name : names) {
    std::string const file = path(name);
    check_writable(file);
    for (std::string const& input : inputs_)
      if (fs::equivalent(input, file, ignored))
        throw InputError(
            file +
            ": is an input of this command and would be replaced; choose another folder with -o");
    if (fs::exists(file, ignored) && !contains(earlier_, name))
      throw InputError(file + ": was not written by an earlier run of kolace and would be "
                              "replaced; choose another folder with -o");
    if (auto const known = earlier_checksums_.find(name);
        known != earlier_checksums_.end() && fs::exists(file, ignored) &&
        known->second != fmt::format("{:08x}", checksum_of(file)))
      throw InputError(file + ": has changed since an earlier run of kolace wrote it and would be "
                              "replaced; move it or choose another folder with -o");
  }
}

void ResultFolder::write(std::string const& name, std::function<void(std::ostream&)> const& write) {
  write_file(staged(name), [&](std::ostream& out) { write_with_run(out, name, run_, write); });
  checksums_[name] = checksum_of(staged(name));
  written_.push_back(name);
}

void ResultFolder::write(std::string const& name, std::string const& text) {
  write(name, [&](std::ostream& out) { out << text; });
}

void ResultFolder::put_in_place(std::vector<std::string> const& names,
                                std::vector<std::string> const& stale) {
  std::error_code ignored;
  for (std::string const& name : names)
    if (fs::exists(staged(name), ignored)) // otherwise it has already been moved
      replace_file(staged(name), resolve_links(path(name)));
  for (std::string const& name : stale)
    fs::remove(path(name), ignored);
}

void ResultFolder::finish() {
  std::error_code ignored;
  std::vector<std::string> stale;
  for (std::string const& name : earlier_) {
    bool const is_input =
        std::any_of(inputs_.begin(), inputs_.end(), [&](std::string const& input) {
          return fs::equivalent(input, path(name), ignored);
        });
    if (!contains(written_, name) && !is_input)
      stale.push_back(name);
  }
  write_file(staged(commit_file), [&](std::ostream& out) {
    out << nlohmann::json{{"files", written_}, {"stale", stale}}.dump() << "\n";
  });
  put_in_place(written_, stale);
  fs::remove_all(path(staging_folder), ignored);
}

void ResultFolder::finish(nlohmann::ordered_json contents) {
  contents["schema"] = 1;
  contents["run"] = run_;
  contents["files"] = written_;
  contents["files"].push_back(manifest_);
  for (auto const& [name, checksum] : checksums_)
    contents["checksums"][name] = fmt::format("{:08x}", checksum);
  write(manifest_, contents.dump(2) + "\n");
  finish();
}

} // namespace kolace::apps
