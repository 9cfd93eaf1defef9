#include "result_folder.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/io/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace kolace::apps {
namespace {

namespace fs = std::filesystem;

/// What every fit wrote before report.json listed its files.
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

/// Files that the folder's report.json says were written with it; empty where it is of another
/// program.
std::vector<std::string> files_of_report(fs::path const& report) {
  std::ifstream in(report);
  nlohmann::json const json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object() || !json.contains("git_hash") || !json.contains("schema"))
    return {};
  if (!json.contains("files"))
    return usual_files;
  std::vector<std::string> files;
  if (json["files"].is_array())
    for (auto const& name : json["files"])
      if (name.is_string() && !name.get<std::string>().empty() &&
          fs::path(name.get<std::string>()).filename() == name.get<std::string>())
        files.push_back(name);
  return files;
}

bool contains(std::vector<std::string> const& list, std::string const& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

ResultFolder::ResultFolder(std::string folder, std::vector<std::string> inputs)
    : folder_(std::move(folder)), inputs_(std::move(inputs)) {
  std::error_code failed;
  is_new_ = !fs::exists(folder_, failed);
  fs::create_directories(folder_, failed);
  if (failed)
    throw InputError(folder_ + ": the folder cannot be made: " + failed.message());
  std::string const probe = path(".kolace-probe");
  {
    std::ofstream out(probe);
    if (!out)
      throw InputError(folder_ + ": nothing can be written there (no permission, or the disk is "
                                 "full)");
  }
  fs::remove(probe, failed);
  earlier_ = files_of_report(path("report.json"));
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  if (is_new_ && written_.empty())
    fs::remove(folder_, ignored);
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
        throw InputError(file + ": is an input of this command and would be replaced; name another "
                                "folder with -o");
    if (fs::exists(file, ignored) && !contains(earlier_, name))
      throw InputError(file +
                       ": was not written by an earlier run of kolace and would be replaced; "
                       "name another folder with -o");
  }
}

void ResultFolder::write(std::string const& name, std::function<void(std::ostream&)> const& write) {
  write_file(path(name), write);
  written_.push_back(name);
}

void ResultFolder::remove_stale() const {
  std::error_code ignored;
  for (std::string const& name : earlier_) {
    bool const is_input =
        std::any_of(inputs_.begin(), inputs_.end(), [&](std::string const& input) {
          return fs::equivalent(input, path(name), ignored);
        });
    if (!contains(written_, name) && !is_input)
      fs::remove(path(name), ignored);
  }
}

} // namespace kolace::apps
