#include <kolace/evaluate/pointer_lists.hpp>

#include <kolace/core/spaces.hpp>

#include <atomic>
#include <stdexcept>

namespace kolace {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;

/// Room for at least n entries; a quarter more where it must grow.
template <class View> void make_room(View& view, std::size_t n, std::string const& label) {
  if (view.extent(0) >= n && view.data() != nullptr)
    return;
  view = View(); // free first
  view = View(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), n + n / 4 + 1);
}

template <class View> auto first_of(View const& view, std::size_t n) {
  if constexpr (View::rank == 1)
    return Kokkos::subview(view, Kokkos::pair<std::size_t, std::size_t>(0, n));
  else
    return Kokkos::subview(view, Kokkos::pair<std::size_t, std::size_t>(0, n), Kokkos::ALL);
}

/// Visits the neighbors of a center that count: visit(index, dx, dy, dz).
template <class Visit>
bool for_each_neighbor(PointerLists const& lists, int center, double square_cutoff,
                       Visit const& visit) {
  double const* const x = lists.positions;
  double const xi = x[3 * static_cast<std::size_t>(center)],
               yi = x[3 * static_cast<std::size_t>(center) + 1],
               zi = x[3 * static_cast<std::size_t>(center) + 2];
  int const* const row = lists.neighbors[center];
  bool valid = true;
  for (int k = 0; k < lists.n_neighbors[center]; ++k) {
    int const j = row[k] & lists.mask;
    if (j < 0 || j >= lists.n_atoms) {
      valid = false;
      continue;
    }
    std::size_t const at = 3 * static_cast<std::size_t>(j);
    double const dx = x[at] - xi, dy = x[at + 1] - yi, dz = x[at + 2] - zi;
    // Not a number is kept: it must show in the energy.
    if (!(dx * dx + dy * dy + dz * dz >= square_cutoff) && lists.species[j] >= 0)
      visit(j, dx, dy, dz);
  }
  return valid;
}

} // namespace

template <class Space>
PointerListEvaluator<Space>::PointerListEvaluator(Space const& space, AcePotential const& potential)
    : evaluator_(space, potential), cutoff_(potential.basis->cutoff()) {}

template <class Space> void PointerListEvaluator<Space>::order_atoms(PointerLists const& lists) {
  int const n_elements = potential().basis->elements().size();
  place_.assign(lists.n_atoms, -1);
  atoms_.clear();
  for (int k = 0; k < lists.n_centers; ++k) {
    int const i = lists.centers[k];
    if (i < 0 || i >= lists.n_atoms || lists.species[i] < 0 || lists.species[i] >= n_elements)
      throw std::invalid_argument("PointerListEvaluator: a center is no atom of the potential");
    if (place_[i] >= 0)
      throw std::invalid_argument("PointerListEvaluator: an atom is a center twice");
    place_[i] = k;
    atoms_.push_back(i);
  }
  for (int i = 0; i < lists.n_atoms; ++i) {
    if (lists.species[i] >= n_elements)
      throw std::invalid_argument("PointerListEvaluator: a species is none of the potential");
    if (place_[i] < 0 && lists.species[i] >= 0) {
      place_[i] = static_cast<int>(atoms_.size());
      atoms_.push_back(i);
    }
  }
  make_room(species_, atoms_.size(), "kolace::evaluate::list_species");
  for (std::size_t a = 0; a < atoms_.size(); ++a)
    species_(a) = lists.species[atoms_[a]];
}

template <class Space> void PointerListEvaluator<Space>::gather(PointerLists const& lists) {
  double const square = cutoff_ * cutoff_;
  Kokkos::RangePolicy<Host> const centers(0, lists.n_centers);
  make_room(row_offsets_, static_cast<std::size_t>(lists.n_centers) + 1,
            "kolace::evaluate::list_offsets");
  auto const offsets = row_offsets_;
  std::atomic<bool> valid = true;
  Kokkos::parallel_for("kolace::evaluate::count_neighbors", centers, [&](int k) {
    std::size_t count = 0;
    if (!for_each_neighbor(lists, lists.centers[k], square,
                           [&](int, double, double, double) { ++count; }))
      valid = false;
    offsets(k + 1) = count;
  });
  Host().fence("kolace::evaluate: counts are summed");
  if (!valid)
    throw std::invalid_argument("PointerListEvaluator: a neighbor is no atom of the caller's");
  offsets(0) = 0;
  for (int k = 0; k < lists.n_centers; ++k)
    offsets(k + 1) += offsets(k);
  std::size_t const n_pairs = offsets(lists.n_centers);
  make_room(neighbors_, n_pairs, "kolace::evaluate::list_neighbors");
  make_room(displacements_, n_pairs, "kolace::evaluate::list_displacements");
  auto const neighbors = neighbors_;
  auto const displacements = displacements_;
  int const* const place = place_.data();
  Kokkos::parallel_for("kolace::evaluate::gather_neighbors", centers, [&](int k) {
    std::size_t p = offsets(k);
    for_each_neighbor(lists, lists.centers[k], square, [&](int j, double x, double y, double z) {
      neighbors(p) = place[j];
      displacements(p, 0) = x, displacements(p, 1) = y, displacements(p, 2) = z;
      ++p;
    });
  });
  Host().fence("kolace::evaluate: neighbors are read");
}

template <class Space>
void PointerListEvaluator<Space>::operator()(Space const& space, PointerLists const& lists) {
  results_ = {}; // on a host it holds the memory below
  order_atoms(lists);
  gather(lists);
  std::size_t const n = lists.n_centers, n_all = atoms_.size(), n_pairs = row_offsets_(n);
  make_room(device_results_.energies, n, "kolace::evaluate::list_energies");
  make_room(device_results_.forces, n_all, "kolace::evaluate::list_forces");
  make_room(device_results_.virials, n, "kolace::evaluate::list_virials");
  AtomicResults<Space> const now{first_of(device_results_.energies, n),
                                 first_of(device_results_.forces, n_all),
                                 first_of(device_results_.virials, n)};
  typename Space::memory_space const there;
  auto const on_device = [&](auto const& view, std::size_t count) {
    return Kokkos::create_mirror_view_and_copy(there, first_of(view, count));
  };
  NeighborsView<Space> const pairs{static_cast<int>(n),
                                   static_cast<int>(n_all),
                                   on_device(species_, n_all),
                                   on_device(row_offsets_, n + 1),
                                   on_device(neighbors_, n_pairs),
                                   on_device(displacements_, n_pairs)};
  evaluator_(space, pairs, now);
  space.fence("kolace::evaluate: results are returned to the host");
  Kokkos::HostSpace const host;
  results_ = {Kokkos::create_mirror_view_and_copy(host, now.energies),
              Kokkos::create_mirror_view_and_copy(host, now.forces),
              Kokkos::create_mirror_view_and_copy(host, now.virials)};
}

#define KOLACE_INSTANTIATE(Space) template class PointerListEvaluator<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
