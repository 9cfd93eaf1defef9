// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <string>

namespace kolace::apps {

/// Shows the progress of a long stage on standard error: on a terminal a bar with rate and
/// remaining time, otherwise a line every ten seconds.
class ProgressBar {
public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar();
  void update(std::string const& stage, long done, long total);

private:
  using Clock = std::chrono::steady_clock;
  void finish_line();

  bool quiet_, terminal_, line_open_ = false;
  std::string stage_;
  Clock::time_point start_, last_;
};

} // namespace kolace::apps
