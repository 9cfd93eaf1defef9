// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/pointer_lists.hpp>

#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

namespace kolace {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;

/// Reallocates a View that has fewer than n entries, with room for a quarter more.
template <class View> void make_room(View& view, std::size_t n, std::string const& label) {
  if (view.extent(0) >= n && view.data() != nullptr)
    return;
  view = View(); // free first
  view = View(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), n + n / 4 + 1);
}

/// Copies `count` entries from one memory to another; asynchronous.
template <class To, class From, class Space, class Entry>
void copy_entries(Space const& space, Entry* to, Entry const* from, std::size_t count) {
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  Kokkos::deep_copy(space, Kokkos::View<Entry*, To, Unmanaged>(to, count),
                    Kokkos::View<Entry const*, From, Unmanaged>(from, count));
}

/// Atom index in entry k of a center's list, or a negative number if it is not a valid atom.
int neighbor_at(PointerLists const& lists, int const* row, int k) {
  int const j = row[k] & lists.mask;
  return j < lists.n_atoms ? j : -1;
}

/// Calls visit(index, dx, dy, dz) for the neighbors of a center within the cutoff whose element is
/// in the potential.
template <class Visit>
void for_each_neighbor(PointerLists const& lists, int center, double square_cutoff,
                       Visit const& visit) {
  double const* const x = lists.positions;
  double const xi = x[3 * static_cast<std::size_t>(center)],
               yi = x[3 * static_cast<std::size_t>(center) + 1],
               zi = x[3 * static_cast<std::size_t>(center) + 2];
  int const* const row = lists.neighbors[center];
  for (int k = 0; k < lists.n_neighbors[center]; ++k) {
    int const j = row[k] & lists.mask;
    std::size_t const at = 3 * static_cast<std::size_t>(j);
    double const dx = x[at] - xi, dy = x[at + 1] - yi, dz = x[at + 2] - zi;
    // NaN is kept, so that it shows in the energy.
    if (!(dx * dx + dy * dy + dz * dz >= square_cutoff) && lists.species[j] >= 0)
      visit(j, dx, dy, dz);
  }
}

} // namespace

template <class Space>
PointerListEvaluator<Space>::PointerListEvaluator(Space const& space, AcePotential const& potential,
                                                  Precision precision)
    : evaluator_(space, potential, precision), cutoff_(potential.basis->cutoff()) {}

template <class Space>
void PointerListEvaluator<Space>::use(Space const& space, ActiveSet const& active_set) {
  grade_.emplace(space, potential().basis, active_set, potential().spline_width);
}

template <class Space> void PointerListEvaluator<Space>::check(PointerLists const& lists) {
  int const n_elements = potential().basis->elements().size();
  for (int i = 0; i < lists.n_atoms; ++i)
    if (lists.species[i] >= n_elements)
      throw std::invalid_argument("PointerListEvaluator: a species is not one of the potential's");
  is_center_.assign(lists.n_atoms, 0);
  for (int k = 0; k < lists.n_centers; ++k) {
    int const i = lists.centers[k];
    if (i < 0 || i >= lists.n_atoms || lists.species[i] < 0)
      throw std::invalid_argument(
          "PointerListEvaluator: a center is out of range or has no species of the potential");
    if (is_center_[i])
      throw std::invalid_argument("PointerListEvaluator: duplicate center");
    is_center_[i] = 1;
  }
  std::atomic<bool> valid = true;
  Kokkos::parallel_for("kolace::evaluate::check_neighbors",
                       Kokkos::RangePolicy<Host>(0, lists.n_centers), [&](int k) {
                         int const* const row = lists.neighbors[lists.centers[k]];
                         int least = 0;
                         for (int n = 0; n < lists.n_neighbors[lists.centers[k]]; ++n)
                           least = std::min(least, neighbor_at(lists, row, n));
                         if (least < 0)
                           valid = false;
                       });
  Host().fence("kolace::evaluate: lists are checked");
  if (!valid)
    throw std::invalid_argument("PointerListEvaluator: a neighbor index is out of range");
}

template <class Space>
void PointerListEvaluator<Space>::evaluate_in_place(Space const& space, PointerLists const& lists,
                                                    PointerResults const& results) {
  if constexpr (is_host_space<Space>) {
    std::size_t const n = lists.n_atoms;
    NeighborsView<Space> pairs{.n_centers = lists.n_centers, .n_atoms = lists.n_atoms};
    pairs.species = Array<int const, Space>(lists.species, n);
    pairs.positions = VectorsView<Space>(lists.positions, Kokkos::LayoutStride(n, 3, 3, 1));
    pairs.n_neighbors = Array<int const, Space>(lists.n_neighbors, n);
    pairs.rows = lists.neighbors;
    pairs.centers = Array<int const, Space>(lists.centers, lists.n_centers);
    pairs.mask = lists.mask;
    using Results = AtomicResults<Space>;
    Results into{.add = true};
    if (results.energies)
      into.energies = Array<double, Space>(results.energies, n);
    if (results.forces)
      into.forces = typename Results::Vectors(results.forces, n);
    if (results.virials)
      into.virials = typename Results::Tensors(results.virials, n);
    if (results.centroid_virials)
      into.centroid_virials = typename Results::Centroids(results.centroid_virials, n);
    evaluator_(space, pairs, into);
    if (results.grades)
      (*grade_)(space, pairs, Array<double, Space>(results.grades, n));
    space.fence("kolace::evaluate: results are the caller's");
  }
}

template <class Space>
void PointerListEvaluator<Space>::evaluate_gathered(Space const& space, PointerLists const& lists,
                                                    PointerResults const& results) {
  double const square = cutoff_ * cutoff_;
  Kokkos::RangePolicy<Host> const centers(0, lists.n_centers);
  std::size_t const n = lists.n_atoms, n_centers = lists.n_centers;
  make_room(buffers_.row_offsets, n_centers + 1, "kolace::evaluate::list_offsets");
  auto const offsets = buffers_.row_offsets;
  Kokkos::parallel_for("kolace::evaluate::count_neighbors", centers, [&](int k) {
    std::size_t count = 0;
    for_each_neighbor(lists, lists.centers[k], square,
                      [&](int, double, double, double) { ++count; });
    offsets(k + 1) = count;
  });
  Host().fence("kolace::evaluate: counts are summed");
  offsets(0) = 0;
  for (std::size_t k = 0; k < n_centers; ++k)
    offsets(k + 1) += offsets(k);
  std::size_t const n_pairs = offsets(n_centers);
  make_room(buffers_.neighbors, n_pairs, "kolace::evaluate::list_neighbors");
  make_room(buffers_.displacements, n_pairs, "kolace::evaluate::list_displacements");
  auto const neighbors = buffers_.neighbors;
  auto const displacements = buffers_.displacements;
  Kokkos::parallel_for("kolace::evaluate::gather_neighbors", centers, [&](int k) {
    std::size_t p = offsets(k);
    for_each_neighbor(lists, lists.centers[k], square, [&](int j, double x, double y, double z) {
      neighbors(p) = j;
      displacements(p, 0) = x, displacements(p, 1) = y, displacements(p, 2) = z;
      ++p;
    });
  });
  Host().fence("kolace::evaluate: neighbors are read");

  using Memory = typename Space::memory_space;
  auto const to_device = [&](auto& view, auto const* data, std::size_t count) {
    make_room(view, count, "kolace::evaluate::list_on_device");
    copy_entries<Memory, Kokkos::HostSpace>(space, view.data(), data,
                                            count * (view.rank() == 2 ? view.extent(1) : 1));
    return view;
  };
  NeighborsView<Space> pairs{.n_centers = lists.n_centers, .n_atoms = lists.n_atoms};
  pairs.species = to_device(buffers_.species, lists.species, n);
  pairs.row_offsets = to_device(buffers_.row_offsets_on_device, offsets.data(), n_centers + 1);
  pairs.neighbors = to_device(buffers_.neighbors_on_device, neighbors.data(), n_pairs);
  pairs.displacements = to_device(buffers_.displacements_on_device, displacements.data(), n_pairs);
  pairs.centers = to_device(buffers_.centers, lists.centers, n_centers);

  AtomicResults<Space> on_device;
  auto const choose = [&](auto& chosen, auto& buffer, double const* wanted) {
    if (!wanted)
      return;
    make_room(buffer, n, "kolace::evaluate::results_on_device");
    chosen = std::remove_reference_t<decltype(buffer)>(buffer.data(), n); // no larger than needed
  };
  AtomicResults<Space>& buffer = buffers_.results_on_device;
  choose(on_device.energies, buffer.energies, results.energies);
  choose(on_device.forces, buffer.forces, results.forces);
  choose(on_device.virials, buffer.virials, results.virials);
  choose(on_device.centroid_virials, buffer.centroid_virials, results.centroid_virials);
  evaluator_(space, pairs, on_device);
  Array<double, Space> grades;
  choose(grades, buffers_.grades_on_device, results.grades);
  if (results.grades)
    (*grade_)(space, pairs, grades);

  // All results to the host with one fence; then into the caller's arrays.
  struct Part {
    double const* from;
    double* to;
    std::size_t size;
    bool add; ///< to the caller's values
  };
  Part const parts[] = {{on_device.energies.data(), results.energies, n, true},
                        {on_device.forces.data(), results.forces, 3 * n, true},
                        {on_device.virials.data(), results.virials, 6 * n, true},
                        {on_device.centroid_virials.data(), results.centroid_virials, 9 * n, true},
                        {grades.data(), results.grades, n, false}};
  make_room(buffers_.results, 20 * n, "kolace::evaluate::results_on_host");
  std::size_t first = 0;
  for (Part const& part : parts)
    if (part.to) {
      copy_entries<Kokkos::HostSpace, Memory>(space, buffers_.results.data() + first, part.from,
                                              part.size);
      first += part.size;
    }
  space.fence("kolace::evaluate: results are the caller's");
  double const* found = buffers_.results.data();
  for (Part const& part : parts) {
    if (!part.to)
      continue;
    double* const to = part.to;
    bool const add = part.add;
    Kokkos::parallel_for("kolace::evaluate::take_results",
                         Kokkos::RangePolicy<Host, Kokkos::IndexType<std::size_t>>(0, part.size),
                         [=](std::size_t k) { to[k] = found[k] + (add ? to[k] : 0); });
    found += part.size;
  }
  Host().fence("kolace::evaluate: results are added");
}

template <class Space>
void PointerListEvaluator<Space>::operator()(Space const& space, PointerLists const& lists,
                                             PointerResults const& results) {
  check(lists);
  if (results.grades && !grade_)
    throw std::invalid_argument("PointerListEvaluator: grades require an active set");
  if (results.grades)
    std::fill_n(results.grades, lists.n_atoms, 0.);
  if (lists.n_centers == 0)
    return;
  if constexpr (is_host_space<Space> && tuned_as_host<Space>)
    evaluate_in_place(space, lists, results);
  else
    evaluate_gathered(space, lists, results);
}

#define KOLACE_INSTANTIATE(Space) template class PointerListEvaluator<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
