// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/extrapolation.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/grow.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/check_views.hpp>
#include <kolace/model/device_basis.hpp>

#include <algorithm>
#include <stdexcept>

namespace kolace {
namespace {

/// Computes the B values of a block's centers and their grades, the largest |B X|. Processes four
/// columns of X at a time, so that a B value is read once for all four. X is read once per block: 8
/// N^2 bytes.
template <class Space> struct GradeKernel {
  using T = typename LaneTraits<Space>::type;
  static constexpr int width = LaneTraits<Space>::width;
  static constexpr int parts = CenterBlocks<Space>::parts;
  static constexpr int columns = 4;

  DeviceBasis<Space> basis;
  NeighborsView<Space> pairs;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, b_values;
  Array<double const, Space> inverses; ///< X of all elements, column by column
  Array<std::size_t const, Space> offsets;
  Array<double, Space> grades;

  KOKKOS_FUNCTION void operator()(int index) const {
    if (blocks.is_empty(index / parts))
      return;
    int const species = blocks.element(index / parts);
    ElementTables const& element = basis.graph.elements(species);
    int const n = element.last_function - element.first_function;
    BlockColumn<Space> const rows = column_of<Space>(values, index),
                             b = column_of<Space>(b_values, index);
    for (int k = 0; k < n; ++k) {
      FunctionEntry const f = basis.graph.functions(element.first_function + k);
      T value(0.);
      if (f.v < 0)
        value = rows[f.u];
      else
        for (int m = 0; m < f.count; ++m)
          value += rows[f.u + m] * rows[f.v + m];
      b.set(k, T(f.factor) * value);
    }
    double grade[width] = {};
    double const* const inverse = inverses.data() + offsets(species);
    for (int j = 0; j < n; j += columns) {
      double const* column[columns]; // beyond the last column: the last one again
      T sum[columns];
      for (int c = 0; c < columns; ++c) {
        int const at = j + c < n ? j + c : n - 1;
        column[c] = inverse + static_cast<std::size_t>(at) * n;
        sum[c] = T(0.);
      }
      for (int k = 0; k < n; ++k) {
        T const value = b[k];
        for (int c = 0; c < columns; ++c)
          sum[c] += value * T(column[c][k]);
      }
      for (int c = 0; c < columns; ++c)
        for (int lane = 0; lane < width; ++lane) {
          double const size = Kokkos::abs(lane_get(sum[c], lane));
          if (!(size <= grade[lane])) // NaN is kept
            grade[lane] = size;
        }
    }
    for (int lane = 0; lane < width; ++lane) {
      int const center = blocks.center_of_lane(index * width + lane);
      if (center >= 0)
        grades(pairs.atom(center)) = grade[lane];
    }
  }
};

} // namespace

template <class Space> struct ExtrapolationGrade<Space>::Tables {
  std::shared_ptr<AceBasis const> ace;
  DeviceBasis<Space> basis;
  int max_functions = 0;
  Array<double const, Space> inverses;
  Array<std::size_t const, Space> offsets;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, b_values; // workspace, grown on demand
};

template <class Space>
ExtrapolationGrade<Space>::ExtrapolationGrade(Space const& space,
                                              std::shared_ptr<AceBasis const> const& basis,
                                              ActiveSet const& active_set, double spline_width)
    : tables_(std::make_unique<Tables>()) {
  if (basis->is_canonical())
    throw InputError("extrapolation grades are not available for a basis without self-interaction");
  int const n_elements = basis->elements().size();
  if (static_cast<int>(active_set.inverses.size()) != n_elements)
    throw InputError("the active set has different elements than the potential");
  Tables& t = *tables_;
  t.ace = basis;
  t.basis = DeviceBasis<Space>::create(space, *basis, spline_width);
  std::vector<double> columns;
  std::vector<std::size_t> offsets;
  for (int e = 0; e < n_elements; ++e) {
    std::size_t const n = basis->first_function(e + 1) - basis->first_function(e);
    std::vector<double> const& inverse = active_set.inverses[e];
    if (inverse.size() != n * n)
      throw InputError("the active set of " + basis->elements().symbols()[e] +
                       " has a different number of functions than the potential");
    t.max_functions = std::max(t.max_functions, static_cast<int>(n));
    offsets.push_back(columns.size());
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < n; ++k)
        columns.push_back(inverse[k * n + j]);
  }
  t.inverses = copy_to_device(space, columns, "kolace::evaluate::inverses");
  t.offsets = copy_to_device(space, offsets, "kolace::evaluate::inverse_offsets");
  space.fence("kolace::evaluate: host copies go out of scope");
}

template <class Space> ExtrapolationGrade<Space>::~ExtrapolationGrade() = default;
template <class Space>
ExtrapolationGrade<Space>::ExtrapolationGrade(ExtrapolationGrade&&) noexcept = default;
template <class Space>
ExtrapolationGrade<Space>&
ExtrapolationGrade<Space>::operator=(ExtrapolationGrade&&) noexcept = default;

template <class Space> AceBasis const& ExtrapolationGrade<Space>::basis() const {
  return *tables_->ace;
}

template <class Space>
void ExtrapolationGrade<Space>::operator()(Space const& space, NeighborsView<Space> const& pairs,
                                           Array<double, Space> const& grades) {
  Tables& t = *tables_;
  AtomicResults<Space> wanted;
  wanted.energies = grades; // has the same extent as grades
  detail::check(pairs, wanted, t.basis.n_elements());
  if (grades.extent(0) == 0)
    return;
  Kokkos::deep_copy(space, grades, 0.);
  t.blocks.assign(space, pairs, t.basis.n_elements());
  int const n_blocks = t.blocks.n_blocks;
  int const rows = t.basis.graph.max_rows + t.max_functions;
  int const chunk = std::min(blocks_per_chunk(space, rows), n_blocks);
  int const lanes = CenterBlocks<Space>::block;
  grow(space, t.values, "kolace::evaluate::values", chunk, t.basis.graph.max_rows, lanes);
  grow(space, t.b_values, "kolace::evaluate::b_values", chunk, t.max_functions, lanes);
  for (int first = 0; first < n_blocks; first += chunk) {
    auto const blocks = t.blocks.part(first, std::min(chunk, n_blocks - first));
    compute_atomic_basis(space, t.basis, pairs, blocks, t.values, AtomicDerivatives::none, {});
    compute_products(space, t.basis, blocks, t.values);
    Kokkos::parallel_for(
        "kolace::evaluate::grades",
        Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * GradeKernel<Space>::parts),
        GradeKernel<Space>{.basis = t.basis,
                           .pairs = pairs,
                           .blocks = blocks,
                           .values = t.values,
                           .b_values = t.b_values,
                           .inverses = t.inverses,
                           .offsets = t.offsets,
                           .grades = grades});
  }
}

template <class Space>
std::vector<std::vector<double>> extrapolation_grades(Space const& space,
                                                      ExtrapolationGrade<Space>& grade,
                                                      std::span<Structure const> structures) {
  auto const batch = StructureBatch<Space>::create(space, structures, grade.basis().elements());
  auto const list = build_neighbor_list(space, batch, grade.basis().cutoff());
  Array<double, Space> const grades(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::evaluate::grades"),
      batch.n_atoms);
  grade(space, view_of(batch, list), grades);
  space.fence("kolace::evaluate: grades are returned to the host");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), grades);
  std::vector<std::vector<double>> result;
  int atom = 0;
  for (Structure const& s : structures) {
    int const n = static_cast<int>(s.n_atoms());
    result.emplace_back(host.data() + atom, host.data() + atom + n);
    atom += n;
  }
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template class ExtrapolationGrade<Space>;                                                        \
  template std::vector<std::vector<double>> extrapolation_grades(                                  \
      Space const&, ExtrapolationGrade<Space>&, std::span<Structure const>);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
