#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/model/product_graph.hpp>
#include <kolace/model/radial_tables.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// Factors of the harmonics' recurrences (angular/harmonics.hpp).
template <class Space> struct HarmonicTables {
  Array<double const, Space> values;    ///< harmonic_recurrence
  Array<double const, Space> gradients; ///< solid_gradient_factors

  static HarmonicTables create(Space const& space, int l_max);
};

/// A basis as tables on a device: what evaluation needs. Cheap to copy.
template <class Space> struct DeviceBasis {
  RowLayout layout;
  int n_functions = 0;
  RadialTables<Space> radial;
  HarmonicTables<Space> harmonics;
  ProductGraph<Space> graph;

  KOKKOS_FUNCTION int n_elements() const { return layout.n_elements; }
  /// Of a center of element `center` and a neighbor of element `mu`.
  KOKKOS_FUNCTION int bond(int center, int mu) const { return center * layout.n_elements + mu; }

  /// @param spline_width distance of nodes of spline tables for g_k, Angstrom; 0: the functions
  ///        themselves
  static DeviceBasis create(Space const& space, AceBasis const& basis, double spline_width = 0);
  /// @param plans product_plans(basis)
  static DeviceBasis create(Space const& space, AceBasis const& basis, double spline_width,
                            std::vector<ProductPlan> const& plans);
};

} // namespace kolace
