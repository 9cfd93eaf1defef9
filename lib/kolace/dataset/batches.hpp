// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>

#include <vector>

namespace kolace {

/// Calls visit(std::vector<Structure> const&) for batches of the structures that satisfy
/// wanted(index, structure), with indices from 0. Every batch but the last has at least
/// `atoms_per_batch` atoms.
template <class Wanted, class Visit>
void for_each_batch(Dataset const& dataset, std::size_t atoms_per_batch, Wanted const& wanted,
                    Visit const& visit) {
  std::vector<Structure> structures;
  std::size_t n_atoms = 0;
  auto const flush = [&] {
    if (!structures.empty())
      visit(structures);
    structures.clear();
    n_atoms = 0;
  };
  long index = 0;
  dataset.for_each_structure([&](Frame& frame) {
    if (!wanted(index++, frame.structure))
      return;
    n_atoms += frame.structure.n_atoms();
    structures.push_back(std::move(frame.structure));
    if (n_atoms >= atoms_per_batch)
      flush();
  });
  flush();
}

} // namespace kolace
