// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/completed.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/model/potential_sum.hpp>

#include <algorithm>

namespace kolace {
namespace {

/// The baseline with E0 set to zero: the sum has the E0 of the fit.
AcePotential below_of(AcePotential baseline, double spline_width) {
  std::fill(baseline.reference_energy.begin(), baseline.reference_energy.end(), 0.);
  baseline.spline_width = spline_width;
  return baseline;
}

} // namespace

AcePotential completed(AcePotential fitted, FitOptions const& options,
                       std::vector<double> const& shortest) {
  if (options.reference_potential)
    fitted = sum_of(below_of(*options.reference_potential, fitted.spline_width), fitted);
  if (!options.repulsion_below_data)
    return fitted;
  std::vector<double> known = shortest;
  for (std::size_t k = 0; k < options.reference_distances.size(); ++k)
    known[k] = std::min(known[k], options.reference_distances[k]);
  return with_zbl_below(std::move(fitted), known);
}

} // namespace kolace
