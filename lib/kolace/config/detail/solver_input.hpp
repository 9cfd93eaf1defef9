// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/detail/yaml.hpp>

namespace kolace::detail {

/// Reads the section fit.solver; `options` already has the penalties of the loss.
/// @throws InputError with file, line and key
SolverOptions read_solver(YamlValue const& solver, FitOptions const& options);

} // namespace kolace::detail
