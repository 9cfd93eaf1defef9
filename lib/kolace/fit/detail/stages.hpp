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

private:
  std::vector<std::pair<std::string, double>>& seconds_;
  Kokkos::Timer timer_;
};

} // namespace kolace::detail
