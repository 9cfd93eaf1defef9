// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/row_solver.hpp>

#include <kolace/linalg/lsqr.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

/// Passes over the rows of the loss for LSQR: the data rows, then the rows of the l2 penalty on
/// rank 0.
class RowPasses {
public:
  RowPasses(Context const& context, FitTask const& task, AssemblyStatistics& statistics)
      : context_(context), task_(task), options_(task.data.rows(task.options)),
        root_l2_(std::sqrt(task.options.l2)), statistics_(statistics),
        n_functions_(task.basis->size()),
        n_(n_functions_ + (options_.fit_reference ? task.basis->elements().size() : 0)),
        inverse_length_(n_, 1.) {
    measure_columns();
  }

  int n_columns() const { return n_; }
  std::array<long, 3> const& n_rows() const { return n_rows_; }
  std::vector<double> const& inverse_lengths() const { return inverse_length_; }

  /// LsqrPass: u <- A v - alpha u.
  double operator()(bool first, std::vector<double> const& v, double alpha,
                    std::vector<double>& product) {
    std::vector<double> x(v);
    for (int j = 0; j < n_; ++j)
      x[j] *= inverse_length_[j];
    std::vector<double> sums(n_ + 1, 0.); // A^T u, then |u|^2
    std::size_t at = 0;
    auto const next = [&](double target, double along) {
      if (first)
        u_.push_back(target);
      double& u = u_[at++];
      if (!first)
        u = along - alpha * u;
      sums[n_] += u * u;
      return u;
    };
    stream([&](RowBatch const& batch, double share) {
      int const m = batch.n_rows;
      std::vector<double> along(m, 0.);
      auto const rows = batch.host_rows();
      auto const column = [&](int j) { return &rows(0, j); };
      for (int j = 0; j < n_ && !first; ++j)
        for (int i = 0; i < m; ++i)
          along[i] += column(j)[i] * x[j];
      for (int i = 0; i < m; ++i)
        along[i] = next(share * column(n_)[i], share * along[i]);
      for (int j = 0; j < n_; ++j)
        for (int i = 0; i < m; ++i)
          sums[j] += share * column(j)[i] * along[i];
    });
    if (root_l2_ > 0 && context_.ranks.is_root())
      for (int j = 0; j < n_functions_; ++j)
        sums[j] += root_l2_ * next(0, root_l2_ * x[j]);
    context_.ranks.sum(sums);
    product.assign(sums.begin(), sums.end() - 1);
    for (int j = 0; j < n_; ++j)
      product[j] *= inverse_length_[j];
    return sums[n_];
  }

private:
  template <class Visit> void stream(Visit const& visit) {
    stream_rows(
        context_, task_.train, task_.data.training(), task_.basis, options_,
        [&](RowBatch const& batch) {
          double const share =
              std::sqrt(task_.data.shares().factor(batch.kind, 1)); // weights are normalized
          if (share > 0)
            visit(batch, share);
        },
        statistics_);
  }

  void measure_columns() {
    std::vector<double> squares(n_, 0.);
    n_rows_ = {};
    stream([&](RowBatch const& batch, double share) {
      n_rows_[static_cast<int>(batch.kind)] +=
          batch.n_rows - std::count(batch.scale->begin(), batch.scale->end(), 0.);
      auto const rows = batch.host_rows();
      for (int j = 0; j < n_; ++j) {
        double const* const column = &rows(0, j);
        for (int i = 0; i < batch.n_rows; ++i)
          squares[j] += share * share * column[i] * column[i];
      }
    });
    context_.ranks.sum(squares);
    for (long& count : n_rows_)
      context_.ranks.sum(count);
    for (int j = 0; j < n_; ++j) {
      double const square = squares[j] + (j < n_functions_ ? root_l2_ * root_l2_ : 0);
      inverse_length_[j] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
  }

  Context const& context_;
  FitTask const& task_;
  RowStreamOptions options_;
  double root_l2_;
  AssemblyStatistics& statistics_;
  int n_functions_, n_;
  std::vector<double> inverse_length_;
  std::array<long, 3> n_rows_{};
  std::vector<double> u_; ///< u of this rank's rows, in stream order
};

} // namespace

RowSolution solve_on_rows(Context const& context, FitTask const& task,
                          AssemblyStatistics& statistics) {
  SolverOptions const& solver = task.options.solver;
  RowPasses rows(context, task, statistics);
  LsqrOptions lsqr;
  lsqr.max_iterations = solver.max_iterations > 0 ? solver.max_iterations : 200;
  lsqr.tolerance = solver.tolerance > 0 ? solver.tolerance : 1e-10;
  long passes = 0;
  LsqrResult found = solve_lsqr(
      rows.n_columns(),
      [&](bool first, std::vector<double> const& v, double alpha, std::vector<double>& product) {
        double const square = rows(first, v, alpha, product);
        context.at("iterations", lsqr.max_iterations).advance(passes++);
        return square;
      },
      lsqr);
  SolverResult result;
  result.name = solver_name(SolverOptions::Kind::lsqr);
  result.converged = found.converged;
  result.degrees_of_freedom = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t k = 0; k < found.residual_squares.size(); ++k)
    result.curve.push_back(
        {static_cast<int>(k), found.residual_squares[k], std::numeric_limits<double>::quiet_NaN()});
  auto& c = found.coefficients;
  for (int j = 0; j < rows.n_columns(); ++j)
    c[j] *= rows.inverse_lengths()[j];
  for (int j = 0; j < task.basis->size(); ++j) {
    result.n_nonzero += c[j] != 0;
    result.penalty += task.options.l2 * c[j] * c[j];
  }
  result.solution.coefficients = std::move(c);
  return {std::move(result), rows.n_rows()};
}

} // namespace kolace
