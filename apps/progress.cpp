// SPDX-License-Identifier: BSD-3-Clause
#include "progress.hpp"
#include "messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace kolace::apps {

namespace {

/// Unit that a stage counts.
char const* unit_of(std::string const& stage) {
  if (stage == "models" || stage == "ladder")
    return "models";
  if (stage == "iterations")
    return "iterations";
  return stage == "fingerprints" ? "structures" : "atoms";
}

} // namespace

ProgressBar::ProgressBar(bool quiet) : quiet_(quiet), terminal_(isatty(fileno(stderr)) != 0) {}

ProgressBar::~ProgressBar() {
  finish_line();
}

void ProgressBar::finish_line() {
  if (line_open_)
    say("\n");
  line_open_ = false;
}

void ProgressBar::update(std::string const& stage, long done, long total) {
  if (quiet_)
    return;
  auto const now = Clock::now();
  if (stage != stage_) {
    finish_line();
    stage_ = stage;
    start_ = now;
    last_ = now - std::chrono::hours(terminal_ ? 1 : 0);
  }
  double const since_last = std::chrono::duration<double>(now - last_).count();
  bool const complete = done >= total;
  if (since_last < (terminal_ ? 0.2 : 10) && !(complete && terminal_))
    return;
  last_ = now;
  double const seconds = std::max(std::chrono::duration<double>(now - start_).count(), 1e-9);
  double const rate = static_cast<double>(done) / seconds;
  double const share =
      total > 0 ? std::min(1., static_cast<double>(done) / static_cast<double>(total)) : 1;
  double const left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  if (terminal_) {
    int const filled = static_cast<int>(share * 30);
    say(fmt::format("\r{:<12} [{:<30}] {:3.0f}%  {:>9.0f} {}/s  {:>5.0f} s left ", stage_,
                    std::string(filled, '#'), 100 * share, rate, unit_of(stage_),
                    std::max(left, 0.)));
    std::fflush(stderr);
    line_open_ = true;
  } else {
    say(fmt::format("{}: {} of {} {}, {:.0f} {}/s, {:.0f} s left\n", stage_, done, total,
                    unit_of(stage_), rate, unit_of(stage_), std::max(left, 0.)));
  }
}

} // namespace kolace::apps
