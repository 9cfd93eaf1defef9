#include <kolace/io/atomic_file.hpp>

#include <kolace/core/errors.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace kolace {

void write_file(std::string const& path, std::function<void(std::ostream&)> const& write) {
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
    std::filesystem::remove(temporary);
    throw InputError(path + ": " + error.code().message());
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

} // namespace kolace
