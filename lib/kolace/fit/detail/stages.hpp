// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit.hpp>

#include <Kokkos_Timer.hpp>

namespace kolace::detail {

/// Times the stages of a fit and reports their progress.
class Stages {
public:
  Stages(std::vector<std::pair<std::string, double>>& seconds, StageProgress const& progress)
      : seconds_(seconds), progress_(progress) {}

  double seconds() const { return timer_.seconds(); }
  void restart() { timer_.reset(); }
  void done(char const* stage) {
    seconds_.emplace_back(stage, timer_.seconds());
    timer_.reset();
  }
  void tell(char const* stage, long done, long total) const {
    if (progress_)
      progress_(stage, done, total);
  }
  Progress of(char const* stage, long total) const {
    return [this, stage, total](long done) { tell(stage, done, total); };
  }

private:
  std::vector<std::pair<std::string, double>>& seconds_;
  StageProgress const& progress_;
  Kokkos::Timer timer_;
};

} // namespace kolace::detail
