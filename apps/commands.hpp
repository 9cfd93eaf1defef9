#pragma once

#include <CLI/CLI.hpp>

#include <functional>

/// @file Each function adds one subcommand and returns what runs it.

namespace kolace::apps {

using Run = std::function<void()>;

Run add_fit(CLI::App& app);
Run add_evaluate(CLI::App& app);
Run add_dimer(CLI::App& app);
Run add_basis(CLI::App& app);

} // namespace kolace::apps
