// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/site_energy.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/grow.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/detail/core_kernels.hpp>
#include <kolace/evaluate/detail/graph_passes.hpp>

#include <cmath>

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

std::vector<detail::CoreBond> core_bonds(AcePotential const& potential) {
  ModelSpecification const& spec = potential.basis->specification();
  std::vector<detail::CoreBond> bonds;
  std::vector<double> charges;
  for (std::string const& symbol : spec.elements.symbols())
    charges.push_back(*atomic_number(symbol));
  for (std::size_t a = 0; a < charges.size(); ++a)
    for (std::size_t b = 0; b < charges.size(); ++b)
      bonds.push_back(
          core_bond(spec.bond(static_cast<int>(a), static_cast<int>(b)), charges[a], charges[b]));
  return bonds;
}

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
  RowLayout core_rows; ///< the last rank-1 rows are cores; n_radial 0: none is
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
    T density[largest_n_densities], weight[largest_n_densities], core(0.), weight_of_core(0.);
    for (int p = 0; p < element.n_densities; ++p)
      density[p] = T(0.);
    passes.add_densities(element.n_densities, density);
    int const tabulated = core_rows.n_radial > 0 ? n_elements : 0;
    for (int mu = 0; mu < tabulated; ++mu)
      core += passes.rows[core_rows.rank1_row(mu, core_rows.n_radial - 1)];
    for (int lane = 0; lane < width; ++lane) {
      int const center = blocks.center_of_lane(index * width + lane);
      double rho[largest_n_densities], derivative[largest_n_densities];
      for (int p = 0; p < element.n_densities; ++p)
        rho[p] = lane_get(density[p], lane);
      double const of_core =
          finish(center, element, rho, tabulated > 0 ? lane_get(core, lane) : 0., derivative);
      lane_set(weight_of_core, lane, of_core);
      for (int p = 0; p < element.n_densities; ++p)
        lane_set(weight[p], lane, derivative[p]);
    }
    for (int mu = 0; mu < tabulated; ++mu)
      passes.adjoint.set(core_rows.rank1_row(mu, core_rows.n_radial - 1), weight_of_core);
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
  /// core forces unless the core is tabulated.
  /// @param core its core density, if that is tabulated
  /// @return dE/d(core density)
  KOKKOS_FUNCTION double finish(int center, ElementEmbedding const& element, double const* rho,
                                double core, double* derivative) const {
    double ace = 0;
    for (int p = 0; p < element.n_densities; ++p) {
      auto const f = element.shifted ? detail::finnis_sinclair_shifted(rho[p], element.exponent[p])
                                     : detail::finnis_sinclair(rho[p], element.exponent[p]);
      ace += element.weight[p] * f.value;
      derivative[p] = element.weight[p] * f.derivative;
    }
    if (center < 0)
      return 0;
    int const i = pairs.atom(center);
    double share = 1, weight = 1;
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
      if (has_core)
        core = core_density(center);
      if (has_core || core_rows.n_radial > 0) {
        auto const p = detail::step_down(core, element.rho_core_cutoff, element.rho_core_width);
        share = p.value;
        weight = 1 + ace * p.derivative;
      }
      if (has_core) {
        core_weight(center) = weight;
        closest_weight(center) = 0;
      }
      add_energy(i, share * ace + core + element.reference_energy);
    }
    for (int p = 0; p < element.n_densities; ++p)
      derivative[p] *= share;
    return weight;
  }

  KOKKOS_FUNCTION void add_energy(int atom, double energy) const {
    if (energies.extent(0) > 0)
      energies(atom) += energy;
  }
};

} // namespace

std::vector<PairFunction> core_functions(AcePotential const& potential) {
  std::vector<PairFunction> functions;
  bool any = false;
  for (detail::CoreBond const& bond : core_bonds(potential)) {
    if (bond.zbl)
      return {};
    any = any || bond.prefactor != 0;
    functions.emplace_back([bond](double r) {
      std::pair phi(0., 0.);
      if (r < bond.cutoff && bond.lambda * r * r < 50)
        detail::gaussian_core(r, bond.prefactor, bond.lambda, 1 / bond.cutoff, phi.first,
                              phi.second);
      if (bond.inner) {
        detail::ValueDerivative const p = detail::step_down(r, bond.r_in, bond.delta_in);
        phi = {phi.first * p.value, phi.second * p.value + phi.first * p.derivative};
      }
      return phi;
    });
  }
  return any ? functions : std::vector<PairFunction>();
}

template <class Space, class Scalar>
SiteEnergy<Space, Scalar>::SiteEnergy(Space const& space, AcePotential const& potential,
                                      RowLayout const& layout, bool tabulated)
    : n_elements_(potential.basis->elements().size()) {
  ModelSpecification const& spec = potential.basis->specification();
  std::vector<ElementEmbedding> elements(n_elements_);
  std::vector<detail::CoreBond> const bonds = core_bonds(potential);
  if (tabulated)
    core_rows_ = layout;
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
  }
  for (detail::CoreBond const& bond : bonds) {
    zbl_ = zbl_ || bond.zbl;
    sums_core_ = sums_core_ || (!tabulated && (bond.zbl || bond.prefactor != 0));
  }
  elements_ = copy_to_device(space, elements, "kolace::evaluate::elements");
  bonds_ = copy_to_device(space, bonds, "kolace::evaluate::core_bonds");
  space.fence("kolace::evaluate: host tables go out of scope");
}

template <class Space, class Scalar>
void SiteEnergy<Space, Scalar>::sum_core(Space const& space, NeighborsView<Space> const& pairs,
                                         typename detail::ForceSum<Space>::Target const& forces,
                                         AtomicResults<Space> const& results) {
  if (!sums_core_)
    return;
  grow(space, core_density_, "kolace::evaluate::core_density", pairs.n_centers);
  grow(space, core_weight_, "kolace::evaluate::core_weight", pairs.n_centers);
  grow(space, closest_distance_, "kolace::evaluate::closest_distance", pairs.n_centers);
  grow(space, closest_weight_, "kolace::evaluate::closest_weight", pairs.n_centers);
  grow(space, closest_neighbor_, "kolace::evaluate::closest_neighbor", pairs.n_centers);
  Kokkos::parallel_for("kolace::evaluate::sum_core", BoundedRange<Space>(space, 0, pairs.n_centers),
                       detail::CoreSumKernel<Space>{.pairs = pairs,
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
                       BoundedRange<Space>(space, 0, blocks.n_blocks * Kernel::parts),
                       Kernel{.graph = graph,
                              .n_elements = n_elements_,
                              .blocks = blocks,
                              .values = values,
                              .adjoints = adjoints,
                              .elements = elements_,
                              .bonds = bonds_,
                              .has_core = sums_core_,
                              .zbl = zbl_,
                              .core_rows = core_rows_,
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
  if (!sums_core_)
    return;
  Kokkos::parallel_for("kolace::evaluate::core_forces",
                       BoundedRange<Space>(space, 0, pairs.n_centers),
                       detail::CoreForceKernel<Space>{.pairs = pairs,
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
