#pragma once

/// @file Evaluating a potential: what a simulation code needs. CMake component `evaluate`, whose
/// only dependencies are Kokkos and fmt.
///
/// * `AcePotential`: a potential, e.g. read by kolace/io.hpp (model/ace_potential.hpp)
/// * `Evaluator<Space>`: energies, forces, virials (evaluate/evaluator.hpp)
/// * `NeighborsView<Space>`: lists of neighbors as the caller has them
/// (neighbors/neighbors_view.hpp)
/// * `AtomicResults<Space>`: where results go (evaluate/atomic_results.hpp)
/// * `PointerListEvaluator`: lists given by pointers of the host (evaluate/pointer_lists.hpp)
/// * `ExtrapolationGrade<Space>`: how far atoms are outside of the training data
///   (evaluate/extrapolation.hpp)
/// * `Structure`, `predict()`: without lists of one's own (structure/structure.hpp)
/// * `NeighborList<Space>`: lists made here (neighbors/neighbor_list.hpp)
/// * `missing_device()`: why Kokkos cannot start on this machine (core/device.hpp)

#include <kolace/core/config.hpp>
#include <kolace/core/device.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/version.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/evaluate/pointer_lists.hpp>
#include <kolace/structure/structure_batch.hpp>
