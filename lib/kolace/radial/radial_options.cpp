// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/radial/radial_options.hpp>

#include <kolace/core/errors.hpp>

#include <cmath>

namespace kolace {

RadialKind radial_kind(std::string const& name) {
  if (name == "ChebExpCos")
    return RadialKind::ChebExpCos;
  if (name == "ChebPow")
    return RadialKind::ChebPow;
  if (name == "SBessel")
    return RadialKind::SBessel;
  if (name == "ChebLinear")
    return RadialKind::ChebLinear;
  if (name.starts_with("ACE.jl"))
    throw InputError(
        "radial basis '" + name +
        "' is a spline table of ACEpotentials.jl (expected ChebExpCos, ChebPow or SBessel)");
  throw InputError("radial basis '" + name +
                   "' is not supported (expected ChebExpCos, ChebPow or SBessel)");
}

std::string radial_name(RadialKind kind) {
  switch (kind) {
  case RadialKind::ChebExpCos:
    return "ChebExpCos";
  case RadialKind::ChebPow:
    return "ChebPow";
  case RadialKind::SBessel:
    return "SBessel";
  case RadialKind::ChebLinear:
    return "ChebLinear";
  }
  return {};
}

void check(RadialOptions const& options) {
  auto const require = [](bool fine, char const* message) {
    if (!fine)
      throw InputError(message);
  };
  require(std::isfinite(options.cutoff) && options.cutoff > 0, "rcut must be positive");
  require(options.cutoff_width >= 0 && options.cutoff_width <= options.cutoff,
          "dcut must lie between 0 and rcut");
  require(std::isfinite(options.lambda), "radparameters must be finite");
  require(options.kind == RadialKind::SBessel || options.lambda > 0,
          "radparameters: the first number must be positive");
  require(options.lambda <= 500, "radparameters must be at most 500");
  require(options.kind != RadialKind::ChebPow || options.lambda >= 1,
          "radparameters must be at least 1 for ChebPow, whose slope at the cutoff is infinite "
          "otherwise");
  require(options.size >= 1, "the number of radial functions must be at least 1");
  require(options.inner_cutoff >= 0 && options.inner_width >= 0,
          "r_in and delta_in must be non-negative");
  require(options.inner_cutoff == 0 || options.inner_width > 0,
          "delta_in must be positive if r_in is positive");
  require(options.inner_cutoff < options.cutoff, "r_in must be smaller than rcut");
}

} // namespace kolace
