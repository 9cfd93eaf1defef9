// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>

namespace kolace {

/// Location in a user's file. Frames and lines count from 1; 0 means unknown.
struct Place {
  std::string file;
  long frame = 0;
  long line = 0;

  /// "train.extxyz:4211: frame 17"
  std::string text() const;
};

/// Invalid user input. The message states the problem, its location, and what is accepted.
class InputError : public std::runtime_error {
public:
  explicit InputError(std::string const& message) : std::runtime_error(message) {}
  InputError(Place const& place, std::string const& message)
      : std::runtime_error(place.text() + ": " + message) {}
};

} // namespace kolace
