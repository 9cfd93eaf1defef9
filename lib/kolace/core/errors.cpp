#include <kolace/core/errors.hpp>

namespace kolace {

std::string Place::text() const {
  std::string result = file;
  if (frame > 0)
    result += ", frame " + std::to_string(frame);
  if (line > 0)
    result += ", line " + std::to_string(line);
  return result;
}

} // namespace kolace
