// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/label_table.hpp>
#include <kolace/fit/scan_path.hpp>
#include <kolace/structure/element_set.hpp>

#include <Kokkos_Core.hpp>

#include <vector>

namespace kolace {

/// Paths on which the closest pair of atoms of each pair of elements in each of up to six groups of
/// structures is pushed together to 0.7 of its distance: both atoms move, or one of them. Looks at
/// up to 300 structures, evenly spaced over the data, with 2 to 200 atoms. With several elements
/// there are fewer groups: at most 60 pairs, or one per pair of elements.
/// @param records records of the data set's structures; dropped ones are skipped
/// @param shortest limits of the data, Angstrom [n_elements^2]: closer pairs are mistakes
std::vector<ScanPath> close_pairs(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                  ElementSet const& elements,
                                  std::vector<StructureRecord> const& records,
                                  std::vector<double> const& shortest);

} // namespace kolace
