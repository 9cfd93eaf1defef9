// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/design/detail/reverse_tables.hpp>
#include <kolace/evaluate/detail/evaluator_state.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/device_basis.hpp>

/// @file
/// FLOPs of the kernels, counted from their tables (the formulas are in the kernels'
///   comments).

namespace kolace::bench {

template <class View> auto on_host(View const& view) {
  return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
}

/// Numbers that determine the work for a basis of one element.
template <class Space> struct WorkCount {
  double radial, harmonics, products; ///< K, M, N M
  double product_flops = 0;           ///< per center: the product graph
  double value_flops = 0;             ///< per center: B from its rows
  double slot_flops = 0;    ///< per center: one fused multiply-add for each m of each slot
  double reverse_flops = 0; ///< per pair: sums over neighbors' derivative nodes
  double slots = 0;

  explicit WorkCount(DeviceBasis<Space> const& basis)
      : radial(basis.layout.n_radial), harmonics(basis.layout.n_harmonics()),
        products(basis.layout.n_max * static_cast<double>(basis.layout.n_harmonics())) {
    auto const steps = on_host(basis.graph.steps);
    for (std::size_t s = 0; s < steps.extent(0); ++s)
      product_flops += 3. * (steps(s).last_term - steps(s).first_term);
    auto const functions = on_host(basis.graph.functions);
    for (std::size_t f = 0; f < functions.extent(0); ++f)
      value_flops += functions(f).v < 0 ? 1 : 2. * functions(f).count;
    auto const table = on_host(basis.graph.slots);
    for (std::size_t s = 0; s < table.extent(0); ++s)
      slot_flops += 2. * table(s).count;
  }

  /// Also counts the tables of design rows.
  WorkCount(DeviceBasis<Space> const& basis, detail::ReverseTables<Space> const& reverse)
      : WorkCount(basis) {
    auto const groups = on_host(reverse.groups);
    for (std::size_t g = 0; g < groups.extent(0); ++g)
      reverse_flops += groups(g).size * (groups(g).l == 0 ? 3 + 6. * groups(g).n_count
                                                          : 8. * (2 * groups(g).l + 1) + 3 +
                                                                12. * groups(g).n_count);
    slots = static_cast<double>(reverse.slots.extent(0));
  }

  /// FLOPs of energy and force rows: tables twice with gradients, atomic basis with derivatives,
  /// own rows, reverse sums and their slots.
  double rows(double n_centers, double n_pairs) const {
    double const tables = 2 * (9 * radial + 30 * harmonics);
    return n_pairs * (tables + 14 * products + 9 * harmonics + 7 * radial + reverse_flops) +
           n_centers * (product_flops + value_flops + 3 * slot_flops + 6 * slots);
  }
};

/// FLOPs of energies and forces of a fixed potential of one element. Per center: its graph forward
/// and backward; per pair: tables twice, the sums of rank 1 once, atomic basis, contraction and
/// gradients.
template <class Space>
double evaluation_flops(Evaluator<Space> const& evaluator, double n_centers, double n_pairs) {
  auto const& graph = evaluator.state().graph;
  auto const steps = on_host(graph.steps);
  auto const couplings = on_host(graph.couplings);
  auto const groups = on_host(graph.groups);
  double center = 0;
  for (std::size_t s = 0; s < steps.extent(0); ++s)
    center += 3. * (couplings(steps(s).coupling).end - couplings(steps(s).coupling).product);
  for (std::size_t g = 0; g < groups.extent(0); ++g)
    center += groups(g).count * (4. * (groups(g).last - groups(g).first) + 3);
  RowLayout const& layout = evaluator.state().basis.layout;
  double const harmonics = layout.n_harmonics(), products = layout.n_max * harmonics;
  int terms = 0;
  for (BasisFunction const& f : evaluator.potential().basis->functions())
    terms += f.rank() == 1;
  return n_centers * center + n_pairs * (18. * layout.n_max + 3 * harmonics + 8. * terms +
                                         6 * products + 10 * harmonics);
}

} // namespace kolace::bench
