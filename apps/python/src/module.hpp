#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/model/ace_potential.hpp>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>

/// @file What the sources of the Python module share.

namespace kolace::python {

namespace nb = nanobind;

/// Starts Kokkos where that has not happened; before every computation.
void initialize();

/// A view of the host as an array of numpy, which keeps its memory alive: no copy.
template <class View> nb::object as_array(View const& view) {
  auto* const keeper = new View(view);
  nb::capsule const owner(keeper, [](void* p) noexcept { delete static_cast<View*>(p); });
  std::size_t shape[View::rank];
  std::int64_t strides[View::rank];
  for (std::size_t d = 0; d < View::rank; ++d) {
    shape[d] = view.extent(d);
    strides[d] = static_cast<std::int64_t>(view.stride(d));
  }
  return nb::cast(nb::ndarray<nb::numpy, double>(view.data(), View::rank, shape, owner, strides));
}

/// A potential as Python sees it.
nb::object potential_object(AcePotential potential);

void add_evaluation(nb::module_& module);
void add_fitting(nb::module_& module);

} // namespace kolace::python
