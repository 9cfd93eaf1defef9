// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace kolace {

/// A number with its noun, for messages: "1 thread", "2 threads", "0 energies".
/// @param noun an English noun with a regular plural, in the singular
inline std::string counted(long number, std::string_view noun) {
  std::string text = std::to_string(number) + ' ' + std::string(noun);
  if (number == 1)
    return text;
  if (text.ends_with('y')) {
    text.pop_back();
    return text + "ies";
  }
  return text + 's';
}

} // namespace kolace
