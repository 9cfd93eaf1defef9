// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/frame.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

/// @file
/// Each function adds one subcommand and returns the function that runs it.

namespace kolace::apps {

using Run = std::function<void()>;

/// Adds --energy-key, --forces-key, --virial-key, --stress-key.
void add_label_options(CLI::App& command, LabelKeys& keys);

/// Adds --memory, in MB.
void add_memory_option(CLI::App& command, std::size_t& megabytes);

Run add_fit(CLI::App& app);
Run add_assemble(CLI::App& app);
Run add_merge(CLI::App& app);
Run add_evaluate(CLI::App& app);
Run add_activeset(CLI::App& app);
Run add_dimer(CLI::App& app);
Run add_basis(CLI::App& app);
Run add_export(CLI::App& app);
Run add_sweep(CLI::App& app);
Run add_template(CLI::App& app);
Run add_keys(CLI::App& app);
/// Explains the keys of a section of input.yaml, given by its path or the last part of it.
/// @throws InputError naming the sections
void print_keys(std::string const& section);
Run add_select(CLI::App& app);
Run add_bodyorder(CLI::App& app);
/// @param threads number of threads with which to start Kokkos' host backend; 0: its default
Run add_bench(CLI::App& app, int& threads);

} // namespace kolace::apps
