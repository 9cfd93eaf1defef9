#pragma once

#include <chrono>
#include <string>

namespace kolace::apps {

/// Shows how far a long stage is, on the error stream: a bar with rate and time left on a terminal,
/// a line every ten seconds elsewhere.
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
