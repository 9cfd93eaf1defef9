// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/site_energy.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/grow.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/detail/core_pairs.hpp>
#include <kolace/evaluate/detail/graph_passes.hpp>

#include <cmath>
#include <limits>

namespace kolace {
namespace {

detail::CoreBond core_bond(BondSpecification const& bond, double z_i, double z_j) {
  detail::CoreBond core;
  core.zbl = bond.inner_cutoff_type == InnerCutoff::zbl && bond.r_in > 0;
  core.inner = bond.inner_cutoff_type == InnerCutoff::distance;
  core.prefactor = std::abs(bond.core_prefactor);
  core.lambda = std::abs(bond.core_lambda);
  core.cutoff = bond.radial.cutoff;
  core.width = bond.radial.cutoff_width;
  core.r_in = bond.r_in;
  core.delta_in = bond.delta_in;
  if (!core.zbl)
    return core;
  core.length = 0.46850 / (std::pow(z_i, 0.23) + std::pow(z_j, 0.23));
  core.charges = bond.core_prefactor * (14.399645351950543 / 2) * z_i * z_j;
  double const width = core.width;
  auto const u = core.screened(core.cutoff);
  core.cubic = (-3 * u.derivative + width * u.curvature) / (width * width) / 3;
  core.quartic = (2 * u.derivative - width * u.curvature) / (width * width * width) / 4;
  core.shift = -u.value + width * u.derivative / 2 - width * width * u.curvature / 12;
  return core;
}

/// Pair forces of the core repulsion of one center.
template <class Space> class CoreForces {
public:
  using Target = typename detail::ForceSum<Space>::Target;
  using T = typename LaneTraits<Space, double>::type;

  KOKKOS_FUNCTION CoreForces(NeighborsView<Space> const& pairs, int center, Target const& target,
                             AtomicResults<Space> const& results)
      : results_(results), sum_(target), atom_(pairs.atom(center)),
        first_pair_(pairs.row(center, atom_).pair), has_forces_(results.forces.extent(0) > 0) {}

  /// Adds the forces of dE/dr = `derivative` along pairs.
  KOKKOS_FUNCTION void add(detail::CorePairs<T> const& found, T derivative) {
    T const scale = derivative / found.r;
    T f[3];
    for (int x = 0; x < 3; ++x) {
      f[x] = scale * found.d[x]; // dE_i/dr_j
      own_[x] += f[x];
    }
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1};
    for (int v = 0; v < 6; ++v)
      virial_[v] = virial_[v] - found.d[first[v]] * f[second[v]];
    for (int lane = 0; lane < found.n; ++lane) {
      double const force[3] = {lane_get(f[0], lane), lane_get(f[1], lane), lane_get(f[2], lane)};
      int const j = found.j[lane];
      for (int x = 0; x < 3 && has_forces_; ++x)
        sum_.add(j, x, -force[x]);
      for (int x = 0; x < 3 && results_.pair_gradients.extent(0) > 0; ++x)
        results_.pair_gradients(first_pair_ + found.k[lane], x) += force[x];
      for (int x = 0; x < 9 && results_.centroid_virials.extent(0) > 0; ++x)
        Kokkos::atomic_add(&results_.centroid_virials(j, x),
                           -lane_get(found.d[x / 3], lane) * force[x % 3]);
    }
  }

  /// Adds what belongs to the center itself.
  KOKKOS_FUNCTION void finish() const {
    for (int v = 0; v < 6 && results_.virials.extent(0) > 0; ++v)
      results_.virials(atom_, v) += lane_sum(virial_[v]);
    for (int x = 0; x < 3 && has_forces_; ++x)
      sum_.add(atom_, x, lane_sum(own_[x]));
  }

private:
  AtomicResults<Space> const& results_;
  typename Target::Access sum_;
  int atom_;
  std::size_t first_pair_;
  bool has_forces_;
  T own_[3] = {T(0.), T(0.), T(0.)};
  T virial_[6] = {T(0.), T(0.), T(0.), T(0.), T(0.), T(0.)};
};

/// Sums phi over a center's neighbors. About 100 FLOPs per pair, most of them in polynomials for
/// exp and cos; 28 bytes read. Additive cores (Gaussian) add their forces at once, with the weight
/// of one that all but strongly compressed atoms have. With inner cutoffs of type zbl, finds the
/// neighbor that is deepest inside its inner cutoff; only centers with a neighbor inside one need
/// the sum: 10 FLOPs per pair for the others.
template <class Space> struct CoreSumKernel {
  NeighborsView<Space> pairs;
  Array<detail::CoreBond, Space> bonds;
  int n_elements;
  bool zbl, has_derivatives;
  typename detail::ForceSum<Space>::Target forces;
  AtomicResults<Space> results;
  Array<double, Space> density, closest_distance;
  Array<int, Space> closest_neighbor;

  KOKKOS_FUNCTION void operator()(int center) const {
    int const i = pairs.atom(center), element = pairs.species(i);
    if (element < 0 || element >= n_elements)
      return;
    double deepest = Kokkos::Experimental::infinity_v<double>, width = 0;
    int which = 0;
    if (zbl) {
      NeighborRow const row = pairs.row(center, i);
      for (int k = 0; k < row.count; ++k) {
        int const j = row[k], mu = pairs.species(j);
        if (mu < 0 || mu >= n_elements)
          continue;
        auto const& bond = bonds(element * n_elements + mu);
        auto const d = row.displacement(k, j);
        double const r = Kokkos::sqrt(d.x * d.x + d.y * d.y + d.z * d.z),
                     depth = r - (bond.r_in - bond.delta_in);
        if (r < bond.cutoff && depth < deepest)
          deepest = depth, which = k, width = bond.delta_in;
      }
    }
    using T = typename LaneTraits<Space, double>::type;
    T sum(0.);
    if (!zbl && has_derivatives) {
      CoreForces<Space> of_center(pairs, center, forces, results);
      detail::for_each_core_pair(pairs, bonds, n_elements, center, false,
                                 [&](detail::CorePairs<T> const& found) {
                                   sum += found.value;
                                   of_center.add(found, found.derivative);
                                 });
      of_center.finish();
    } else if (!zbl || deepest < width) {
      detail::for_each_core_pair(pairs, bonds, n_elements, center, false,
                                 [&](detail::CorePairs<T> const& found) { sum += found.value; });
    }
    density(center) = lane_sum(sum);
    closest_distance(center) = deepest;
    closest_neighbor(center) = which;
  }
};

/// Computes densities, their embedding, and dE/dA (GraphPasses). FLOPs per center in addition to
/// the passes: two for each m of a product, two for each product and density, two calls of pow or
/// exp per density.
template <class Space, class Scalar> struct EmbeddedAdjointKernel {
  using T = typename LaneTraits<Space, Scalar>::type;
  static constexpr int width = LaneTraits<Space, Scalar>::width;
  static constexpr int parts = CenterBlocks<Space, Scalar>::parts;

  PotentialGraph<Space, Scalar> graph;
  int n_elements;
  CenterBlocks<Space, Scalar> blocks;
  LaneTable<Space, Scalar> values, adjoints;
  Array<ElementEmbedding, Space> elements;
  Array<detail::CoreBond, Space> bonds;
  bool has_core, zbl;
  Array<double, Space> core_density, core_weight, closest_distance, closest_weight;
  Array<int, Space> closest_neighbor;
  NeighborsView<Space> pairs;
  Array<double, Space> energies;

  KOKKOS_FUNCTION void operator()(int index) const {
    if (blocks.is_empty(index / parts))
      return;
    int const species = blocks.element(index / parts);
    detail::GraphPasses<Space, Scalar> const passes{.graph = graph,
                                                    .element = graph.elements(species),
                                                    .rows = column_of<Space, Scalar>(values, index),
                                                    .adjoint =
                                                        column_of<Space, Scalar>(adjoints, index)};
    auto const& element = elements(species);
    passes.forward();
    passes.clear_adjoints();
    T density[largest_n_densities], weight[largest_n_densities];
    for (int p = 0; p < element.n_densities; ++p)
      density[p] = T(0.);
    passes.add_densities(element.n_densities, density);
    for (int lane = 0; lane < width; ++lane) {
      double rho[largest_n_densities], derivative[largest_n_densities];
      for (int p = 0; p < element.n_densities; ++p)
        rho[p] = lane_get(density[p], lane);
      finish(blocks.center_of_lane(index * width + lane), element, rho, derivative);
      for (int p = 0; p < element.n_densities; ++p)
        lane_set(weight[p], lane, derivative[p]);
    }
    auto const weighted = [&](Scalar const* c) {
      T sum(0.);
      for (int p = 0; p < element.n_densities; ++p)
        sum += T(c[p]) * weight[p];
      return sum;
    };
    int const stride = graph.n_densities;
    passes.contract([&](int k) { return weighted(graph.coefficients.data() + k * stride); },
                    [&](int k) { return weighted(graph.single_coefficients.data() + k * stride); });
    passes.backward();
  }

  /// Adds the energy of one center and computes dE/drho of its densities; stores the weights of its
  /// core forces.
  KOKKOS_FUNCTION void finish(int center, ElementEmbedding const& element, double const* rho,
                              double* derivative) const {
    double ace = 0;
    for (int p = 0; p < element.n_densities; ++p) {
      auto const f = element.shifted ? detail::finnis_sinclair_shifted(rho[p], element.exponent[p])
                                     : detail::finnis_sinclair(rho[p], element.exponent[p]);
      ace += element.weight[p] * f.value;
      derivative[p] = element.weight[p] * f.derivative;
    }
    if (center < 0)
      return;
    int const i = pairs.atom(center);
    double share = 1, core = 0;
    if (zbl) {
      // E = f E_ACE + (1 - f) rho_core + E0, f from the closest neighbor.
      core = core_density(center);
      detail::ValueDerivative f{1, 0};
      if (closest_distance(center) < Kokkos::Experimental::infinity_v<double>) {
        int const closest = pairs.row(center, i)[closest_neighbor(center)];
        auto const& bond = bonds(pairs.species(i) * n_elements + pairs.species(closest));
        f = detail::step_down(bond.delta_in - closest_distance(center), bond.delta_in,
                              bond.delta_in);
      }
      share = f.value;
      core_weight(center) = 1 - f.value;
      closest_weight(center) = -f.derivative * (ace - core);
      add_energy(i, f.value * ace + (1 - f.value) * core + element.reference_energy);
    } else {
      if (has_core) {
        core = core_density(center);
        auto const p = detail::step_down(core, element.rho_core_cutoff, element.rho_core_width);
        share = p.value;
        core_weight(center) = 1 + ace * p.derivative;
        closest_weight(center) = 0;
      }
      add_energy(i, share * ace + core + element.reference_energy);
    }
    for (int p = 0; p < element.n_densities; ++p)
      derivative[p] *= share;
  }

  KOKKOS_FUNCTION void add_energy(int atom, double energy) const {
    if (energies.extent(0) > 0)
      energies(atom) += energy;
  }
};

/// Adds the pair forces of the core that CoreSumKernel has not added: weight · phi'(r) along each
/// pair, plus the term of the closest neighbor.
template <class Space> struct CoreForceKernel {
  NeighborsView<Space> pairs;
  Array<detail::CoreBond, Space> bonds;
  int n_elements;
  double added; ///< weight of the forces of CoreSumKernel
  Array<double, Space> core_weight, closest_weight;
  Array<int, Space> closest_neighbor;
  typename detail::ForceSum<Space>::Target forces;
  AtomicResults<Space> results;

  KOKKOS_FUNCTION void operator()(int center) const {
    int const element = pairs.species(pairs.atom(center));
    if (element < 0 || element >= n_elements)
      return;
    double const weight = core_weight(center) - added, of_closest = closest_weight(center);
    if (weight == 0 && of_closest == 0)
      return;
    int const closest = closest_neighbor(center);
    CoreForces<Space> of_center(pairs, center, forces, results);
    using T = typename LaneTraits<Space, double>::type;
    detail::for_each_core_pair(
        pairs, bonds, n_elements, center, of_closest != 0, [&](detail::CorePairs<T> const& found) {
          T derivative = T(weight) * found.derivative;
          for (int lane = 0; lane < found.n; ++lane)
            if (found.k[lane] == closest)
              lane_set(derivative, lane, lane_get(derivative, lane) + of_closest);
          of_center.add(found, derivative);
        });
    of_center.finish();
  }
};

} // namespace

template <class Space, class Scalar>
SiteEnergy<Space, Scalar>::SiteEnergy(Space const& space, AcePotential const& potential)
    : n_elements_(potential.basis->elements().size()) {
  ModelSpecification const& spec = potential.basis->specification();
  std::vector<ElementEmbedding> elements(n_elements_);
  std::vector<detail::CoreBond> bonds;
  std::vector<double> charges;
  for (std::string const& symbol : spec.elements.symbols())
    charges.push_back(*atomic_number(symbol));
  for (int a = 0; a < n_elements_; ++a) {
    EmbeddingSpecification const& embedding = spec.embeddings[a];
    ElementEmbedding& element = elements[a];
    element.n_densities = embedding.n_densities;
    element.shifted = embedding.function == Embedding::FinnisSinclairShiftedScaled;
    for (int p = 0; p < element.n_densities; ++p) {
      element.weight[p] = embedding.parameters[2 * p];
      element.exponent[p] = embedding.parameters[2 * p + 1];
    }
    element.rho_core_cutoff = embedding.rho_core_cutoff;
    element.rho_core_width = embedding.rho_core_width;
    element.reference_energy = potential.reference_energy[a];
    for (int b = 0; b < n_elements_; ++b) {
      bonds.push_back(core_bond(spec.bond(a, b), charges[a], charges[b]));
      zbl_ = zbl_ || bonds.back().zbl;
      has_core_ = has_core_ || bonds.back().zbl || bonds.back().prefactor != 0;
    }
  }
  elements_ = copy_to_device(space, elements, "kolace::evaluate::elements");
  bonds_ = copy_to_device(space, bonds, "kolace::evaluate::core_bonds");
  space.fence("kolace::evaluate: host tables go out of scope");
}

template <class Space, class Scalar>
void SiteEnergy<Space, Scalar>::sum_core(Space const& space, NeighborsView<Space> const& pairs,
                                         typename detail::ForceSum<Space>::Target const& forces,
                                         AtomicResults<Space> const& results) {
  if (!has_core_)
    return;
  grow(space, core_density_, "kolace::evaluate::core_density", pairs.n_centers);
  grow(space, core_weight_, "kolace::evaluate::core_weight", pairs.n_centers);
  grow(space, closest_distance_, "kolace::evaluate::closest_distance", pairs.n_centers);
  grow(space, closest_weight_, "kolace::evaluate::closest_weight", pairs.n_centers);
  grow(space, closest_neighbor_, "kolace::evaluate::closest_neighbor", pairs.n_centers);
  Kokkos::parallel_for("kolace::evaluate::sum_core",
                       Kokkos::RangePolicy<Space>(space, 0, pairs.n_centers),
                       CoreSumKernel<Space>{.pairs = pairs,
                                            .bonds = bonds_,
                                            .n_elements = n_elements_,
                                            .zbl = zbl_,
                                            .has_derivatives = results.has_derivatives(),
                                            .forces = forces,
                                            .results = results,
                                            .density = core_density_,
                                            .closest_distance = closest_distance_,
                                            .closest_neighbor = closest_neighbor_});
}

template <class Space, class Scalar>
void SiteEnergy<Space, Scalar>::embed(Space const& space,
                                      PotentialGraph<Space, Scalar> const& graph,
                                      NeighborsView<Space> const& pairs,
                                      CenterBlocks<Space, Scalar> const& blocks,
                                      LaneTable<Space, Scalar> const& values,
                                      LaneTable<Space, Scalar> const& adjoints,
                                      Array<double, Space> const& energies) {
  using Kernel = EmbeddedAdjointKernel<Space, Scalar>;
  Kokkos::parallel_for("kolace::evaluate::embed",
                       Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * Kernel::parts),
                       Kernel{.graph = graph,
                              .n_elements = n_elements_,
                              .blocks = blocks,
                              .values = values,
                              .adjoints = adjoints,
                              .elements = elements_,
                              .bonds = bonds_,
                              .has_core = has_core_,
                              .zbl = zbl_,
                              .core_density = core_density_,
                              .core_weight = core_weight_,
                              .closest_distance = closest_distance_,
                              .closest_weight = closest_weight_,
                              .closest_neighbor = closest_neighbor_,
                              .pairs = pairs,
                              .energies = energies});
}

template <class Space, class Scalar>
void SiteEnergy<Space, Scalar>::add_core_forces(
    Space const& space, NeighborsView<Space> const& pairs,
    typename detail::ForceSum<Space>::Target const& forces,
    AtomicResults<Space> const& results) const {
  if (!has_core_)
    return;
  Kokkos::parallel_for("kolace::evaluate::core_forces",
                       Kokkos::RangePolicy<Space>(space, 0, pairs.n_centers),
                       CoreForceKernel<Space>{.pairs = pairs,
                                              .bonds = bonds_,
                                              .n_elements = n_elements_,
                                              .added = zbl_ ? 0. : 1.,
                                              .core_weight = core_weight_,
                                              .closest_weight = closest_weight_,
                                              .closest_neighbor = closest_neighbor_,
                                              .forces = forces,
                                              .results = results});
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template class SiteEnergy<Space, double>;                                                        \
  template class SiteEnergy<Space, float>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
