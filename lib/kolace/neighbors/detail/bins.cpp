// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/neighbors/detail/bins.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <cmath>

namespace kolace::detail {

namespace {

/// Slabs of a structure that is mostly empty space: as many as wanted, if their map is small.
constexpr double most_slabs = 1 << 21;
/// Small structures get wider bins instead, which costs less than a look at their atoms.
constexpr int least_atoms = 512;

/// A grid without bins, and what it takes to choose them.
struct GridPlan {
  Grid grid;
  double length[3]; ///< between opposite faces, Angstrom
  double wanted[3]; ///< slabs: one cutoff wide, a third of it in the third direction
  bool is_sparse = false;
};

GridPlan plan_grid(StructureGeometry const& g, double reach) {
  GridPlan plan;
  Grid& grid = plan.grid;
  for (int d = 0; d < 3; ++d) {
    double square = 0;
    for (int k = 0; k < 3; ++k) {
      grid.basis[d][k] = g.basis[d][k];
      grid.to_fraction[d][k] = g.to_fraction[d][k];
      square += g.to_fraction[k][d] * g.to_fraction[k][d];
    }
    grid.periodic[d] = g.periodic[d];
    grid.low[d] = g.low[d];
    grid.slabs[d] = nullptr;
    plan.length[d] = g.periodic[d] ? 1 / std::sqrt(square) : g.extent[d];
    double units = g.periodic[d] ? 1. : g.extent[d];
    if (d == 2) {
      grid.n_images = 1;
      if (g.periodic[d] && plan.length[d] < 2 * reach) {
        int const cells = static_cast<int>(std::ceil(reach / plan.length[d]));
        grid.n_images = 2 * cells + 1;
        grid.periodic[d] = false;
        grid.low[d] = -cells;
        plan.length[d] *= grid.n_images;
        units = grid.n_images;
      }
    }
    grid.per_unit[d] = units > 0 ? 1 / units : 0;
    // Atoms of consecutive bins along direction 2 form one run: narrow bins there tighten the
    // runs, wide ones in the other directions keep their number low.
    double const per_reach = d == 2 ? 3 : 1;
    plan.wanted[d] = std::clamp(std::floor(per_reach * plan.length[d] / reach), 1., most_slabs);
  }
  grid.first_atom = g.first_atom;
  grid.n_atoms = g.n_atoms;
  double const sites = static_cast<double>(g.n_atoms) * grid.n_images;
  plan.is_sparse = plan.wanted[0] * plan.wanted[1] * plan.wanted[2] > sites;
  return plan;
}

/// Divides the grid into plan.wanted slabs, each of them a bin.
void make_slabs(GridPlan& plan, double reach) {
  Grid& grid = plan.grid;
  for (int d = 0; d < 3; ++d) {
    grid.n_slabs[d] = grid.n[d] = static_cast<int>(plan.wanted[d]);
    double const width = plan.length[d] / grid.n[d];
    grid.per_unit[d] *= grid.n[d];
    grid.reach[d] = width > 0 ? static_cast<int>(std::min(std::ceil(reach / width), 1e8)) : 0;
    if (!grid.periodic[d])
      grid.reach[d] = std::min(grid.reach[d], grid.n[d]);
  }
}

/// Wider slabs, so that there are no more bins than sites.
void widen(GridPlan& plan) {
  double const limit = std::max(1., static_cast<double>(plan.grid.n_atoms) * plan.grid.n_images);
  while (plan.wanted[0] * plan.wanted[1] * plan.wanted[2] > limit) {
    auto const widest = std::max_element(plan.wanted, plan.wanted + 3);
    *widest = std::max(1., std::floor(*widest * 0.8));
  }
}

/// Maps slabs to bins: runs of empty slabs are shortened to `reach` bins. Without longer runs,
/// every slab is its own bin.
/// @param occupied [n_slabs] 1: the slab holds atoms; replaced by the bins
/// @return number of bins
int shorten(std::vector<int>& occupied, int reach) {
  int n_bins = 0, empty = 0;
  for (int& slab : occupied) {
    empty = slab ? 0 : empty + 1;
    int const bin = n_bins;
    if (slab || empty <= reach)
      ++n_bins;
    slab = slab || empty <= reach ? bin : std::max(n_bins - 1, 0);
  }
  return n_bins;
}

/// Maps the slabs of sparse structures to bins, leaving out most of the empty ones.
/// @param plans plans of the sparse structures; their grids receive the map
/// @param n_slabs total number of slabs in `plans`
template <class Space>
Array<int, Space> leave_out_empty_space(Space const& space, StructureBatch<Space> const& batch,
                                        std::vector<GridPlan*> const& plans, std::size_t n_slabs) {
  Array<int, Space> const slabs(Kokkos::view_alloc(space, "kolace::neighbors::slabs"), n_slabs);
  auto const positions = batch.positions;
  std::size_t begin = 0;
  for (GridPlan const* plan : plans) {
    Grid const grid = plan->grid;
    Kokkos::parallel_for(
        "kolace::neighbors::find_slabs",
        Kokkos::RangePolicy<Space>(space, grid.first_atom, grid.first_atom + grid.n_atoms),
        KOKKOS_LAMBDA(int atom) {
          std::size_t first = begin;
          for (int d = 0; d < 3; ++d) {
            double const f =
                grid.wrapped(d, positions(atom, 0), positions(atom, 1), positions(atom, 2));
            slabs(first + grid.slab_of(d, f)) = 1;
            first += grid.n_slabs[d];
          }
        });
    for (int const n : grid.n_slabs)
      begin += n;
  }
  space.fence("kolace::neighbors: empty space is found on the host");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), slabs);
  begin = 0;
  for (GridPlan* plan : plans)
    for (int d = 0; d < 3; ++d) {
      Grid& grid = plan->grid;
      std::vector<int> of_slab(host.data() + begin, host.data() + begin + grid.n_slabs[d]);
      grid.n[d] = shorten(of_slab, grid.reach[d]);
      grid.slabs[d] = slabs.data() + begin;
      std::copy(of_slab.begin(), of_slab.end(), host.data() + begin);
      begin += grid.n_slabs[d];
    }
  Kokkos::deep_copy(space, slabs, host);
  space.fence("kolace::neighbors: the host copy of the slabs goes out of scope");
  return slabs;
}

/// Chooses the grids: bins one cutoff wide, a third of it in the third direction, and about as many
/// bins as sites at most.
/// @param slabs receives the memory of Grid::slabs
template <class Space>
Grids choose_grids(Space const& space, StructureBatch<Space> const& batch, double cutoff,
                   Array<int, Space>& slabs) {
  // Rounding errors of coordinates must not hide a neighbor at the cutoff.
  double const reach = cutoff * (1 + 1e-9);
  std::vector<GridPlan> plans;
  std::vector<std::size_t> sparse;
  std::size_t n_slabs = 0;
  for (StructureGeometry const& g : batch.geometry) {
    GridPlan& plan = plans.emplace_back(plan_grid(g, reach));
    bool const leaves_out = plan.is_sparse && g.n_atoms >= least_atoms && plan.grid.n_images == 1;
    if (plan.is_sparse && !leaves_out)
      widen(plan);
    make_slabs(plan, reach);
    if (leaves_out) {
      sparse.push_back(plans.size() - 1);
      for (int const n : plan.grid.n_slabs)
        n_slabs += n;
    }
  }
  if (!sparse.empty()) {
    std::vector<GridPlan*> of_sparse;
    for (std::size_t const s : sparse)
      of_sparse.push_back(&plans[s]);
    slabs = leave_out_empty_space(space, batch, of_sparse, n_slabs);
    // Still far more bins than atoms, e.g. for atoms along a diagonal, where no direction has empty
    // slabs: use wider slabs.
    for (std::size_t const s : sparse)
      if (int const* n = plans[s].grid.n; 1. * n[0] * n[1] * n[2] > 16. * plans[s].grid.n_atoms) {
        plans[s] = plan_grid(batch.geometry[s], reach);
        widen(plans[s]);
        make_slabs(plans[s], reach);
      }
  }
  Grids grids;
  for (GridPlan const& plan : plans) {
    Grid& grid = grids.of_structure.emplace_back(plan.grid);
    grid.first_bin = grids.n_bins;
    grid.first_site = grids.n_sites;
    grids.n_bins += grid.n[0] * grid.n[1] * grid.n[2];
    grids.n_sites += grid.n_atoms * grid.n_images;
  }
  return grids;
}

} // namespace

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch,
                             double cutoff) {
  using Policy = Kokkos::RangePolicy<Space>;
  auto const bare = Kokkos::WithoutInitializing;
  BinnedAtoms<Space> result;
  Grids const host_grids = choose_grids(space, batch, cutoff, result.slabs);
  int const n_bins = host_grids.n_bins, n_sites = host_grids.n_sites;
  result.n_sites = n_sites;
  result.grids = copy_to_device(space, host_grids.of_structure, "kolace::neighbors::grids");
  result.bin_offsets =
      Array<int, Space>(Kokkos::view_alloc(space, "kolace::neighbors::bin_offsets"), n_bins + 1);
  auto const integers = [&](char const* label, int count) {
    return Array<int, Space>(Kokkos::view_alloc(space, bare, std::string(label)), count);
  };
  result.atoms = integers("kolace::neighbors::atoms", n_sites);
  bool const has_images = n_sites > batch.n_atoms;
  result.home = integers("kolace::neighbors::home", has_images ? batch.n_atoms : 0);
  result.wrapped = decltype(result.wrapped)(Kokkos::view_alloc(space, "kolace::neighbors::wrapped"),
                                            n_sites + LaneTraits<Space>::width);
  auto const bin_of = integers("kolace::neighbors::bin_of", n_sites),
             atom_of = integers("kolace::neighbors::atom_of_site", n_sites);
  decltype(result.wrapped) const wrapped(
      Kokkos::view_alloc(space, bare, "kolace::neighbors::wrapped_unsorted"), batch.n_atoms);

  auto const grids = result.grids;
  auto const offsets = result.bin_offsets;
  auto const atoms = result.atoms, home = result.home;
  auto const sorted = result.wrapped;
  auto const positions = batch.positions;
  auto const owners = batch.structure_of_atom;

  // Wrap each atom into its cell and count its sites in the offsets entry after their bin.
  Kokkos::parallel_for(
      "kolace::neighbors::count_bins", Policy(space, 0, batch.n_atoms), KOKKOS_LAMBDA(int atom) {
        Grid const& g = grids(owners(atom));
        double x[3] = {positions(atom, 0), positions(atom, 1), positions(atom, 2)};
        double f[3];
        for (int d = 0; d < 3; ++d) {
          f[d] = positions(atom, 0) * g.to_fraction[0][d] +
                 positions(atom, 1) * g.to_fraction[1][d] +
                 positions(atom, 2) * g.to_fraction[2][d];
          if (g.periodic[d] || (d == 2 && g.n_images > 1)) {
            double const cells = Kokkos::floor(f[d]);
            f[d] -= cells;
            for (int k = 0; k < 3; ++k)
              x[k] -= cells * g.basis[d][k];
          }
        }
        for (int k = 0; k < 3; ++k)
          wrapped(atom, k) = x[k];
        int const row = g.bin(0, f[0]) * g.n[1] + g.bin(1, f[1]);
        for (int image = 0; image < g.n_images; ++image) {
          int const site = g.first_site + image * g.n_atoms + atom - g.first_atom;
          bin_of(site) = g.first_bin + row * g.n[2] + g.bin(2, f[2] + g.cell_of(image));
          atom_of(site) = atom;
          Kokkos::atomic_inc(&offsets(bin_of(site) + 1));
        }
      });
  Kokkos::parallel_scan(
      "kolace::neighbors::scan_bins", Policy(space, 0, n_bins + 1),
      KOKKOS_LAMBDA(int bin, int& sum, bool last) {
        sum += offsets(bin);
        if (last)
          offsets(bin) = sum;
      });
  Array<int, Space> const fill(Kokkos::view_alloc(space, "kolace::neighbors::fill"), n_bins);
  auto const sites = integers("kolace::neighbors::sites", n_sites);
  Kokkos::parallel_for(
      "kolace::neighbors::fill_bins", Policy(space, 0, n_sites), KOKKOS_LAMBDA(int site) {
        int const bin = bin_of(site);
        sites(offsets(bin) + Kokkos::atomic_fetch_add(&fill(bin), 1)) = site;
      });
  // The order of insertion differs from run to run: sort each bin (a few sites) by site.
  Kokkos::parallel_for(
      "kolace::neighbors::sort_bins", Policy(space, 0, n_bins), KOKKOS_LAMBDA(int bin) {
        for (int k = offsets(bin) + 1; k < offsets(bin + 1); ++k) {
          int const site = sites(k);
          int hole = k;
          for (; hole > offsets(bin) && sites(hole - 1) > site; --hole)
            sites(hole) = sites(hole - 1);
          sites(hole) = site;
        }
      });
  Kokkos::parallel_for(
      "kolace::neighbors::sort_positions", Policy(space, 0, n_sites), KOKKOS_LAMBDA(int k) {
        int const site = sites(k), atom = atom_of(site);
        Grid const& g = grids(owners(atom));
        int const image = has_images ? (site - g.first_site) / g.n_atoms : 0;
        atoms(k) = atom;
        if (has_images && image == 0)
          home(atom) = k;
        for (int d = 0; d < 3; ++d)
          sorted(k, d) = wrapped(atom, d) + g.cell_of(image) * g.basis[2][d];
      });
  space.fence("kolace::neighbors: the host copy of the grids goes out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template BinnedAtoms<Space> bin_atoms(Space const&, StructureBatch<Space> const&, double);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace::detail
