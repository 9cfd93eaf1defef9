// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/evaluator.hpp>

#include <kolace/core/grow.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/evaluate/detail/check_views.hpp>
#include <kolace/evaluate/detail/evaluator_state.hpp>
#include <kolace/evaluate/detail/force_kernel.hpp>
#include <kolace/evaluate/detail/graph_passes.hpp>

#include <algorithm>
#include <stdexcept>

namespace kolace {
namespace {

/// Adds the energies of a block's centers and computes dE/dA for each row of the atomic basis
/// (GraphPasses).
template <class Space, class Scalar> struct SiteKernel {
  using T = typename LaneTraits<Space, Scalar>::type;
  static constexpr int width = LaneTraits<Space, Scalar>::width;
  static constexpr int parts = CenterBlocks<Space, Scalar>::parts;

  PotentialGraph<Space, Scalar> graph;
  CenterBlocks<Space, Scalar> blocks;
  LaneTable<Space, Scalar> values, adjoints;
  Array<double, Space> reference_energy;
  NeighborsView<Space> pairs;
  Array<double, Space> energies; ///< by atom; may be empty

  KOKKOS_FUNCTION void operator()(int index) const {
    if (blocks.is_empty(index / parts))
      return;
    int const species = blocks.element(index / parts);
    detail::GraphPasses<Space, Scalar> const passes{.graph = graph,
                                                    .element = graph.elements(species),
                                                    .rows = column_of<Space, Scalar>(values, index),
                                                    .adjoint =
                                                        column_of<Space, Scalar>(adjoints, index)};
    passes.forward();
    passes.clear_adjoints();
    T const energy =
        passes.contract([&](int k) { return T(graph.coefficients(k * graph.n_densities)); },
                        [&](int k) { return T(graph.single_coefficients(k * graph.n_densities)); });
    passes.backward();
    for (int i = 0; i < width && energies.extent(0) > 0; ++i) {
      int const center = blocks.center_of_lane(index * width + i);
      if (center >= 0)
        energies(pairs.atom(center)) += lane_get(energy, i) + reference_energy(species);
    }
  }
};

AcePotential const& checked(AcePotential const& potential) {
  for (EmbeddingSpecification const& embedding : potential.basis->specification().embeddings)
    if (embedding.n_densities > potential.n_densities())
      throw std::invalid_argument("Evaluator: the basis has more densities than the potential");
  for (auto const& density : potential.further_densities)
    if (static_cast<int>(density.size()) != potential.basis->size())
      throw std::invalid_argument(
          "Evaluator: a density and the basis differ in the number of functions");
  if (static_cast<int>(potential.coefficients.size()) != potential.basis->size() ||
      static_cast<int>(potential.reference_energy.size()) != potential.basis->elements().size())
    throw std::invalid_argument(
        "Evaluator: the coefficients or reference energies do not match the basis");
  return potential;
}

/// Coefficients of the functions of rank 1, by bond and density, and `further` functions of pairs.
PairSums pair_sums(AcePotential const& potential, std::vector<PairFunction> further) {
  AceBasis const& basis = *potential.basis;
  int const n_elements = basis.elements().size();
  PairSums sums{potential.n_densities() + (further.empty() ? 0 : 1), {}, std::move(further)};
  sums.coefficients.resize(static_cast<std::size_t>(n_elements) * n_elements * sums.count);
  for (int b = 0; b < basis.size(); ++b)
    if (BasisFunction const& f = basis.functions()[b]; f.rank() == 1)
      for (int p = 0; p < potential.n_densities(); ++p) {
        auto& c = sums.coefficients[(f.center * n_elements + f.species[0]) * sums.count + p];
        c.resize(std::max(c.size(), static_cast<std::size_t>(f.n[0])), 0.);
        c[f.n[0] - 1] += potential.density(p)[b];
      }
  return sums;
}

} // namespace

template <class Space, class Scalar>
detail::EvaluatorState<Space, Scalar>::EvaluatorState(Space const& space, AcePotential&& ordinary) {
  AcePotential const& potential = this->potential = std::move(ordinary);
  ModelSpecification const& spec = potential.basis->specification();
  // If rank-1 functions are products of radial functions, they cannot be summed: the table of a
  // product is not a sum of tables.
  bool const summed = spec.radial_products.empty();
  basis.layout = row_layout(*potential.basis);
  double spline_width = potential.spline_width, sum_width = spline_width;
  if constexpr (std::is_same_v<Scalar, float>) {
    // Recurrences are faster than looking up sixteen lanes in a table, and as exact as a float. The
    // sum of rank 1 is a single function, and summing 45 recurrences in floats loses digits.
    auto const has_recurrence = [](BondSpecification const& bond) {
      return bond.radial.kind == RadialKind::ChebExpCos ||
             bond.radial.kind == RadialKind::ChebLinear;
    };
    if (sum_width <= 0)
      sum_width = 0.001;
    spline_width =
        std::all_of(spec.bonds.begin(), spec.bonds.end(), has_recurrence) ? 0 : sum_width;
  }
  // Where the rank-1 sum is tabulated, the core repulsion is tabulated with it, as in ML-PACE.
  std::vector<PairFunction> const core =
      summed && sum_width > 0 ? core_functions(potential) : std::vector<PairFunction>();
  PairSums const sums = summed ? pair_sums(potential, core) : PairSums();
  if (summed)
    basis.layout.n_radial = sums.count;
  basis.radial =
      RadialTables<Space, Scalar>::create(space, spec, basis.layout, spline_width, sums, sum_width);
  basis.harmonics = harmonic_factors<Scalar>(space, basis.layout.l_max);
  graph = PotentialGraph<Space, Scalar>::create(space, potential, basis.layout, summed);
  reference_energy =
      copy_to_device(space, potential.reference_energy, "kolace::evaluate::reference_energy");
  space.fence("kolace::evaluate: host copies belong to the caller");
  if (!potential.basis->is_linear())
    site_energy =
        std::make_unique<SiteEnergy<Space, Scalar>>(space, potential, basis.layout, !core.empty());
}

template <class Space>
Evaluator<Space>::Evaluator(Space const& space, AcePotential const& potential,
                            Precision precision) {
  AcePotential ordinary = ordinary_form(checked(potential));
  if (precision == Precision::float32)
    state_ = std::make_unique<detail::EvaluatorState<Space, float>>(space, std::move(ordinary));
  else
    state_ = std::make_unique<detail::EvaluatorState<Space, double>>(space, std::move(ordinary));
}

template <class Space> Evaluator<Space>::~Evaluator() = default;
template <class Space> Evaluator<Space>::Evaluator(Evaluator&&) noexcept = default;
template <class Space>
Evaluator<Space>& Evaluator<Space>::operator=(Evaluator&&) noexcept = default;

template <class Space> AcePotential const& Evaluator<Space>::potential() const {
  return state_->potential;
}

template <class Space>
void Evaluator<Space>::operator()(Space const& space, NeighborsView<Space> const& pairs,
                                  AtomicResults<Space> const& results) {
  (*state_)(space, pairs, results);
}

template <class Space, class Scalar>
void detail::EvaluatorState<Space, Scalar>::operator()(Space const& space,
                                                       NeighborsView<Space> const& pairs,
                                                       AtomicResults<Space> const& results) {
  using Store = PairStore<Space, Scalar>;
  auto& s = *this;
  detail::check(pairs, results, s.basis.n_elements());
#ifdef KOLACE_CONTRACTS
  check_neighbors(space, pairs, s.potential.basis->cutoff());
#endif
  if (!results.add) { // the kernels only add
    auto const clear = [&](auto const& view) {
      if (view.extent(0) > 0) // deep_copy of an empty View fences
        Kokkos::deep_copy(space, view, 0.);
    };
    clear(results.energies);
    clear(results.forces);
    clear(results.virials);
    clear(results.pair_gradients);
    clear(results.centroid_virials);
  }
  auto const forces = s.forces.begin(space, results.forces, pairs.n_atoms);
  if (s.site_energy)
    s.site_energy->sum_core(space, pairs, forces, results);
  s.blocks.assign(space, pairs, s.basis.n_elements());
  int const n_blocks = s.blocks.n_blocks;
  int const lanes = CenterBlocks<Space, Scalar>::block;
  int rows = 2 * s.graph.max_rows;
  if constexpr (Store::enabled) {
    if (s.store.capacity == 0)
      s.store.capacity = Store::first_capacity;
    rows += Store::n_rows(s.store.capacity);
  }
  int const chunk = std::min(blocks_per_chunk<Scalar>(space, rows), n_blocks);
  if constexpr (Store::enabled)
    s.store.prepare(space, chunk * lanes, s.basis.n_elements());
  grow(space, s.values, "kolace::evaluate::values", chunk, s.graph.max_rows, lanes);
  grow(space, s.adjoints, "kolace::evaluate::adjoints", chunk, s.graph.max_rows, lanes);
  for (int first = 0; first < n_blocks; first += chunk) {
    auto const blocks = s.blocks.part(first, std::min(chunk, n_blocks - first));
    // The weights of rank-1 rows are coefficients: the force kernel can add the rank-1 energy.
    bool const rank1_later = !s.site_energy && results.has_derivatives();
    Store const store = results.has_derivatives() ? s.store : Store();
    bool const summed = compute_atomic_basis(space, s.basis, pairs, blocks, s.values,
                                             AtomicDerivatives::none, {}, !rank1_later, store);
    if (s.site_energy) {
      s.site_energy->embed(space, s.graph, pairs, blocks, s.values, s.adjoints, results.energies);
    } else {
      SiteKernel<Space, Scalar> const site{.graph = s.graph,
                                           .blocks = blocks,
                                           .values = s.values,
                                           .adjoints = s.adjoints,
                                           .reference_energy = s.reference_energy,
                                           .pairs = pairs,
                                           .energies = results.energies};
      Kokkos::parallel_for(
          "kolace::evaluate::site",
          BoundedRange<Space>(space, 0, blocks.n_blocks * SiteKernel<Space, Scalar>::parts), site);
    }
    if (!results.has_derivatives())
      continue;
    detail::ForceKernel<Space, Scalar> const force{.basis = s.basis,
                                                   .pairs = pairs,
                                                   .blocks = blocks,
                                                   .adjoints = s.adjoints,
                                                   .forces = forces,
                                                   .results = results,
                                                   .rank1_energy = rank1_later,
                                                   .store = summed ? store : Store()};
    Kokkos::parallel_for("kolace::evaluate::forces", force.policy(space), force);
  }
  if (s.site_energy && results.has_derivatives())
    s.site_energy->add_core_forces(space, pairs, forces, results);
  s.forces.finish(space);
  if constexpr (Store::enabled) // kernels of a host have finished when they return
    s.store.adapt(space);
}

#define KOLACE_INSTANTIATE(Space) template class Evaluator<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
