#include <kolace/fit/convex_hull.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>

namespace kolace {
namespace {

/// Lowest energy of mixtures by linear programming: minimise sum_s t_s e_s with sum_s t_s x_s = x,
/// t >= 0, by the simplex method: composition fractions are columns, as many as elements are in its
/// basis. A step costs two FLOPs a composition and element.
class LowerHull {
public:
  LowerHull(Eigen::MatrixXd fractions, Eigen::VectorXd energies)
      : fractions_(std::move(fractions)), energies_(std::move(energies)) {}

  /// The hull's energy at the composition of one point.
  double at(Eigen::Index point) const {
    Eigen::Index const n = fractions_.rows();
    Eigen::VectorXd const x = fractions_.col(point);
    // Pure elements far above everything make the first basis; no optimum keeps them, since the
    // point itself is a mixture.
    double const far = energies_.cwiseAbs().maxCoeff() * 1e3 + 1e3;
    std::vector<Eigen::Index> members(n, -1);
    Eigen::MatrixXd basis = Eigen::MatrixXd::Identity(n, n);
    Eigen::VectorXd costs = Eigen::VectorXd::Constant(n, far);
    long const most = 50 * (n + fractions_.cols());
    for (long iteration = 0; iteration < most; ++iteration) {
      Eigen::PartialPivLU<Eigen::MatrixXd> const lu(basis);
      Eigen::VectorXd const share = lu.solve(x);
      Eigen::VectorXd const potential = lu.transpose().solve(costs);
      Eigen::VectorXd const reduced = energies_ - fractions_.transpose() * potential;
      Eigen::Index entering = 0;
      double const tolerance = 1e-12 * far;
      if (iteration < most / 2) {
        if (reduced.minCoeff(&entering) > -tolerance)
          return costs.dot(share);
      } else { // Bland: the first one, which cannot cycle
        while (entering < reduced.size() && reduced[entering] > -tolerance)
          ++entering;
        if (entering == reduced.size())
          return costs.dot(share);
      }
      Eigen::VectorXd const step = lu.solve(fractions_.col(entering));
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
    }
    throw std::logic_error("convex hull: the simplex method does not end");
  }

private:
  Eigen::MatrixXd fractions_; ///< [n_elements][n_points], columns sum to one
  Eigen::VectorXd energies_;
};

} // namespace

std::vector<double> energies_above_hull(std::vector<std::vector<int>> const& compositions,
                                        std::vector<double> const& energies) {
  // One point a composition: the lowest.
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
  // Differences stay precise at energies of -1e4 eV.
  double const shift = points.minCoeff();
  LowerHull const hull(fractions, points.array() - shift);
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
