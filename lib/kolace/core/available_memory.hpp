// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace kolace {

/// Memory that is free on this machine, bytes (MemAvailable of Linux); 0: unknown.
inline std::size_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::size_t kilobytes = 0;
  while (file >> key >> kilobytes) {
    if (key == "MemAvailable:")
      return kilobytes * 1024;
    file.ignore(1000, '\n');
  }
  return 0;
}

} // namespace kolace
