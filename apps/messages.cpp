#include "messages.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace kolace::apps {

void print_labels(LabelCounts const& labels) {
  for (auto const& [label, count] : labels)
    fmt::print("{} ({} frames)\n", label, count);
}

void warn_of_skipped(std::vector<std::string> const& messages) {
  if (messages.empty())
    return;
  fmt::print(stderr, "kolace: warning: {} bad frames left out:\n", messages.size());
  for (auto const& message : messages)
    fmt::print(stderr, "  {}\n", message);
}

} // namespace kolace::apps
