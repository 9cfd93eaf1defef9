// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/max_volume.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/linalg/dense.hpp>
#include <kolace/model/device_basis.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using ColumnMatrix = Eigen::MatrixXd;

/// Calls visit(structures, index of the first one, B values on the host) for each batch.
template <class Visit>
void for_each_values(Space const& space, Dataset const& data, AceBasis const& basis,
                     DeviceBasis<Space> const& tables, Visit const& visit) {
  long first = 0; // index of the batch's first structure
  for_each_batch(
      data, Tuning<Space>::atoms_per_batch, [](long, Structure const&) { return true; },
      [&](std::vector<Structure> const& structures) {
        auto const batch = StructureBatch<Space>::create(
            space, std::span<Structure const>(structures), basis.elements());
        auto const list = build_neighbor_list(space, batch, basis.cutoff());
        auto const values = compute_b_values(space, tables, view_of(batch, list));
        space.fence("kolace::analysis: basis values are returned to the host");
        visit(structures, first, Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values));
        first += static_cast<long>(structures.size());
      });
}

/// Atoms of one element in a batch.
struct Environments {
  std::vector<long> rows; ///< rows of B values in the batch
  std::vector<MaxVolume::Origin> origins;
};

std::vector<Environments> by_element(std::vector<Structure> const& structures, long first,
                                     ElementSet const& elements) {
  std::vector<Environments> result(elements.size());
  long row = 0;
  for (std::size_t s = 0; s < structures.size(); ++s)
    for (std::size_t i = 0; i < structures[s].n_atoms(); ++i, ++row) {
      Environments& mine = result[elements.species(structures[s].numbers[i])];
      mine.rows.push_back(row);
      mine.origins.push_back({first + static_cast<long>(s), static_cast<long>(i)});
    }
  return result;
}

} // namespace

MaxVolume::MaxVolume(std::vector<double> scale, double placeholder)
    : n_(static_cast<int>(scale.size())), scale_(std::move(scale)),
      rows_(static_cast<std::size_t>(n_) * n_, 0.), inverse_(rows_), members_(n_) {
  for (std::size_t k = 0; k < rows_.size(); k += n_ + 1) {
    rows_[k] = placeholder;
    inverse_[k] = 1 / placeholder;
  }
}

MaxVolume::MaxVolume(std::vector<double> scale, std::vector<double> const& inverse)
    : n_(static_cast<int>(scale.size())), scale_(std::move(scale)),
      rows_(static_cast<std::size_t>(n_) * n_, 0.), inverse_(rows_), members_(n_) {
  for (int k = 0; k < n_; ++k)
    for (int j = 0; j < n_; ++j)
      inverse_[static_cast<std::size_t>(j) * n_ + k] =
          inverse[static_cast<std::size_t>(k) * n_ + j] * scale_[k];
  if (n_ > 0)
    Eigen::Map<ColumnMatrix>(rows_.data(), n_, n_) =
        Eigen::Map<ColumnMatrix const>(inverse_.data(), n_, n_).partialPivLu().inverse();
}

long MaxVolume::add(std::vector<double> const& rows, std::vector<Origin> const& origins,
                    double threshold) {
  int const m = static_cast<int>(origins.size());
  largest_ = 0;
  if (m == 0 || n_ == 0)
    return 0;
  ColumnMatrix scaled = Eigen::Map<ColumnMatrix const>(rows.data(), m, n_);
  for (int k = 0; k < n_; ++k)
    scaled.col(k) /= scale_[k];
  ColumnMatrix grades(m, n_);
  multiply(m, n_, n_, scaled.data(), m, inverse_.data(), n_, grades.data(), m);
  Eigen::Map<ColumnMatrix> inverse(inverse_.data(), n_, n_), members(rows_.data(), n_, n_);
  long exchanges = 0;
  while (true) {
    Eigen::Index row = 0, column = 0;
    double const largest = grades.cwiseAbs().maxCoeff(&row, &column);
    if (exchanges == 0)
      largest_ = largest;
    if (!(largest > std::max(threshold, least_threshold)))
      return exchanges;
    // Member `column` is replaced by this row: a rank-one update of X and of all its products.
    double const pivot = grades(row, column);
    Eigen::RowVectorXd change = grades.row(row) / pivot;
    change(column) -= 1 / pivot;
    Eigen::VectorXd const old_x = inverse.col(column), old_grades = grades.col(column);
    inverse.noalias() -= old_x * change;
    grades.noalias() -= old_grades * change;
    members.row(column) = scaled.row(row);
    members_[column] = origins[row];
    ++exchanges;
  }
}

void MaxVolume::refresh() {
  if (n_ == 0)
    return;
  Eigen::Map<ColumnMatrix const> const members(rows_.data(), n_, n_);
  Eigen::Map<ColumnMatrix>(inverse_.data(), n_, n_) = members.partialPivLu().inverse();
}

std::vector<double> MaxVolume::inverse() const {
  std::vector<double> result(inverse_.size());
  for (int k = 0; k < n_; ++k)
    for (int j = 0; j < n_; ++j)
      result[static_cast<std::size_t>(k) * n_ + j] =
          inverse_[static_cast<std::size_t>(j) * n_ + k] / scale_[k];
  return result;
}

ActiveSetSearch
find_active_set(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                std::shared_ptr<AceBasis const> const& basis, double spline_width,
                ActiveSetOptions const& options,
                std::function<void(std::string const&, long, long)> const& progress) {
  // Each exchange updates the grades of all of these rows.
  constexpr std::size_t rows_at_a_time = 512;
  if (basis->is_canonical())
    throw InputError(
        "an active set requires a basis with self-interaction (potential.basis: self-interacting)");
  ElementSet const& elements = basis->elements();
  int const n_elements = elements.size();
  auto const tables = DeviceBasis<Space>::create(space, *basis, spline_width);

  // Root mean squares of the columns, by which they are scaled.
  std::vector<double> squares(basis->size(), 0.);
  ActiveSetSearch search;
  search.n_environments.assign(n_elements, 0);
  long n_atoms = 0;
  for_each_values(space, data, *basis, tables,
                  [&](auto const& structures, long first, auto const& values) {
                    std::vector<Environments> const mine = by_element(structures, first, elements);
                    for (int e = 0; e < n_elements; ++e) {
                      search.n_environments[e] += static_cast<long>(mine[e].rows.size());
                      for (int k = basis->first_function(e); k < basis->first_function(e + 1); ++k)
                        for (long const row : mine[e].rows)
                          squares[k] += values(row, k) * values(row, k);
                    }
                    n_atoms += static_cast<long>(values.extent(0));
                  });
  std::vector<MaxVolume> sets;
  for (int e = 0; e < n_elements; ++e) {
    std::vector<double> scale;
    for (int k = basis->first_function(e); k < basis->first_function(e + 1); ++k)
      scale.push_back(squares[k] > 0
                          ? std::sqrt(squares[k] / static_cast<double>(search.n_environments[e]))
                          : 1.);
    if (options.start)
      sets.emplace_back(std::move(scale), options.start->inverses.at(e));
    else
      sets.emplace_back(std::move(scale));
  }

  while (search.passes < options.max_passes && !search.is_complete) {
    ++search.passes;
    long exchanges = 0, done = 0;
    search.largest = 0;
    for (MaxVolume& set : sets)
      set.refresh();
    for_each_values(
        space, data, *basis, tables, [&](auto const& structures, long first, auto const& values) {
          std::vector<Environments> const mine = by_element(structures, first, elements);
          for (int e = 0; e < n_elements; ++e) {
            int const column = basis->first_function(e);
            for (std::size_t begin = 0; begin < mine[e].rows.size(); begin += rows_at_a_time) {
              std::size_t const count = std::min(rows_at_a_time, mine[e].rows.size() - begin);
              std::vector<double> rows(count * sets[e].size());
              for (int k = 0; k < sets[e].size(); ++k)
                for (std::size_t i = 0; i < count; ++i)
                  rows[k * count + i] = values(mine[e].rows[begin + i], column + k);
              auto const from = mine[e].origins.begin() + static_cast<std::ptrdiff_t>(begin);
              exchanges += sets[e].add(rows, {from, from + static_cast<std::ptrdiff_t>(count)},
                                       options.threshold);
              search.largest = std::max(search.largest, sets[e].largest());
            }
          }
          done += static_cast<long>(values.extent(0));
          if (progress)
            progress("pass " + std::to_string(search.passes), done, n_atoms);
        });
    search.exchanges.push_back(exchanges);
    search.is_complete = exchanges == 0;
  }
  for (MaxVolume& set : sets) {
    set.refresh();
    search.set.inverses.push_back(set.inverse());
    search.members.push_back(set.members());
  }
  return search;
}

std::vector<double> largest_grades(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                   AcePotential const& potential, ActiveSet const& active_set) {
  ExtrapolationGrade<Space> grade(space, potential.basis, active_set, potential.spline_width);
  std::vector<double> largest;
  for_each_batch(
      data, Tuning<Space>::atoms_per_batch, [](long, Structure const&) { return true; },
      [&](std::vector<Structure> const& structures) {
        for (auto const& grades :
             extrapolation_grades(space, grade, std::span<Structure const>(structures))) {
          double most = 0;
          for (double const g : grades)
            if (!(g <= most))
              most = g;
          largest.push_back(most);
        }
      });
  return largest;
}

} // namespace kolace
