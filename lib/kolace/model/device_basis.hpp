// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/model/product_graph.hpp>
#include <kolace/model/radial_tables.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// harmonic_recurrence() on a device.
template <class Scalar, class Space>
Array<Scalar const, Space> harmonic_factors(Space const& space, int l_max);

/// A basis as tables on a device, as evaluation needs it. Scalar: type of the values. Cheap to
/// copy.
template <class Space, class Scalar = double> struct DeviceBasis {
  RowLayout layout;
  int n_functions = 0;
  RadialTables<Space, Scalar> radial;
  Array<Scalar const, Space> harmonics; ///< harmonic_factors()
  ProductGraph<Space> graph;

  KOKKOS_FUNCTION int n_elements() const { return layout.n_elements; }
  /// Bond of a center of element `center` with a neighbor of element `mu`.
  KOKKOS_FUNCTION int bond(int center, int mu) const { return center * layout.n_elements + mu; }

  /// @param spline_width node distance of the spline tables of g_k, Angstrom; 0: evaluate the
  /// functions exactly
  static DeviceBasis create(Space const& space, AceBasis const& basis, double spline_width = 0);
  /// @param plans product_plans(basis)
  static DeviceBasis create(Space const& space, AceBasis const& basis, double spline_width,
                            std::vector<ProductPlan> const& plans);
};

} // namespace kolace
