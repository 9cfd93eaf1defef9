// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace kolace::apps {

/// A usage error in the grammar of all messages, "option: problem (what is expected)". CLI11's
/// sentences have several grammars, list unknown arguments backwards and print ranges in full
/// precision.
/// @param arguments command line without the program
std::string usage_message(CLI::ParseError const& error, std::vector<std::string> const& arguments);

} // namespace kolace::apps
