// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/convex_hull.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>

namespace kolace {
namespace {

/// Lower convex hull of the energies over composition, by linear programming: the simplex method
/// minimizes sum_s t_s e_s subject to sum_s t_s x_s = x, t >= 0. Columns are composition fractions;
/// the simplex basis has one column per element. Pricing costs two FLOPs per composition and
/// element in each step. Columns that were on the hull for earlier points are priced first, the
/// others only if none of those lowers the energy.
class LowerHull {
public:
  LowerHull(Eigen::MatrixXd fractions, Eigen::VectorXd energies)
      : fractions_(std::move(fractions)), energies_(std::move(energies)),
        far_(energies_.cwiseAbs().maxCoeff() * 1e3 + 1e3) {}

  /// Energy of the hull at the composition of point `point`, eV/atom.
  double at(Eigen::Index point) {
    Eigen::Index const n = fractions_.rows();
    // A point is trivially a mixture of itself, so the problem is degenerate and the simplex method
    // could cycle. Perturbing each fraction by a different tiny amount removes the ties.
    Eigen::VectorXd const x = fractions_.col(point);
    Eigen::VectorXd moved = x;
    for (Eigen::Index k = 0; k < n; ++k)
      moved[k] += 1e-13 * (1 + std::fmod(0.6180339887498949 * static_cast<double>(k + 1), 1.));
    // The initial basis consists of artificial pure elements at a very high energy. No optimum
    // contains them, since the point itself is feasible.
    Eigen::MatrixXd basis = Eigen::MatrixXd::Identity(n, n);
    Eigen::VectorXd costs = Eigen::VectorXd::Constant(n, far_);
    std::vector<Eigen::Index> members(static_cast<std::size_t>(n), -1);
    long const most = 1000 * (n + 1) + fractions_.cols();
    for (long iteration = 0; iteration < most; ++iteration) {
      Eigen::PartialPivLU<Eigen::MatrixXd> const lu(basis);
      Eigen::VectorXd const prices = lu.transpose().solve(costs);
      Eigen::Index const entering = cheapest(prices, point);
      if (entering < 0) {
        for (Eigen::Index const member : members)
          if (member >= 0 && std::find(on_hull_.begin(), on_hull_.end(), member) == on_hull_.end())
            on_hull_.push_back(member);
        return prices.dot(x);
      }
      Eigen::VectorXd const step = lu.solve(fractions_.col(entering)), share = lu.solve(moved);
      Eigen::Index leaving = -1;
      double least = std::numeric_limits<double>::infinity();
      for (Eigen::Index k = 0; k < n; ++k)
        if (step[k] > 1e-12 && std::max(share[k], 0.) / step[k] < least) {
          least = std::max(share[k], 0.) / step[k];
          leaving = k;
        }
      if (leaving < 0)
        break;
      basis.col(leaving) = fractions_.col(entering);
      costs[leaving] = energies_[entering];
      members[static_cast<std::size_t>(leaving)] = entering;
    }
    throw std::logic_error("convex hull: the simplex method did not terminate");
  }

private:
  /// Index of a column with negative reduced cost (the most negative among those priced), or -1 at
  /// the optimum.
  Eigen::Index cheapest(Eigen::VectorXd const& prices, Eigen::Index point) const {
    double least = -1e-14 * far_;
    Eigen::Index found = -1;
    auto const consider = [&](Eigen::Index s) {
      if (double const reduced = energies_[s] - fractions_.col(s).dot(prices); reduced < least) {
        least = reduced;
        found = s;
      }
    };
    consider(point);
    for (Eigen::Index const s : on_hull_)
      consider(s);
    if (found < 0) {
      Eigen::Index cheapest_of_all = 0;
      double const reduced =
          (energies_ - fractions_.transpose() * prices).minCoeff(&cheapest_of_all);
      if (reduced < least)
        found = cheapest_of_all;
    }
    return found;
  }

  Eigen::MatrixXd fractions_; ///< [n_elements][n_points], columns sum to one
  Eigen::VectorXd energies_;
  double far_;
  std::vector<Eigen::Index> on_hull_; ///< columns in the optimal basis of an earlier point
};

} // namespace

std::vector<double> energies_above_hull(std::vector<std::vector<int>> const& compositions,
                                        std::vector<double> const& energies) {
  // One point per composition, with its lowest energy.
  auto const reduced = [](std::vector<int> composition) {
    int divisor = 0;
    for (int const count : composition)
      divisor = std::gcd(divisor, count);
    for (int& count : composition)
      count /= std::max(divisor, 1);
    return composition;
  };
  std::map<std::vector<int>, double> lowest;
  for (std::size_t s = 0; s < compositions.size(); ++s) {
    auto const [found, is_new] = lowest.try_emplace(reduced(compositions[s]), energies[s]);
    found->second = std::min(found->second, energies[s]);
  }
  if (lowest.empty())
    return {};
  Eigen::Index const n = static_cast<Eigen::Index>(compositions.front().size());
  Eigen::MatrixXd fractions(n, static_cast<Eigen::Index>(lowest.size()));
  Eigen::VectorXd points(static_cast<Eigen::Index>(lowest.size()));
  Eigen::Index column = 0;
  for (auto const& [composition, energy] : lowest) {
    double const total = std::accumulate(composition.begin(), composition.end(), 0.);
    for (Eigen::Index e = 0; e < n; ++e)
      fractions(e, column) = composition[e] / total;
    points[column++] = energy;
  }
  // Shifted energies keep their precision at totals of -1e4 eV. Energies more than 1e4 eV/atom
  // above the lowest are capped: they cannot be hull vertices and must not set the energy scale.
  double const shift = points.minCoeff();
  LowerHull hull(fractions, (points.array() - shift).min(1e4));
  std::map<std::vector<int>, double> level;
  column = 0;
  for (auto const& [composition, energy] : lowest)
    level[composition] = std::min(hull.at(column++) + shift, energy);
  std::vector<double> above;
  for (std::size_t s = 0; s < compositions.size(); ++s)
    above.push_back(energies[s] - level.at(reduced(compositions[s])));
  return above;
}

} // namespace kolace
