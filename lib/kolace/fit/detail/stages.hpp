// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Timer.hpp>

#include <string>
#include <utility>
#include <vector>

namespace kolace::detail {

/// Times the stages of a fit.
class Stages {
public:
  explicit Stages(std::vector<std::pair<std::string, double>>& seconds) : seconds_(seconds) {}

  double seconds() const { return timer_.seconds(); }
  void restart() { timer_.reset(); }
  void done(char const* stage) {
    seconds_.emplace_back(stage, timer_.seconds());
    timer_.reset();
  }
  /// Ends a stage of which `seconds` were spent on another one.
  void done(char const* stage, char const* part, double seconds) {
    seconds_.emplace_back(stage, timer_.seconds() - seconds);
    seconds_.emplace_back(part, seconds);
    timer_.reset();
  }

private:
  std::vector<std::pair<std::string, double>>& seconds_;
  Kokkos::Timer timer_;
};

} // namespace kolace::detail
