#pragma once

#include <kolace/analysis/plot.hpp>
#include <kolace/io/frame.hpp>

#include <string>
#include <vector>

/// @file What several subcommands say.

namespace kolace::apps {

/// Which labels were used, one line each, on the standard output.
void print_labels(LabelCounts const& labels);

/// The frames that were left out, one line each, on the error stream.
void warn_of_skipped(std::vector<std::string> const& messages);

/// "kolace: warning: ..." on the error stream.
void warn(std::string const& message);

/// The plot as an SVG picture, and beside NAME.svg a gnuplot script that draws it, NAME.gp.
void write_plot(std::string const& svg, Plot const& plot);

/// Text on the error stream; a closed stream is no error.
void say(std::string const& text);

} // namespace kolace::apps
