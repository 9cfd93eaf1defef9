#pragma once

#include <kolace/analysis/plot.hpp>
#include <kolace/assembly/factor_set.hpp>
#include <kolace/comm/communicator.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/frame.hpp>

#include <optional>
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

/// What a fit's data were: labels by key, frames left out, keys of the input that do not matter.
void print_data(FitInput const& input, LabelCounts const& labels, LabelCounts const& test_labels,
                std::vector<std::string> const& skipped, long n_dropped);

/// Reads a potential file and says what the user should know of it.
AcePotential load_potential(std::string const& path);

/// Calls work() on every rank; where it throws an InputError on one, all end with that message.
template <class Work> void together(Communicator const& ranks, Work const& work) {
  std::string error;
  try {
    work();
  } catch (InputError const& e) {
    error = e.what();
    if (ranks.size() > 1)
      error += " (rank " + std::to_string(ranks.rank()) + ")";
  }
  ranks.fail_together(error);
}

/// What a fit starts from.
struct SharedInput {
  FitInput input;
  std::optional<FactorSet> factors; ///< of the data, in place of the data themselves
};

/// Reads an input on every rank; one that cannot, or that finds other data than the others, ends
/// all with its message.
/// @param factors a file of kolace assemble; empty: none, the data are read
SharedInput read_on_all(Communicator const& ranks, std::string const& path, FitInputOptions options,
                        std::string const& factors = "");

/// Outputs must not replace inputs or one another; empty names are passed over.
/// @throws InputError naming the file
void check_outputs(std::vector<std::string> const& inputs, std::vector<std::string> const& outputs);

/// Adds the plot as an SVG picture, and beside NAME.svg a gnuplot script that draws it, NAME.gp.
void add_plot(std::vector<OutputFile>& files, std::string const& svg, Plot const& plot);

/// Text on the error stream; a closed stream is no error.
void say(std::string const& text);

} // namespace kolace::apps
