#include <kolace/io/atomic_file.hpp>

#include <kolace/core/errors.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace kolace {

void check_writable(std::string const& path) {
  namespace fs = std::filesystem;
  fs::path const parent = fs::absolute(path).parent_path();
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
    throw InputError(path + ": is a folder, a file is to be written");
  if (!fs::is_directory(parent, ignored))
    throw InputError(path + ": the folder " + parent.string() + " does not exist");
}

void write_file(std::string const& name, std::function<void(std::ostream&)> const& write) {
  namespace fs = std::filesystem;
  check_writable(name);
  std::error_code ignored;
  // Behind a link stands the file that is meant; devices and pipes cannot be replaced, only
  // written.
  fs::path const target = fs::weakly_canonical(name, ignored);
  std::string const path = ignored ? name : target.string();
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    std::ofstream out(path, std::ios::binary);
    write(out);
    out.flush();
    if (!out)
      throw InputError(name + ": cannot be written");
    return;
  }
  std::string const temporary = path + ".part" + std::to_string(getpid());
  try {
    std::ofstream out(temporary, std::ios::binary);
    if (!out)
      throw InputError(path + ": cannot be written");
    write(out);
    out.flush();
    if (!out)
      throw InputError(path + ": writing failed (disk full?)");
    out.close();
    std::filesystem::rename(temporary, path);
  } catch (std::filesystem::filesystem_error const& error) {
    std::filesystem::remove(temporary, ignored);
    throw InputError(path + ": " + error.code().message());
  } catch (...) {
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

} // namespace kolace
