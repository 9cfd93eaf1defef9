// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/active_set.hpp>

#include <Kokkos_Core.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Chooses as many rows as there are columns so that their determinant is as large as exchanges of
/// single rows can make it (MaxVol: Goreinov et al., 2010). Rows are added in batches; only the
/// chosen ones are stored. The initial rows are placeholders, a small multiple of the unit matrix.
/// A placeholder that no row exceeds remains, so directions in which the rows do not vary can be
/// recognized.
class MaxVolume {
public:
  /// Origin of a row.
  struct Origin {
    long structure = -1; ///< -1: a placeholder or a member of the initial set
    long atom = 0;
    bool operator==(Origin const&) const = default;
  };

  /// @param scale scale of each column, positive; columns are divided by it
  MaxVolume(std::vector<double> scale, double placeholder = 1e-6);

  /// Starts from another set, given by its inverse (ActiveSet::inverses).
  MaxVolume(std::vector<double> scale, std::vector<double> const& inverse);

  int size() const { return n_; }

  /// With a smaller gain, rounding could make the exchanges go on forever.
  static constexpr double least_threshold = 1.0001;

  /// Exchanges members for these rows as long as an exchange multiplies the determinant by more
  /// than `threshold`.
  /// @param rows [n_rows][n], column-major
  /// @return number of exchanges
  long add(std::vector<double> const& rows, std::vector<Origin> const& origins, double threshold);

  /// Recomputes the inverse, in which the updates by exchanges accumulate rounding errors.
  void refresh();

  std::vector<Origin> const& members() const { return members_; }
  /// The inverse for unscaled columns, as in ActiveSet::inverses.
  std::vector<double> inverse() const;
  /// Largest |row X| over all rows of the last call of add(), before its exchanges.
  double largest() const { return largest_; }

private:
  int n_;
  std::vector<double> scale_;
  std::vector<double> rows_;    ///< members, scaled [n][n], column-major
  std::vector<double> inverse_; ///< inverse of the scaled members [n][n], column-major
  std::vector<Origin> members_;
  double largest_ = 0;
};

struct ActiveSetOptions {
  /// Members are exchanged as long as an environment has a grade above this.
  double threshold = 1.001;
  int max_passes = 30; ///< maximum number of passes over the data
  /// Initial set: environments of other data, which remain members unless they are exchanged. Null:
  /// placeholders.
  ActiveSet const* start = nullptr;
};

struct ActiveSetSearch {
  ActiveSet set;
  /// By element; structures are counted from 0.
  std::vector<std::vector<MaxVolume::Origin>> members;
  std::vector<long> n_environments; ///< number of environments of each element
  int passes = 0;
  std::vector<long> exchanges; ///< number in each pass
  bool is_complete = false;    ///< the last pass exchanged nothing: no grade exceeds the threshold
  double largest = 0;          ///< largest grade in the last pass
};

/// Finds an active set of a data set's atoms in several passes. Memory: one batch and two N x N
/// matrices per element. FLOPs per pass and environment: 2 N^2, and 2 (N + rows of a batch) N for
/// each exchange.
/// @param basis must be an ordinary (not canonical) basis
/// @param spline_width node distance of the tables with which the potential will be evaluated,
///   Angstrom
/// @throws InputError for a canonical basis
ActiveSetSearch find_active_set(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                std::shared_ptr<AceBasis const> const& basis, double spline_width,
                                ActiveSetOptions const& options = {},
                                std::function<void(std::string const& stage, long atoms_done,
                                                   long atoms_total)> const& progress = {});

/// Largest grade of any atom in each structure.
std::vector<double> largest_grades(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                   AcePotential const& potential, ActiveSet const& active_set);

} // namespace kolace
