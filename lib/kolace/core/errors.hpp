#pragma once

#include <stdexcept>
#include <string>

namespace kolace {

/// Where in a user's file something stands. Frames and lines count from 1; 0 means unknown.
struct Place {
  std::string file;
  long frame = 0;
  long line = 0;

  /// "train.extxyz:4211: frame 17"
  std::string text() const;
};

/// Something the user gave cannot be used; the message says what, where, and what is accepted.
class InputError : public std::runtime_error {
public:
  explicit InputError(std::string const& message) : std::runtime_error(message) {}
  InputError(Place const& place, std::string const& message)
      : std::runtime_error(place.text() + ": " + message) {}
};

} // namespace kolace
