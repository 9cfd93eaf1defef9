#pragma once

#include <kolace/io/frame.hpp>

#include <CLI/CLI.hpp>

#include <functional>

/// @file Each function adds one subcommand and returns what runs it.

namespace kolace::apps {

using Run = std::function<void()>;

/// --energy-key, --forces-key, --virial-key, --stress-key.
void add_label_options(CLI::App& command, LabelKeys& keys);

Run add_fit(CLI::App& app);
Run add_evaluate(CLI::App& app);
Run add_dimer(CLI::App& app);
Run add_basis(CLI::App& app);

} // namespace kolace::apps
