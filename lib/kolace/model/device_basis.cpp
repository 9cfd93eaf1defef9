// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/device_basis.hpp>

#include <kolace/angular/harmonics.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>

namespace kolace {

template <class Scalar, class Space>
Array<Scalar const, Space> harmonic_factors(Space const& space, int l_max) {
  auto const factors = harmonic_recurrence(l_max);
  std::vector<Scalar> const values(factors.begin(), factors.end());
  auto const result = copy_to_device(space, values, "kolace::model::harmonics");
  space.fence("kolace::model: host copy of the harmonics' factors goes out of scope");
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
          .harmonics = harmonic_factors<Scalar>(space, layout.l_max),
          .graph = ProductGraph<Space>::create(space, layout, plans)};
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template Array<double const, Space> harmonic_factors<double>(Space const&, int);                 \
  template Array<float const, Space> harmonic_factors<float>(Space const&, int);                   \
  template struct DeviceBasis<Space, double>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
