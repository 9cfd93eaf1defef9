#include <kolace/model/specification.hpp>

namespace kolace {

RadialOptions BondSpecification::effective_radial() const {
  RadialOptions options = radial;
  if (inner_cutoff_type == "distance") {
    options.inner_cutoff = r_in;
    options.inner_width = delta_in;
  }
  return options;
}

} // namespace kolace
