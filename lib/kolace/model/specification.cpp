// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/specification.hpp>

namespace kolace {

std::optional<InnerCutoff> inner_cutoff(std::string const& name) {
  for (InnerCutoff const type : {InnerCutoff::distance, InnerCutoff::density, InnerCutoff::zbl})
    if (name == inner_cutoff_name(type))
      return type;
  return {};
}

std::string inner_cutoff_name(InnerCutoff type) {
  switch (type) {
  case InnerCutoff::density:
    return "density";
  case InnerCutoff::zbl:
    return "zbl";
  default:
    return "distance";
  }
}

std::optional<Embedding> embedding_function(std::string const& name) {
  for (Embedding const f : {Embedding::FinnisSinclair, Embedding::FinnisSinclairShiftedScaled})
    if (name == embedding_name(f))
      return f;
  return {};
}

std::string embedding_name(Embedding function) {
  return function == Embedding::FinnisSinclair ? "FinnisSinclair" : "FinnisSinclairShiftedScaled";
}

RadialOptions BondSpecification::effective_radial() const {
  RadialOptions options = radial;
  if (inner_cutoff_type == InnerCutoff::distance) {
    options.inner_cutoff = r_in;
    options.inner_width = delta_in;
  }
  return options;
}

} // namespace kolace
