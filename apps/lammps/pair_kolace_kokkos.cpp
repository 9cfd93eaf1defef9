// SPDX-License-Identifier: BSD-3-Clause
#include "pair_kolace_kokkos.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>

#include <atom_kokkos.h>
#include <atom_masks.h>
#include <error.h>
#include <force.h>
#include <kokkos.h>
#include <memory_kokkos.h>
#include <neigh_list_kokkos.h>
#include <neigh_request.h>
#include <neighbor.h>

#include <algorithm>
#include <optional>
#include <type_traits>

namespace LAMMPS_NS {

using Space = Kokkos::DefaultExecutionSpace;
using Results = kolace::AtomicResults<Space>;
using Arrays = ArrayTypes<LMPDeviceType>;
static_assert(std::is_same_v<LMPDeviceType::execution_space, Space>,
              "LAMMPS and kolace must compute on the same execution space");
static_assert(std::is_same_v<KK_FLOAT, double> && std::is_same_v<KK_ACC_FLOAT, double>,
              "pair_style kolace/kk needs a LAMMPS with KOKKOS_PREC=double");

namespace kolace_kk {

/// Entries of a tensor xx yy zz yz xz xy in the order of LAMMPS, xx yy zz xy xz yz.
KOKKOS_INLINE_FUNCTION int voigt(int v) {
  return v < 3 ? v : 8 - v;
}

/// Species of the potential from LAMMPS' types.
struct SpeciesKernel {
  Arrays::t_int_1d_randomread type;
  kolace::Array<int const, Space> species_of_type;
  kolace::Array<int, Space> species;

  KOKKOS_FUNCTION void operator()(int i) const { species(i) = species_of_type(type(i)); }
};

/// f += forces, where the layouts differ.
template <class Forces> struct ForceKernel {
  Results::Vectors forces;
  Forces f;

  KOKKOS_FUNCTION void operator()(int i) const {
    for (int x = 0; x < 3; ++x)
      f(i, x) += forces(i, x);
  }
};

/// Sums of energy and virial, in the order of LAMMPS.
struct SumKernel {
  using value_type = double[];
  unsigned value_count = 7;
  kolace::Array<double, Space> energies;
  Results::Tensors virials;

  KOKKOS_FUNCTION void init(value_type sum) const {
    for (unsigned v = 0; v < value_count; ++v)
      sum[v] = 0;
  }
  KOKKOS_FUNCTION void join(value_type sum, value_type const other) const {
    for (unsigned v = 0; v < value_count; ++v)
      sum[v] += other[v];
  }
  KOKKOS_FUNCTION void operator()(int i, value_type sum) const {
    if (energies.extent(0) > 0)
      sum[6] += energies(i);
    for (int v = 0; v < 6 && virials.extent(0) > 0; ++v)
      sum[v] += virials(i, voigt(v));
  }
};

/// Energies and virials per atom.
template <class Energies, class Virials> struct PerAtomKernel {
  kolace::Array<double, Space> energies;
  Results::Tensors virials;
  Energies eatom;
  Virials vatom;
  bool has_energies, has_virials;

  KOKKOS_FUNCTION void operator()(int i) const {
    if (has_energies)
      eatom(i) += energies(i);
    for (int v = 0; v < 6 && has_virials; ++v)
      vatom(i, v) += virials(i, voigt(v));
  }
};

/// Makes a View at least n long; contents are not kept.
template <class View> void grow(Space const& space, View& view, char const* label, std::size_t n) {
  if (view.extent(0) >= n)
    return;
  view = View(); // free first
  view = View(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label)),
              n + n / 8 + 1);
}

} // namespace kolace_kk

struct PairKolaceKokkos::DeviceState {
  DeviceState(kolace::AcePotential const& potential, bool single)
      : evaluator(space, potential,
                  single ? kolace::Precision::float32 : kolace::Precision::float64) {}

  Space space;
  kolace::Evaluator<Space> evaluator;
  std::optional<kolace::ExtrapolationGrade<Space>> grade;
  kolace::Array<int, Space> species, species_of_type;
  kolace::Array<double, Space> energies, grades;
  Results::Tensors virials;
  Results::Centroids centroids;
  Results::Vectors forces; ///< used where LAMMPS' forces have another layout
};

PairKolaceKokkos::PairKolaceKokkos(LAMMPS* lmp) : PairKolace(lmp) {
  kokkosable = 1;
  respa_enable = 0;
  if (!lmp->kokkos || !lmp->kokkos->kokkos_exists)
    error->all(FLERR, "pair_style kolace/kk requires the KOKKOS package switched on (-k on)");
  atomKK = static_cast<AtomKokkos*>(atom);
  execution_space = ExecutionSpaceFromDevice<LMPDeviceType>::space;
  datamask_read = EMPTY_MASK; // compute() synchronizes by itself
  datamask_modify = EMPTY_MASK;
}

PairKolaceKokkos::~PairKolaceKokkos() {
  if (copymode)
    return;
  memoryKK->destroy_kokkos(k_eatom, eatom);
  memoryKK->destroy_kokkos(k_vatom, vatom);
}

void PairKolaceKokkos::use(kolace::AcePotential const& potential,
                           kolace::ActiveSet const* active_set) {
  auto device = std::make_unique<DeviceState>(potential, single_);
  auto const& basis = device->evaluator.potential().basis;
  if (active_set)
    device->grade.emplace(device->space, basis, *active_set, potential.spline_width);
  basis_ = basis;
  device_ = std::move(device);
}

void PairKolaceKokkos::coeff(int n_words, char** words) {
  PairKolace::coeff(n_words, words);
  DeviceState& d = *device_;
  d.species_of_type =
      kolace::Array<int, Space>("kolace::lammps::species_of_type", species_of_type_.size());
  Kokkos::View<int const*, Kokkos::HostSpace> const host(species_of_type_.data(),
                                                         species_of_type_.size());
  Kokkos::deep_copy(d.species_of_type, host);
}

void PairKolaceKokkos::init_style() {
  PairKolace::init_style();
  auto* const request = neighbor->find_request(this);
  request->set_kokkos_host(false);
  request->set_kokkos_device(true);
}

void PairKolaceKokkos::compute(int eflag, int vflag) {
  namespace kk = kolace_kk;
  ev_init(eflag, vflag, 0);
  if (eflag_atom) {
    memoryKK->destroy_kokkos(k_eatom, eatom);
    memoryKK->create_kokkos(k_eatom, eatom, maxeatom, "pair:eatom");
  }
  if (vflag_atom) {
    memoryKK->destroy_kokkos(k_vatom, vatom);
    memoryKK->create_kokkos(k_vatom, vatom, maxvatom, "pair:vatom");
  }
  atomKK->sync(execution_space, X_MASK | F_MASK | TYPE_MASK);
  auto const x = atomKK->k_x.view<LMPDeviceType>();
  auto const f = atomKK->k_f.view<LMPDeviceType>();
  DeviceState& d = *device_;
  int const n_atoms = atom->nlocal + atom->nghost;
  kk::grow(d.space, d.species, "kolace::lammps::species", n_atoms);
  if (eflag_global || eflag_atom)
    kk::grow(d.space, d.energies, "kolace::lammps::energies", n_atoms);
  if (vflag_global || vflag_atom)
    kk::grow(d.space, d.virials, "kolace::lammps::virials", n_atoms);
  Kokkos::parallel_for(
      "kolace::lammps::species", Kokkos::RangePolicy<Space>(d.space, 0, n_atoms),
      kk::SpeciesKernel{atomKK->k_type.view<LMPDeviceType>(), d.species_of_type, d.species});

  auto* const lists = static_cast<NeighListKokkos<LMPDeviceType>*>(list);
  auto const& table = lists->d_neighbors;
  kolace::NeighborsView<Space> pairs{.n_centers = list->inum, .n_atoms = n_atoms};
  pairs.species = d.species;
  pairs.positions = kolace::VectorsView<Space>(
      x.data(), Kokkos::LayoutStride(n_atoms, x.stride(0), 3, x.stride(1)));
  pairs.n_neighbors =
      kolace::Array<int const, Space>(lists->d_numneigh.data(), lists->d_numneigh.extent(0));
  pairs.table = kolace::NeighborsView<Space>::Table(
      table.data(),
      Kokkos::LayoutStride(table.extent(0), table.stride(0), table.extent(1), table.stride(1)));
  pairs.centers = kolace::Array<int const, Space>(lists->d_ilist.data(), list->inum);
  pairs.mask = NEIGHMASK;

  if (cvflag_atom)
    kk::grow(d.space, d.centroids, "kolace::lammps::centroids", n_atoms);

  // Forces are added in place where LAMMPS keeps them in rows of three.
  bool const in_place = f.stride(0) == 3 && f.stride(1) == 1;
  Results results;
  if (eflag_global || eflag_atom)
    results.energies = d.energies;
  if (vflag_global || vflag_atom)
    results.virials = d.virials;
  if (cvflag_atom)
    results.centroid_virials = d.centroids;
  if (in_place) {
    results.add = true;
    results.forces = Results::Vectors(f.data(), n_atoms);
    auto const clear = [&](auto const& view) { // a copy to an empty View would wait
      if (view.extent(0) > 0)
        Kokkos::deep_copy(d.space, view, 0.);
    };
    clear(results.energies);
    clear(results.virials);
    clear(results.centroid_virials);
  } else {
    kk::grow(d.space, d.forces, "kolace::lammps::forces", n_atoms);
    results.forces = d.forces;
  }
  try {
    if (list->inum > 0)
      d.evaluator(d.space, pairs, results);
    if (wants_grades_) {
      kk::grow(d.space, d.grades, "kolace::lammps::grades", n_atoms);
      Kokkos::deep_copy(d.space, d.grades, 0.);
      if (list->inum > 0)
        (*d.grade)(d.space, pairs, d.grades);
      grades_.assign(std::max(n_atoms, 1), 0.); // fix pair asks for the address without atoms, too
      Kokkos::View<double*, Kokkos::HostSpace> const host(grades_.data(), n_atoms);
      Kokkos::deep_copy(host, Kokkos::subview(d.grades, std::pair(0, n_atoms)));
    }
  } catch (std::exception const& e) {
    error->one(FLERR, "kolace: {}", e.what());
  }
  if (!in_place && list->inum > 0)
    Kokkos::parallel_for("kolace::lammps::forces", Kokkos::RangePolicy<Space>(d.space, 0, n_atoms),
                         kk::ForceKernel<std::remove_const_t<decltype(f)>>{d.forces, f});
  atomKK->modified(execution_space, F_MASK);
  if (list->inum > 0 && (eflag_global || vflag_global))
    add_sums();
  if (eflag_atom || vflag_atom)
    add_per_atom();
  if (cvflag_atom)
    copy_centroids(n_atoms);
}

void PairKolaceKokkos::copy_centroids(int n_atoms) {
  // LAMMPS keeps these on the host.
  memory->destroy(cvatom);
  memory->create(cvatom, maxcvatom, 9, "pair:cvatom");
  std::fill_n(&cvatom[0][0], 9 * static_cast<std::size_t>(maxcvatom), 0.);
  if (list->inum == 0)
    return;
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), device_->centroids);
  for (int i = 0; i < n_atoms; ++i) // including ghosts
    for (int v = 0; v < 9; ++v)
      cvatom[i][v] = host(i, centroid_order[v]);
}

void PairKolaceKokkos::add_sums() {
  DeviceState& d = *device_;
  kolace_kk::SumKernel kernel;
  if (eflag_global)
    kernel.energies = d.energies;
  if (vflag_global)
    kernel.virials = d.virials;
  double sum[7] = {};
  Kokkos::parallel_reduce("kolace::lammps::sums",
                          Kokkos::RangePolicy<Space>(d.space, 0, atom->nlocal), kernel, sum);
  eng_vdwl += sum[6];
  for (int v = 0; v < 6; ++v)
    virial[v] += sum[v];
}

void PairKolaceKokkos::add_per_atom() {
  DeviceState& d = *device_;
  auto const energies = k_eatom.view<LMPDeviceType>();
  auto const virials = k_vatom.view<LMPDeviceType>();
  if (list->inum > 0)
    Kokkos::parallel_for(
        "kolace::lammps::per_atom", Kokkos::RangePolicy<Space>(d.space, 0, atom->nlocal),
        kolace_kk::PerAtomKernel<std::remove_const_t<decltype(energies)>,
                                 std::remove_const_t<decltype(virials)>>{
            d.energies, d.virials, energies, virials, eflag_atom != 0, vflag_atom != 0});
  d.space.fence("kolace: results per atom are read on the host");
  if (eflag_atom) {
    k_eatom.modify<LMPDeviceType>();
    k_eatom.sync_host();
  }
  if (vflag_atom) {
    k_vatom.modify<LMPDeviceType>();
    k_vatom.sync_host();
  }
}

} // namespace LAMMPS_NS
