// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/elements.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/label_table.hpp>

#include <Kokkos_Core.hpp>

#include <vector>

namespace kolace {

/// Two atoms of a training structure that are pushed together: what molecular dynamics does beyond
/// the distances in the data.
struct ClosePair {
  Structure structure;
  int a = 0, b = 0;         ///< species, a <= b
  std::size_t i = 0, j = 0; ///< atoms
  Vec3 from_i_to_j{};       ///< Angstrom
  double share_of_i = 0.5;  ///< of the way; the rest is that of j

  double distance() const;
  /// The structure with the atoms moved toward each other until this fraction of the distance is
  /// left.
  Structure pushed(double fraction) const;
};

/// The closest pair of atoms of each pair of elements in each of up to six groups of structures, of
/// which both atoms move, or one of them. Looks at up to 300 structures, evenly spaced over the
/// data, with 2 to 200 atoms. With several elements there are fewer groups: at most 60 pairs, or
/// one per pair of elements.
/// @param records records of the data set's structures; dropped ones are skipped
/// @param shortest limits of the data, Angstrom [n_elements^2]: closer pairs are mistakes
std::vector<ClosePair> close_pairs(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                   ElementSet const& elements,
                                   std::vector<StructureRecord> const& records,
                                   std::vector<double> const& shortest);

} // namespace kolace
