// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>

namespace kolace {

/// Location in a user's file. Frames and lines count from 1; 0 means unknown.
struct Place {
  std::string file; ///< path, or the name passed to Dataset::of_structures
  long frame = 0;   ///< frame in the file
  long line = 0;    ///< line in the file

  /// Beginning of messages, e.g. "train.extxyz:4211: frame 17"; unknown parts are left out.
  std::string text() const;
};

/// Invalid user input. The message states the problem, its location, and what is accepted.
class InputError : public std::runtime_error {
public:
  /// A complete message, with the place if there is one.
  explicit InputError(std::string const& message) : std::runtime_error(message) {}
  /// The message after the place, if it is known: "train.extxyz:4211: frame 17: message".
  InputError(Place const& place, std::string const& message)
      : std::runtime_error(place.text().empty() ? message : place.text() + ": " + message) {}
};

} // namespace kolace
