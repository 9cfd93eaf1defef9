#pragma once

#include <kolace/io/frame.hpp>

#include <string>
#include <vector>

/// @file What several subcommands say.

namespace kolace::apps {

/// Which labels were used, one line each, on the standard output.
void print_labels(LabelCounts const& labels);

/// The frames that were left out, one line each, on the error stream.
void warn_of_skipped(std::vector<std::string> const& messages);

} // namespace kolace::apps
