// SPDX-License-Identifier: BSD-3-Clause
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

/// @file
/// Messages shared by several subcommands.

namespace kolace::apps {

/// Prints the labels that were used, one line each, to standard output.
void print_labels(LabelCounts const& labels);

/// Prints the frames that were left out, one line each, to standard error.
void warn_of_skipped(std::vector<std::string> const& messages);

/// Prints "kolace: warning: ..." to standard error.
void warn(std::string const& message);

/// Prints a summary of a fit's data: choices made for the user, labels by key, frames left out.
void print_data(FitInput const& input, LabelCounts const& labels, LabelCounts const& test_labels,
                long n_dropped);

/// Reads a potential file and prints notes about it for the user.
AcePotential load_potential(std::string const& path);

/// Input of a fit.
struct SharedInput {
  FitInput input;
  std::optional<FactorSet> factors; ///< factors that replace the data
  double pairs = 0;                 ///< estimated, of the training data (pairs_within)
};

/// Reads an input on every rank. If reading fails on one rank or its data differ from those of the
/// others, all ranks end with that message.
/// @param factors a file of kolace assemble; empty: the data are read
SharedInput read_on_all(Communicator const& ranks, std::string const& path, FitInputOptions options,
                        std::string const& factors = "");

/// Options with which commands read data sets; large files are announced on standard error.
Dataset::Options reading(LabelKeys const& keys, bool skip_bad_frames, std::size_t memory_mb);

/// Estimated number of pairs within the cutoff (Angstrom) in a data set. Says so on standard error
/// if the neighbors of one structure take more than 1 GB.
/// @throws InputError if they do not fit into memory
double pairs_within(Dataset const& data, double cutoff, bool quiet);

/// Refuses outputs that would replace inputs or one another; empty names are ignored.
/// @throws InputError with the file name
void check_outputs(std::vector<std::string> const& inputs, std::vector<std::string> const& outputs);

/// Adds the plot as an SVG picture NAME.svg, and next to it a gnuplot script that draws it,
/// NAME.gp.
void add_plot(std::vector<OutputFile>& files, std::string const& svg, Plot const& plot);

/// Prints text to standard error; a closed stream is not an error.
void say(std::string const& text);

} // namespace kolace::apps
