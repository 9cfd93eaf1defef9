// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/register_blocks.hpp>
#include <kolace/evaluate/potential_graph.hpp>

/// @file
/// Passes over a PotentialGraph for the centers of one value of type T (lanes).

namespace kolace::detail {

/// FLOPs per center: 3 for each term of a step forward and 6 backward; 4 for each m of a product.
/// Rows of values and adjoints are read and written in cache.
template <class Space, class Scalar = double> struct GraphPasses {
  using T = typename LaneTraits<Space, Scalar>::type;
  using Column = BlockColumn<Space, Scalar>;
  using Graph = PotentialGraph<Space, Scalar>;
  static constexpr int m_block = Tuning<Space>::contract_m;

  Graph const& graph;
  typename Graph::Element const& element;
  Column rows, adjoint;

  KOKKOS_FUNCTION void forward() const {
    for (int s = element.first_step; s < element.last_step; ++s) {
      auto const step = graph.steps(s);
      auto const& coupling = graph.couplings(step.coupling);
      couple<false>(coupling.product, coupling.first_run, step.n_out, rows.from(step.left),
                    rows.from(step.right), rows.from(step.out));
    }
  }

  KOKKOS_FUNCTION void clear_adjoints() const {
    for (int row = 0; row < element.n_rows; ++row)
      adjoint.set(row, T(0.));
  }

  /// @pre adjoints of all nodes are complete except for contributions from later nodes
  KOKKOS_FUNCTION void backward() const {
    for (int s = element.last_step - 1; s >= element.first_step; --s) {
      auto const step = graph.steps(s);
      auto const& coupling = graph.couplings(step.coupling);
      Column const out = adjoint.from(step.out);
      int const run = coupling.first_run + step.n_out;
      couple<true>(coupling.left, run, step.n_left, out, rows.from(step.right),
                   adjoint.from(step.left));
      couple<true>(coupling.right, run + step.n_left, step.n_right, out, rows.from(step.left),
                   adjoint.from(step.right));
    }
  }

  /// Returns the density with coefficients c(entry) and s(single row), and adds its contributions
  /// to the adjoints.
  template <class C, class S> KOKKOS_FUNCTION T contract(C const& c, S const& s) const {
    T sum(0.);
    for (int k = element.first_row; k < element.last_row; ++k) {
      int const row = graph.single_rows(k);
      T const factor = s(k);
      sum += factor * rows[row];
      adjoint.add(row, factor);
    }
    for (int g = element.first_group; g < element.last_group; ++g) {
      auto const group = graph.groups(g);
      for_each_block<m_block>(group.count, [&](auto size, int m) {
        sum += contract_group<decltype(size)::value>(group, m, c);
      });
    }
    return sum;
  }

  /// Adds all densities to `density` [n], without adjoints.
  KOKKOS_FUNCTION void add_densities(int n, T* density) const {
    int const stride = graph.n_densities;
    for (int k = element.first_row; k < element.last_row; ++k) {
      T const value = rows[graph.single_rows(k)];
      for (int p = 0; p < n; ++p)
        density[p] += T(graph.single_coefficients(k * stride + p)) * value;
    }
    for (int g = element.first_group; g < element.last_group; ++g) {
      auto const group = graph.groups(g);
      Column const u = rows.from(group.u);
      for (int k = group.first; k < group.last; ++k) {
        Column const v = rows.from(graph.entries(k));
        T product(0.);
        for (int m = 0; m < group.count; ++m)
          product += u[m] * v[m];
        for (int p = 0; p < n; ++p)
          density[p] += T(graph.coefficients(k * stride + p)) * product;
      }
    }
  }

private:
  /// out_M = (adds: +=) sum over the terms of each M of value x y, from `first` on; their numbers
  /// are runs `run`, ...
  template <bool adds>
  KOKKOS_FUNCTION void couple(int first, int run, int n_out, Column x, Column y, Column out) const {
    typename Graph::Term const* term = graph.terms.data() + first;
    int const* const runs = graph.runs.data() + run;
    for (int M = 0; M < n_out; ++M) {
      T sum = adds ? out[M] : T(0.);
      for (auto const* const end = term + runs[M]; term != end; ++term)
        sum += T(term->value) * x.at(term->x)[0] * y.at(term->y)[0];
      out.set(M, sum);
    }
  }

  /// Products of a group for rows m .. m + count - 1; U and its adjoint stay in registers.
  template <int count, class C>
  KOKKOS_FUNCTION T contract_group(typename Graph::Group const& group, int m, C const& c) const {
    T u[count], sum[count];
    for (int k = 0; k < count; ++k) {
      u[k] = rows[group.u + m + k];
      sum[k] = T(0.);
    }
    for (int e = group.first; e < group.last; ++e) {
      T const factor = c(e);
      Column const v = rows.from(graph.entries(e) + m), of_v = adjoint.from(graph.entries(e) + m);
      for (int k = 0; k < count; ++k) {
        sum[k] += factor * v[k];
        of_v.add(k, factor * u[k]);
      }
    }
    T product(0.);
    for (int k = 0; k < count; ++k) {
      product += u[k] * sum[k];
      adjoint.add(group.u + m + k, sum[k]);
    }
    return product;
  }
};

} // namespace kolace::detail
