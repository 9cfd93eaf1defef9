// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/model/ace_potential.hpp>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <utility>
#include <vector>

/// @file
/// Declarations shared by the sources of the Python module.

namespace kolace::python {

namespace nb = nanobind;

/// Starts Kokkos unless it is running; call it before every computation.
void initialize();

/// A host view as a numpy array without a copy; the array keeps the view's memory alive.
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

/// Numbers as a numpy array that owns them.
inline nb::object as_array(std::vector<double> values) {
  auto* const keeper = new std::vector<double>(std::move(values));
  nb::capsule const owner(keeper,
                          [](void* p) noexcept { delete static_cast<std::vector<double>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, double>(keeper->data(), {keeper->size()}, owner));
}

/// A potential as a Python object.
nb::object potential_object(AcePotential potential);

void add_evaluation(nb::module_& module);
void add_fitting(nb::module_& module);

} // namespace kolace::python
