#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/active_set.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Rows of one width, of which as many as columns are chosen so that their determinant is as large
/// as exchanges of single rows make it (MaxVol: Goreinov et al., 2010). Rows come in batches; only
/// the chosen ones are kept. It begins with placeholders, a small multiple of the unit matrix;
/// those that no row exceeds stay, so that directions in which the rows do not vary are known.
class MaxVolume {
public:
  /// Where a row comes from.
  struct Origin {
    long structure = -1; ///< -1: a placeholder, or of the set that it began with
    long atom = 0;
    bool operator==(Origin const&) const = default;
  };

  /// @param scale of each column, positive: only ratios to it matter
  MaxVolume(std::vector<double> scale, double placeholder = 1e-6);

  /// Begins with another set, given by its inverse (ActiveSet::inverses).
  MaxVolume(std::vector<double> scale, std::vector<double> const& inverse);

  int size() const { return n_; }

  /// Exchanges at a smaller gain could go on for ever by rounding.
  static constexpr double least_threshold = 1.0001;

  /// Exchanges members for these rows while that multiplies the determinant by more than
  /// `threshold`. @param rows [n_rows][n], column by column
  /// @return exchanges made
  long add(std::vector<double> const& rows, std::vector<Origin> const& origins, double threshold);

  /// Computes the inverse anew: exchanges update it, and rounding adds up.
  void refresh();

  std::vector<Origin> const& members() const { return members_; }
  /// ActiveSet::inverses of these columns.
  std::vector<double> inverse() const;
  /// Largest |row X| of all rows of the last call of add(), before its exchanges.
  double largest() const { return largest_; }

private:
  int n_;
  std::vector<double> scale_;
  std::vector<double> rows_;    ///< members, scaled [n][n], column by column
  std::vector<double> inverse_; ///< of the scaled members [n][n], column by column
  std::vector<Origin> members_;
  double largest_ = 0;
};

struct ActiveSetOptions {
  /// Members are exchanged while an environment has a grade above this.
  double threshold = 1.001;
  int max_passes = 30; ///< over the data
  /// A set that the search begins with: environments of other data, which stay members unless they
  /// are exchanged. Null: placeholders.
  ActiveSet const* start = nullptr;
};

struct ActiveSetSearch {
  ActiveSet set;
  std::vector<std::vector<MaxVolume::Origin>> members; ///< by element; structures from 0
  std::vector<long> n_environments;                    ///< of each element
  int passes = 0;
  std::vector<long> exchanges; ///< in each pass
  bool is_complete = false;    ///< the last pass exchanged nothing: no grade exceeds the threshold
  double largest = 0;          ///< grade met in the last pass
};

/// Finds an active set of a data set's atoms, pass by pass; memory for one batch and two matrices
/// of N x N per element. FLOPs per pass and environment: 2 N^2, and 2 (N + rows of a batch) N for
/// each exchange.
/// @param basis ordinary
/// @param spline_width as the potential will be evaluated, Angstrom
/// @throws InputError for a canonical basis
ActiveSetSearch find_active_set(Dataset const& data, std::shared_ptr<AceBasis const> const& basis,
                                double spline_width, ActiveSetOptions const& options = {},
                                std::function<void(std::string const& stage, long atoms_done,
                                                   long atoms_total)> const& progress = {});

/// The largest grade of an atom in each structure.
std::vector<double> largest_grades(Dataset const& data, AcePotential const& potential,
                                   ActiveSet const& active_set);

} // namespace kolace
