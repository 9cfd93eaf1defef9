// SPDX-License-Identifier: BSD-3-Clause
#include "pair_kolace.hpp"

#include <kolace/core/device.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/evaluate/pointer_lists.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <atom.h>
#include <comm.h>
#include <error.h>
#include <force.h>
#include <memory.h>
#include <neigh_list.h>
#include <neighbor.h>
#include <update.h>
#include <utils.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace LAMMPS_NS {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// "1 thread", "2 threads".
std::string counted(int n, std::string const& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

/// Number of threads: from LAMMPS if it is compiled with OpenMP, otherwise from OMP_NUM_THREADS; 1
/// if neither is set.
int wanted_threads(int of_lammps) {
  char const* const variable = std::getenv("OMP_NUM_THREADS");
  int const wanted = of_lammps > 1 || !variable ? of_lammps : std::atoi(variable);
  return wanted > 1 ? wanted : 1;
}

/// Starts Kokkos once per process. It is not finalized, since LAMMPS may delete its styles at any
/// time.
void start_kokkos(int threads) {
  if (Kokkos::is_initialized())
    return;
  setenv("OMP_PROC_BIND", "false", 0); // the launcher places MPI ranks
  Kokkos::InitializationSettings settings;
  settings.set_num_threads(threads);
  Kokkos::initialize(settings);
}

} // namespace

struct PairKolace::State {
  State(kolace::AcePotential const& potential, bool single)
      : evaluator(space, potential,
                  single ? kolace::Precision::float32 : kolace::Precision::float64) {}

  Space space;
  kolace::PointerListEvaluator<Space> evaluator;
};

PairKolace::PairKolace(LAMMPS* lmp) : Pair(lmp) {
  single_enable = 0;
  restartinfo = 0;
  one_coeff = 1;
  manybody_flag = 1;
  centroidstressflag = CENTROID_AVAIL;
  // The virial is summed over centers, so that it is correct in hybrid styles.
  no_virial_fdotr_compute = 1;
  if (std::string const missing = kolace::missing_device(); !missing.empty())
    error->all(FLERR, "kolace: {}", missing);
  start_kokkos(wanted_threads(comm->nthreads));
}

void PairKolace::use(kolace::AcePotential const& potential, kolace::ActiveSet const* active_set) {
  auto state = std::make_unique<State>(potential, single_);
  if (active_set)
    state->evaluator.use(state->space, *active_set);
  basis_ = state->evaluator.potential().basis;
  state_ = std::move(state);
}

PairKolace::~PairKolace() {
  if (copymode || !allocated)
    return;
  memory->destroy(setflag);
  memory->destroy(cutsq);
}

void PairKolace::allocate() {
  allocated = 1;
  int const n = atom->ntypes + 1;
  memory->create(setflag, n, n, "pair:setflag");
  memory->create(cutsq, n, n, "pair:cutsq");
  map = new int[n];
  std::memset(&setflag[0][0], 0, sizeof(int) * n * n);
  std::memset(&cutsq[0][0], 0, sizeof(double) * n * n);
}

void PairKolace::settings(int n_words, char** words) {
  bool const known = n_words == 1 &&
                     (std::strcmp(words[0], "single") == 0 || std::strcmp(words[0], "double") == 0);
  if (n_words > 1 || (n_words == 1 && !known))
    error->all(FLERR, "pair_style kolace: expected no argument, single or double");
  single_ = n_words == 1 && std::strcmp(words[0], "single") == 0;
}

void PairKolace::coeff(int n_words, char** words) {
  if (n_words < 3)
    error->all(FLERR, "pair_coeff of kolace: expected * * FILE, optionally an active set (.asi), "
                      "and one element per atom type");
  std::string const found = utils::get_potential_file_path(words[2]);
  std::string const file = found.empty() ? words[2] : found;
  std::vector<std::string> notes;
  std::string const second = words[3 < n_words ? 3 : 2];
  bool const has_active_set = n_words > 3 && second.ends_with(".asi");
  int const first_element = has_active_set ? 4 : 3;
  try {
    kolace::AcePotential const potential = kolace::read_potential(file, &notes);
    for (int k = first_element; k < n_words; ++k)
      if (std::strcmp(words[k], "NULL") != 0 &&
          potential.basis->elements().species(std::string(words[k])) < 0)
        throw kolace::InputError(file + ": has no element " + words[k]);
    // The results of an earlier pair_coeff are replaced only when this one is known to be valid.
    std::optional<kolace::ActiveSet> active_set;
    if (has_active_set) {
      std::string const place = utils::get_potential_file_path(words[3]);
      active_set = kolace::read_active_set(place.empty() ? second : place, *potential.basis);
    }
    use(potential, active_set ? &*active_set : nullptr);
  } catch (std::exception const& e) { // a file may be missing on a single node
    error->one(FLERR, "kolace: {}", e.what());
  }
  if (!allocated)
    allocate();
  map_element2type(n_words - first_element, words + first_element);
  has_active_set_ = has_active_set;
  species_of_type_.assign(atom->ntypes + 1, -1);
  for (int t = 1; t <= atom->ntypes; ++t)
    if (map[t] >= 0)
      species_of_type_[t] = basis_->elements().species(std::string(elements[map[t]]));
  if (comm->me == 0)
    describe(file, notes);
}

void PairKolace::describe(std::string const& file, std::vector<std::string> const& notes) {
  kolace::AceBasis const& basis = *basis_;
  int const threads = Kokkos::DefaultHostExecutionSpace().concurrency();
  utils::logmesg(lmp, "kolace: {}: {}, body order {}, cutoff {:.4g} A, {}{}\n", file,
                 counted(basis.size(), "function"), basis.max_rank() + 1, basis.cutoff(),
                 counted(threads, "thread"), single_ ? ", in single precision" : "");
  for (std::string const& note : notes)
    utils::logmesg(lmp, "kolace: {}\n", note);
  if (!kokkosable && threads != wanted_threads(comm->nthreads))
    error->warning(FLERR,
                   "kolace uses {} per rank: their number is fixed by the first pair_style "
                   "kolace of a process",
                   counted(threads, "thread"));
}

void PairKolace::init_style() {
  if (force->newton_pair == 0)
    error->all(FLERR, "pair_style kolace requires newton pair on");
  if (std::strcmp(update->unit_style, "metal") != 0)
    error->all(FLERR, "pair_style kolace requires units metal (eV, Angstrom)");
  neighbor->add_request(this, NeighConst::REQ_FULL);
}

double PairKolace::init_one(int i, int j) {
  if (setflag[i][j] == 0 || !basis_)
    error->all(FLERR, "All pair coeffs are not set");
  return basis_->cutoff(species_of_type_[i], species_of_type_[j]);
}

void PairKolace::compute(int eflag, int vflag) {
  ev_init(eflag, vflag);
  int const n_atoms = atom->nlocal + atom->nghost;
  species_.resize(n_atoms);
  for (int i = 0; i < n_atoms; ++i)
    species_[i] = species_of_type_[atom->type[i]];
  centers_.clear();
  for (int k = 0; k < list->inum; ++k)
    if (species_[list->ilist[k]] >= 0)
      centers_.push_back(list->ilist[k]);
  // Energies and virials are computed per atom even if LAMMPS only needs the totals.
  energies_.assign(eflag_global || eflag_atom ? n_atoms : 0, 0.);
  virials_.assign(vflag_global || vflag_atom ? 6 * static_cast<std::size_t>(n_atoms) : 0, 0.);
  centroids_.assign(cvflag_atom ? 9 * static_cast<std::size_t>(n_atoms) : 0, 0.);
  // fix pair asks for the address on ranks without atoms, too.
  grades_.assign(wants_grades_ ? std::max(n_atoms, 1) : 0, 0.);
  auto const wanted = [](std::vector<double>& v) { return v.empty() ? nullptr : v.data(); };
  try {
    state_->evaluator(state_->space,
                      {.n_atoms = n_atoms,
                       .positions = n_atoms > 0 ? atom->x[0] : nullptr,
                       .species = species_.data(),
                       .n_centers = static_cast<int>(centers_.size()),
                       .centers = centers_.data(),
                       .n_neighbors = list->numneigh,
                       .neighbors = list->firstneigh,
                       .mask = NEIGHMASK},
                      {.energies = wanted(energies_),
                       .forces = n_atoms > 0 ? atom->f[0] : nullptr,
                       .virials = wanted(virials_),
                       .centroid_virials = wanted(centroids_),
                       .grades = wanted(grades_)});
  } catch (std::exception const& e) {
    error->one(FLERR, "kolace: {}", e.what());
  }
  add_results();
}

void* PairKolace::extract(char const* name, int& dimension) {
  dimension = 0;
  return has_active_set_ && std::strcmp(name, "gamma_flag") == 0 ? &wants_grades_ : nullptr;
}

void* PairKolace::extract_peratom(char const* name, int& columns) {
  columns = 0;
  return std::strcmp(name, "gamma") == 0 ? grades_.data() : nullptr;
}

void PairKolace::add_results() {
  constexpr int voigt[6] = {0, 1, 2, 5, 4, 3}; // LAMMPS: xx yy zz xy xz yz
  for (int const i : centers_) {
    if (eflag_global)
      eng_vdwl += energies_[i];
    if (eflag_atom)
      eatom[i] += energies_[i];
    for (int v = 0; v < 6; ++v) {
      if (vflag_global)
        virial[v] += virials_[6 * static_cast<std::size_t>(i) + voigt[v]];
      if (vflag_atom)
        vatom[i][v] += virials_[6 * static_cast<std::size_t>(i) + voigt[v]];
    }
  }
  for (std::size_t i = 0; 9 * i < centroids_.size(); ++i) // including ghosts
    for (int v = 0; v < 9; ++v)
      cvatom[i][v] += centroids_[9 * i + centroid_order[v]];
}

} // namespace LAMMPS_NS
