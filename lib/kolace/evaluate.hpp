// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Evaluation of potentials, as a simulation code needs it. CMake component `evaluate`; it
/// depends only on Kokkos and fmt.
///
/// * `AcePotential`: a potential, e.g. read by kolace/io.hpp (model/ace_potential.hpp)
/// * `Evaluator<Space>`: energies, forces, virials (evaluate/evaluator.hpp)
/// * `NeighborsView<Space>`: the caller's neighbor lists (neighbors/neighbors_view.hpp)
/// * `AtomicResults<Space>`: arrays that receive the results (evaluate/atomic_results.hpp)
/// * `PointerListEvaluator`: neighbor lists given as host pointers (evaluate/pointer_lists.hpp)
/// * `ExtrapolationGrade<Space>`: how far atoms lie outside the training set
///   (evaluate/extrapolation.hpp)
/// * `Structure` (structure/structure.hpp), `predict()`: evaluation without the caller's own lists
/// * `NeighborList<Space>`: neighbor lists built by the library (neighbors/neighbor_list.hpp)
/// * `missing_device()`: reason why Kokkos cannot start on this machine (core/device.hpp)

#include <kolace/core/config.hpp>
#include <kolace/core/device.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/version.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/evaluate/pointer_lists.hpp>
#include <kolace/structure/structure_batch.hpp>
