// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/errors.hpp>

namespace kolace {

std::string Place::text() const {
  std::string result = file;
  if (line > 0)
    result += ":" + std::to_string(line);
  if (frame > 0)
    result += ": frame " + std::to_string(frame);
  return result;
}

} // namespace kolace
