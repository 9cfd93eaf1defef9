// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/sample_structures.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/extxyz.hpp>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

namespace kolace::test {

/// Extended XYZ text of rattled sample structures, labelled by a known potential.
inline std::string labelled(AcePotential const& truth, std::vector<int> const& numbers, int count,
                            bool virials) {
  std::vector<Structure> structures;
  for (int k = 0; k < count; ++k) {
    auto const samples = sample_structures(numbers);
    auto const& sample = samples[k % samples.size()];
    if (sample.name == "far_apart")
      continue;
    Structure s = sample.structure;
    for (std::size_t i = 0; i < s.n_atoms(); ++i)
      for (int d = 0; d < 3; ++d)
        s.positions[i][d] += 0.03 * std::sin(1. + 17 * k + 5. * i + d);
    structures.push_back(s);
  }
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  Evaluator<Space> evaluator(space, truth);
  auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
  std::ostringstream out;
  for (std::size_t k = 0; k < structures.size(); ++k) {
    structures[k].energy = predictions[k].energy;
    structures[k].forces = predictions[k].forces;
    if (virials && any_periodic(structures[k].cell))
      structures[k].virial = predictions[k].virial;
    structures[k].config_type = k % 2 ? "odd" : "even";
    write_extxyz(out, make_frame(structures[k]));
  }
  return out.str();
}

} // namespace kolace::test
