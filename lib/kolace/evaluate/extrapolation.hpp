// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/active_set.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

#include <memory>
#include <span>
#include <vector>

namespace kolace {

/// Extrapolation grades of atoms with respect to an active set: they tell which environments lie
/// outside the training set. Holds tables and workspace; an object serves one execution space
/// instance at a time. Movable, not copyable.
template <class Space> class ExtrapolationGrade {
public:
  /// @param spline_width node distance of the spline tables of g_k, Angstrom; 0: evaluate the
  /// functions exactly
  /// @throws InputError for a canonical basis, or an active set with other elements or another
  /// number of functions
  ExtrapolationGrade(Space const& space, std::shared_ptr<AceBasis const> const& basis,
                     ActiveSet const& active_set, double spline_width = 0);
  /// @cond
  ~ExtrapolationGrade();
  ExtrapolationGrade(ExtrapolationGrade&&) noexcept;
  ExtrapolationGrade& operator=(ExtrapolationGrade&&) noexcept;
  /// @endcond

  /// The basis passed to the constructor.
  AceBasis const& basis() const;

  /// Overwrites grades [by atom, as AtomicResults::energies] with those of the centers, 0 for other
  /// atoms. The last kernels may still run on return. 2 N^2 FLOPs per center with N functions.
  void operator()(Space const& space, NeighborsView<Space> const& pairs,
                  Array<double, Space> const& grades);

private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

/// Grades of all atoms of each structure, evaluated as one batch.
template <class Space>
std::vector<std::vector<double>> extrapolation_grades(Space const& space,
                                                      ExtrapolationGrade<Space>& grade,
                                                      std::span<Structure const> structures);

} // namespace kolace
