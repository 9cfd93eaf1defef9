#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/detail/yaml.hpp>

namespace kolace::detail {

/// The section fit.solver; `options` has the penalties of the loss already.
/// @throws InputError with file, line and key
SolverOptions read_solver(YamlValue const& solver, FitOptions const& options);

} // namespace kolace::detail
