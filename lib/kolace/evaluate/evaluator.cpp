#include <kolace/evaluate/evaluator.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/evaluate/detail/graph_passes.hpp>
#include <kolace/evaluate/detail/pair_tables.hpp>
#include <kolace/evaluate/detail/register_blocks.hpp>

#include <Kokkos_ScatterView.hpp>

#include <algorithm>
#include <stdexcept>

namespace kolace {
namespace {

/// Energies of a block's centers, and dE/dA for each row of the atomic basis (GraphPasses).
template <class Space> struct SiteKernel {
  using T = typename LaneTraits<Space>::type;
  static constexpr int width = LaneTraits<Space>::width;
  static constexpr int parts = CenterBlocks<Space>::parts;

  PotentialGraph<Space> graph;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, adjoints;
  Array<double, Space> reference_energy;
  Array<double, Space> energies;

  KOKKOS_FUNCTION void operator()(int index) const {
    int const species = blocks.element(index / parts);
    detail::GraphPasses<Space> const passes{.graph = graph,
                                            .element = graph.elements(species),
                                            .rows = column_of<Space>(values, index),
                                            .adjoint = column_of<Space>(adjoints, index)};
    passes.forward();
    passes.clear_adjoints();
    T const energy =
        passes.contract([&](int k) { return T(graph.coefficients(k * graph.n_densities)); },
                        [&](int k) { return T(graph.single_coefficients(k * graph.n_densities)); });
    passes.backward();
    for (int i = 0; i < width; ++i) {
      int const center = blocks.center_of_lane(index * width + i);
      if (center >= 0)
        energies(center) = lane_get(energy, i) + reference_energy(species);
    }
  }
};

/// One team a center: forces of its pairs from dE/dA.
///
/// f_j = sum_nlm w_nlm [R' Y unit + R grad Y] + sum_k w_k g'_k unit (k: densities, or functions of
/// rank 1 that are not summed): contracted over n first, then with harmonics and solid gradients: 4
/// N M + 15 M + 2 K FLOPs a pair plus the tables. Bytes: 32 a pair read, 24 added to the neighbor's
/// force.
template <class Space, class Scatter> struct ForceKernel {
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>;
  using Member = typename Policy::member_type;
  using Tables = detail::PairTables<Space, detail::PairDerivatives::radial>;
  using T = typename Tables::T;
  static constexpr int capacity = Tables::capacity;
  static constexpr int width = Tables::width;
  using Rows = typename Tables::Rows;
  static constexpr int m_block = Tuning<Space>::contract_m; ///< harmonics contracted at a time

  DeviceBasis<Space> basis;
  NeighborsView<Space> pairs;
  CenterBlocks<Space> blocks;
  LaneTable<Space> adjoints;
  Scatter forces;
  bool has_forces; ///< are they wanted?
  typename AtomicResults<Space>::Tensors virials;
  typename AtomicResults<Space>::Vectors pair_gradients;
  bool adds; ///< to virials and gradients that stand there
  Array<double, Space> energies;
  bool rank1_energy; ///< energies lack the functions of rank 1, whose weights are coefficients

  /// Weights of the rows; forces of a segment's pairs; one l contracted over n.
  struct Workspace {
    Tables tables;
    double* weights;
    Rows force, contracted;

    KOKKOS_FUNCTION Workspace(Scratch<Space>& scratch, ForceKernel const& kernel)
        : tables(scratch, kernel.basis),
          weights(scratch.template take<double>(kernel.basis.layout.n_a_rows())),
          force(scratch.template take<double>(3 * capacity)),
          contracted(
              scratch.template take<double>((2 * kernel.basis.layout.l_max + 1) * capacity)) {}
  };

  Policy policy(Space const& space) const {
    return team_policy<Policy>(space, blocks.n_blocks * CenterBlocks<Space>::block,
                               Tuning<Space>::pair_team, scratch_bytes<Workspace, Space>(*this),
                               *this);
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const slot = team.league_rank();
    int const center = blocks.center_of_lane(slot);
    if (center < 0)
      return;
    int const block = slot / CenterBlocks<Space>::block, lane = slot % CenterBlocks<Space>::block;
    Scratch<Space> scratch(team);
    Workspace const work(scratch, *this);
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, basis.layout.n_a_rows()),
                         [&](int row) { work.weights[row] = adjoints(block, row, lane); });
    auto const access = forces.access();
    Sums sums; // of this thread's pairs
    int const element = pairs.species(center);
    for (int mu = 0; mu < basis.n_elements(); ++mu)
      work.tables.for_each_segment(
          team, basis, pairs, center, mu, basis.bond(element, mu), [&](int count) {
            Kokkos::parallel_for(Kokkos::TeamVectorRange(team, (count + width - 1) / width),
                                 [&](int pack) { pair_forces(work, mu, pack * width, sums); });
            team.team_barrier();
            if (has_forces)
              Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int p) {
                Rows const force = work.force.at(p);
                for (int d = 0; d < 3; ++d)
                  access(work.tables.neighbor[p], d) -= force.lane(d);
              });
            if (pair_gradients.extent(0) > 0)
              store_gradients(team, work, center, count);
          });
    double own[3], virial[6], energy;
    for (int d = 0; d < 3; ++d)
      own[d] = sum_over_team(team, sums.force[d]);
    for (int v = 0; v < 6; ++v)
      virial[v] = sum_over_team(team, sums.virial[v]);
    energy = rank1_energy ? sum_over_team(team, sums.energy) : 0;
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int d = 0; d < 3 && has_forces; ++d)
        access(center, d) += own[d];
      for (int v = 0; v < 6 && virials.extent(0) > 0; ++v)
        virials(center, v) = adds ? virials(center, v) - virial[v] : -virial[v];
      if (rank1_energy)
        energies(center) += energy;
    });
  }

  /// Of a segment's pairs, each of which is this team's alone.
  KOKKOS_FUNCTION void store_gradients(Member const& team, Workspace const& work, int center,
                                       int count) const {
    std::size_t const begin = pairs.row_offsets(center);
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int p) {
      Rows const force = work.force.at(p);
      for (int d = 0; d < 3; ++d)
        pair_gradients(begin + work.tables.pair[p], d) += force.lane(d);
    });
  }

  /// What a thread's pairs add up to, lanes apart; those beyond the last pair have no force.
  struct Sums {
    T force[3] = {T(0.), T(0.), T(0.)};
    T virial[6] = {T(0.), T(0.), T(0.), T(0.), T(0.), T(0.)}; ///< r (x) force
    T energy = T(0.);                                         ///< of rank 1
  };

  KOKKOS_FUNCTION static double sum_over_team(Member const& team, T mine) {
    double sum = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamVectorRange(team, team.team_size()),
        [&](int, double& s) { s += lane_sum(mine); }, sum);
    return sum;
  }

  /// Forces of pairs p.. into the workspace and the sums.
  KOKKOS_FUNCTION void pair_forces(Workspace const& work, int mu, int p, Sums& sums) const {
    RowLayout const& layout = basis.layout;
    Tables const& tables = work.tables;
    Rows const contracted = work.contracted.at(p), y = tables.y.at(p);
    double const* const rank1 = work.weights + layout.rank1_row(mu, 0);
    if (rank1_energy)
      sums.energy += sum_rank1(rank1, layout.n_radial, tables.rank1.at(p));
    // Along the unit vector: sum of slopes, and of l times values, which counts over r.
    T along = sum_rank1(rank1, layout.n_radial, tables.drank1.at(p)), inner(0.), gradient[3][2];
    for (auto& row : gradient)
      row[0] = row[1] = T(0.);
    for (int l = 0; l <= layout.l_max && layout.n_max > 0; ++l) {
      T part(0.);
      detail::for_each_block<m_block>(2 * l + 1, [&](auto size, int first) {
        contract<decltype(size)::value>(work, work.weights + layout.a_row(mu, 1, 0), l, first, p,
                                        along, part);
      });
      inner += T(double(l)) * part;
      if (l > 0)
        add_solid_gradient(
            l, basis.harmonics.gradients.data(), [&](int m) { return contracted[l + m]; },
            [&](int m) { return y[harmonic_index(l - 1, m)]; }, gradient);
    }
    T const inverse = tables.inverse.at(p)[0];
    T const radial = along - inverse * inner;
    Rows const unit = tables.unit.at(p), displacement = tables.displacement.at(p),
               out = work.force.at(p);
    T force[3];
    for (int x = 0; x < 3; ++x) {
      force[x] = radial * unit[x] + inverse * (gradient[x][0] + gradient[x][1]);
      out.set(x, force[x]);
      sums.force[x] += force[x];
    }
    if (virials.extent(0) == 0)
      return;
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1}; // Voigt
    for (int v = 0; v < 6; ++v)
      sums.virial[v] += displacement[first[v]] * force[second[v]];
  }

  /// sum_k weights[k] row_k, as four chains.
  KOKKOS_FUNCTION static T sum_rank1(double const* weights, int n, Rows row) {
    T a(0.), b(0.), c(0.), d(0.);
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      a += T(weights[k]) * row[k];
      b += T(weights[k + 1]) * row[k + 1];
      c += T(weights[k + 2]) * row[k + 2];
      d += T(weights[k + 3]) * row[k + 3];
    }
    for (; k < n; ++k)
      a += T(weights[k]) * row[k];
    return (a + b) + (c + d);
  }

  /// Sums over n for `count` harmonics of one l, from its `first` on: contracted[m] = sum_n w_nlm
  /// R_nl; `along` and `part` gain those times Y, with the slopes and with the values.
  template <int count>
  KOKKOS_FUNCTION void contract(Workspace const& work, double const* weights, int l, int first,
                                int p, T& along, T& part) const {
    int const nlm = basis.layout.n_harmonics(), lm = l * l + first;
    Rows const r = work.tables.r.from(l * basis.radial.stride).at(p);
    Rows const dr = work.tables.dr.from(l * basis.radial.stride).at(p);
    double const* w = weights + lm;
    T value[count], slope[count];
    for (int m = 0; m < count; ++m)
      value[m] = slope[m] = T(0.);
    for (int n = 0; n < basis.layout.n_max; ++n, w += nlm) {
      T const r_n = r[n], dr_n = dr[n];
      for (int m = 0; m < count; ++m) {
        T const weight(w[m]);
        value[m] += weight * r_n;
        slope[m] += weight * dr_n;
      }
    }
    Rows const harmonics = work.tables.y.from(lm).at(p), out = work.contracted.from(first).at(p);
    T slopes[2] = {T(0.), T(0.)}, values[2] = {T(0.), T(0.)}; // short chains
    for (int m = 0; m < count; ++m) {
      T const y = harmonics[m];
      slopes[m % 2] += slope[m] * y;
      values[m % 2] += value[m] * y;
    }
    for (int m = 0; m < count; ++m)
      out.set(m, value[m]);
    along += slopes[0] + slopes[1];
    part += values[0] + values[1];
  }
};

/// Blocks of centers whose tables are held at a time (Tuning::chunk_bytes).
template <class Space>
int blocks_per_chunk(Space const& space, PotentialGraph<Space> const& graph) {
  using Sizes = Tuning<Space>;
  std::size_t const bytes =
      2 * sizeof(double) * CenterBlocks<Space>::block * static_cast<std::size_t>(graph.max_rows);
  std::size_t const least = Sizes::least_chunk, most = Sizes::most_chunk;
  int const blocks = static_cast<int>(std::clamp(Sizes::chunk_bytes / bytes, least, most));
  return Sizes::chunk_per_thread ? blocks * space.concurrency() : blocks;
}

AcePotential const& checked(AcePotential const& potential) {
  for (EmbeddingSpecification const& embedding : potential.basis->specification().embeddings)
    if (embedding.n_densities > potential.n_densities())
      throw std::invalid_argument("Evaluator: the basis has more densities than the potential");
  for (auto const& density : potential.further_densities)
    if (static_cast<int>(density.size()) != potential.basis->size())
      throw std::invalid_argument("Evaluator: a density does not fit the potential's basis");
  if (static_cast<int>(potential.coefficients.size()) != potential.basis->size() ||
      static_cast<int>(potential.reference_energy.size()) != potential.basis->elements().size())
    throw std::invalid_argument("Evaluator: the potential's lists do not fit its basis");
  return potential;
}

/// Coefficients of the functions of rank 1, by bond and density.
PairSums pair_sums(AcePotential const& potential) {
  AceBasis const& basis = *potential.basis;
  int const n_elements = basis.elements().size();
  PairSums sums{potential.n_densities(), {}};
  sums.coefficients.resize(static_cast<std::size_t>(n_elements) * n_elements * sums.count);
  for (int b = 0; b < basis.size(); ++b)
    if (BasisFunction const& f = basis.functions()[b]; f.rank() == 1)
      for (int p = 0; p < sums.count; ++p) {
        auto& c = sums.coefficients[(f.center * n_elements + f.species[0]) * sums.count + p];
        c.resize(std::max(c.size(), static_cast<std::size_t>(f.n[0])), 0.);
        c[f.n[0] - 1] += potential.density(p)[b];
      }
  return sums;
}

} // namespace

template <class Space>
Evaluator<Space>::Evaluator(Space const& space, AcePotential const& potential)
    : potential_(ordinary_form(checked(potential))) {
  ModelSpecification const& spec = potential_.basis->specification();
  // Where functions of rank 1 are products of radial functions, their tables are no sums of tables.
  bool const summed = spec.radial_products.empty();
  basis_.layout = row_layout(*potential_.basis);
  PairSums const sums = summed ? pair_sums(potential_) : PairSums();
  if (summed)
    basis_.layout.n_radial = sums.count;
  basis_.radial =
      RadialTables<Space>::create(space, spec, basis_.layout, potential_.spline_width, sums);
  basis_.harmonics = HarmonicTables<Space>::create(space, basis_.layout.l_max);
  graph_ = PotentialGraph<Space>::create(space, potential_, basis_.layout, summed);
  reference_energy_ =
      copy_to_device(space, potential_.reference_energy, "kolace::evaluate::reference_energy");
  space.fence("kolace::evaluate: host copies belong to the caller");
  if (!potential_.basis->is_linear())
    site_energy_ = std::make_shared<SiteEnergy<Space>>(space, potential_);
}

template <class Space>
void Evaluator<Space>::check(NeighborsView<Space> const& pairs,
                             AtomicResults<Space> const& results) const {
  auto const expect = [](bool fits, char const* what) {
    if (!fits)
      throw std::invalid_argument(std::string("Evaluator: ") + what);
  };
  std::size_t const centers = pairs.n_centers, atoms = pairs.n_atoms,
                    n_pairs = pairs.neighbors.extent(0);
  auto const fits = [](auto const& view, std::size_t n) {
    return view.extent(0) == 0 || view.extent(0) >= n;
  };
  expect(pairs.n_centers >= 0 && pairs.n_atoms >= pairs.n_centers,
         "there are more centers than atoms");
  expect(pairs.species.extent(0) >= atoms, "species has fewer entries than there are atoms");
  expect(centers == 0 || pairs.row_offsets.extent(0) > centers,
         "row_offsets has fewer than n_centers + 1 entries");
  expect(pairs.displacements.extent(0) >= n_pairs,
         "displacements has fewer entries than neighbors");
  expect(fits(results.energies, centers), "energies has fewer entries than there are centers");
  expect(fits(results.forces, atoms), "forces has fewer entries than there are atoms");
  expect(fits(results.virials, centers), "virials has fewer entries than there are centers");
  expect(fits(results.pair_gradients, n_pairs), "pair_gradients has fewer entries than neighbors");
  if constexpr (is_host_space<Space>)
    expect(centers == 0 || pairs.row_offsets(centers) <= n_pairs,
           "the rows reach beyond the neighbors");
}

template <class Space>
void Evaluator<Space>::operator()(Space const& space, NeighborsView<Space> const& pairs,
                                  AtomicResults<Space> const& results) {
  using Scatter = Kokkos::Experimental::ScatterView<double* [3], Kokkos::LayoutRight,
                                                    typename Space::device_type>;
  check(pairs, results);
  bool const has_forces = results.forces.extent(0) > 0,
             has_gradients = results.pair_gradients.extent(0) > 0,
             has_derivatives = has_forces || has_gradients || results.virials.extent(0) > 0;
  if (!results.add) {
    Kokkos::deep_copy(space, results.forces, 0.);
    Kokkos::deep_copy(space, results.pair_gradients, 0.);
  }
  // Kernels overwrite energies and add to them.
  Array<double, Space> energies = results.energies;
  if (results.add || energies.extent(0) == 0) {
    if (energies_.extent_int(0) < pairs.n_centers) {
      energies_ = {}; // free first
      energies_ = Array<double, Space>(
          Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::evaluate::own_energies"),
          pairs.n_centers);
    }
    energies = energies_;
  }
  if (site_energy_)
    site_energy_->sum_core(space, pairs);
  Scatter scatter(space, results.forces);
  auto const all =
      CenterBlocks<Space>::create(space, pairs.species, basis_.n_elements(), pairs.n_centers);
  int const chunk = std::min(blocks_per_chunk(space, graph_), all.n_blocks);
  if (values_.extent_int(0) < chunk) {
    values_ = adjoints_ = {}; // free first
    auto const alloc = [&](std::string const& label) {
      return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
    };
    values_ = LaneTable<Space>(alloc("kolace::evaluate::values"), chunk, graph_.max_rows,
                               CenterBlocks<Space>::block);
    adjoints_ = LaneTable<Space>(alloc("kolace::evaluate::adjoints"), chunk, graph_.max_rows,
                                 CenterBlocks<Space>::block);
  }
  for (int first = 0; first < all.n_blocks; first += chunk) {
    auto const blocks = all.part(first, std::min(chunk, all.n_blocks - first));
    bool const rank1_later = !site_energy_ && has_derivatives; // their weights need no sums
    compute_atomic_basis(space, basis_, pairs, blocks, values_, AtomicDerivatives::none, {},
                         !rank1_later);
    if (site_energy_) {
      site_energy_->embed(space, graph_, pairs, blocks, values_, adjoints_, energies);
    } else {
      SiteKernel<Space> const site{.graph = graph_,
                                   .blocks = blocks,
                                   .values = values_,
                                   .adjoints = adjoints_,
                                   .reference_energy = reference_energy_,
                                   .energies = energies};
      Kokkos::parallel_for(
          "kolace::evaluate::site",
          Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * SiteKernel<Space>::parts), site);
    }
    if (!has_derivatives)
      continue;
    ForceKernel<Space, Scatter> const force{.basis = basis_,
                                            .pairs = pairs,
                                            .blocks = blocks,
                                            .adjoints = adjoints_,
                                            .forces = scatter,
                                            .has_forces = has_forces,
                                            .virials = results.virials,
                                            .pair_gradients = results.pair_gradients,
                                            .adds = results.add,
                                            .energies = energies,
                                            .rank1_energy = rank1_later};
    Kokkos::parallel_for("kolace::evaluate::forces", force.policy(space), force);
  }
  if (has_forces)
    scatter.contribute_into(space, results.forces);
  if (site_energy_ && has_derivatives)
    site_energy_->add_core_forces(space, pairs, results.forces, results.virials,
                                  results.pair_gradients);
  if (results.add && results.energies.extent(0) > 0)
    Kokkos::parallel_for(
        "kolace::evaluate::add_energies", Kokkos::RangePolicy<Space>(space, 0, pairs.n_centers),
        KOKKOS_LAMBDA(int i) { results.energies(i) += energies(i); });
}

#define KOLACE_INSTANTIATE(Space) template class Evaluator<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
