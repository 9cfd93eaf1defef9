// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/device_basis.hpp>

#include <kolace/angular/harmonics.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>

namespace kolace {

template <class Space, class Scalar>
HarmonicTables<Space, Scalar> HarmonicTables<Space, Scalar>::create(Space const& space, int l_max) {
  auto const recurrence = harmonic_recurrence(l_max), factors = solid_gradient_factors(l_max);
  std::vector<Scalar> const values(recurrence.begin(), recurrence.end()),
      gradients(factors.begin(), factors.end());
  HarmonicTables const result{copy_to_device(space, values, "kolace::model::harmonics"),
                              copy_to_device(space, gradients, "kolace::model::solid_gradients")};
  space.fence("kolace::model: host copies of the harmonics' factors go out of scope");
  return result;
}

template <class Space, class Scalar>
DeviceBasis<Space, Scalar>
DeviceBasis<Space, Scalar>::create(Space const& space, AceBasis const& basis, double spline_width) {
  return create(space, basis, spline_width, product_plans(basis));
}

template <class Space, class Scalar>
DeviceBasis<Space, Scalar>
DeviceBasis<Space, Scalar>::create(Space const& space, AceBasis const& basis, double spline_width,
                                   std::vector<ProductPlan> const& plans) {
  RowLayout const layout = row_layout(basis);
  return {.layout = layout,
          .n_functions = basis.size(),
          .radial = RadialTables<Space, Scalar>::create(space, basis.specification(), layout,
                                                        spline_width),
          .harmonics = HarmonicTables<Space, Scalar>::create(space, layout.l_max),
          .graph = ProductGraph<Space>::create(space, layout, plans)};
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template struct HarmonicTables<Space, double>;                                                   \
  template struct HarmonicTables<Space, float>;                                                    \
  template struct DeviceBasis<Space, double>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
