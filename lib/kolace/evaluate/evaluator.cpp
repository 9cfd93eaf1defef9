#include <kolace/evaluate/evaluator.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/evaluate/detail/pair_tables.hpp>

#include <Kokkos_ScatterView.hpp>

#include <algorithm>
#include <stdexcept>

namespace kolace {
namespace {

/// Energies of a block's centres, and dE/dA for each row of the atomic basis.
///
/// FLOPs a centre: 2 for each product of a function, 2 for each m of a slot.
template <class Space> struct AdjointKernel {
  using T = typename LaneTraits<Space>::type;
  static constexpr int block = CenterBlocks<Space>::block;
  static constexpr int width = LaneTraits<Space>::width;
  static constexpr int parts = block / width;

  DeviceBasis<Space> basis;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, adjoints;
  Array<double, Space> coefficients, reference_energy;
  Array<double, Space> energies;

  KOKKOS_FUNCTION void operator()(int index) const {
    int const b = index / parts, first_lane = index % parts * width;
    double const* const rows = &values(b, 0, first_lane);
    double* const adjoint = &adjoints(b, 0, first_lane);
    int const species = blocks.element(b);
    ElementTables const& element = basis.element_tables(species);
    for (int row = 0; row < basis.layout.n_a_rows(); ++row)
      lane_store(adjoint + row * block, T(0.));
    T energy(0.);
    for (int column = element.first_function; column < element.last_function; ++column) {
      FunctionEntry const f = basis.functions(column);
      double const c = coefficients(column);
      if (f.v < 0) {
        energy += T(c) * lane_load<T>(rows + f.u * block);
        lane_store(adjoint + f.u * block, lane_load<T>(adjoint + f.u * block) + T(c));
        continue;
      }
      T product(0.);
      for (int m = 0; m < f.count; ++m)
        product += lane_load<T>(rows + (f.u + m) * block) * lane_load<T>(rows + (f.v + m) * block);
      energy += T(c * f.factor) * product;
      for (int s = basis.slot_offsets(column); s < basis.slot_offsets(column + 1); ++s) {
        SlotEntry const slot = basis.slots(s);
        T const weight(c * slot.alpha);
        for (int m = 0; m < slot.count; ++m) {
          double* const target = adjoint + (slot.a_row + m) * block;
          lane_store(target, lane_load<T>(target) +
                                 weight * lane_load<T>(rows + (slot.node_row + m) * block));
        }
      }
    }
    for (int i = 0; i < width; ++i) {
      int const center = blocks.center_of_lane(b * block + first_lane + i);
      if (center >= 0)
        energies(center) = lane_get(energy, i) + reference_energy(species);
    }
  }
};

/// One team a centre: forces of its pairs from dE/dA.
///
/// f_j = sum_nlm w_nlm [R' Y unit + R grad Y] + sum_k w_k g'_k unit: contracted over n first, then
/// with harmonics and solid gradients: 4 N M + 15 M + 2 K FLOPs a pair plus the tables. Bytes: 32 a
/// pair read, 24 added to the neighbor's force.
template <class Space, class Scatter> struct ForceKernel {
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>;
  using Member = typename Policy::member_type;
  using Tables = detail::PairTables<Space, detail::PairDerivatives::radial>;
  using T = typename Tables::T;
  static constexpr int capacity = Tables::capacity;
  static constexpr int width = Tables::width;
  static constexpr int largest_m_block = 7; ///< harmonics contracted at a time, in registers

  DeviceBasis<Space> basis;
  NeighborsView<Space> pairs;
  CenterBlocks<Space> blocks;
  LaneTable<Space> adjoints;
  Scatter forces;
  typename AtomicResults<Space>::Tensors virials;
  Array<double, Space> energies;
  bool rank1_energy; ///< energies lack the functions of rank 1, whose weights are coefficients

  /// Of a segment: its forces, energies of rank 1, and one l contracted over n.
  KOKKOS_FUNCTION int n_pair_rows() const { return 4 + 2 * basis.layout.l_max + 1; }
  std::size_t scratch_bytes() const {
    return Tables::scratch_bytes(basis) +
           (basis.layout.n_a_rows() + n_pair_rows() * capacity) * sizeof(double) + 256;
  }
  Policy policy(Space const& space) const {
    int const league = blocks.n_blocks * CenterBlocks<Space>::block;
    auto policy = is_host_space<Space> ? Policy(space, league, 1) : Policy(space, league, 64);
    policy.set_scratch_size(1, Kokkos::PerTeam(scratch_bytes()));
    return policy;
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const slot = team.league_rank();
    int const center = blocks.center_of_lane(slot);
    if (center < 0)
      return;
    int const block = slot / CenterBlocks<Space>::block, lane = slot % CenterBlocks<Space>::block;
    Tables const tables(team, basis);
    int const n_rows = basis.layout.n_a_rows();
    double* const weights =
        static_cast<double*>(team.team_scratch(1).get_shmem_aligned(n_rows * sizeof(double), 64));
    double* const f = static_cast<double*>(
        team.team_scratch(1).get_shmem_aligned(n_pair_rows() * capacity * sizeof(double), 64));
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, n_rows),
                         [&](int row) { weights[row] = adjoints(block, row, lane); });
    auto const access = forces.access();
    double own[3] = {0, 0, 0}, virial[6] = {0, 0, 0, 0, 0, 0}, energy = 0;
    int const element = pairs.species(center);
    for (int mu = 0; mu < basis.n_elements(); ++mu) {
      int const bond = element * basis.n_elements() + mu;
      tables.for_each_segment(team, basis, pairs, center, mu, bond, [&](int count) {
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, (count + width - 1) / width),
                             [&](int pack) { pair_forces(tables, weights, mu, pack * width, f); });
        team.team_barrier();
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int p) {
          for (int d = 0; d < 3; ++d)
            access(tables.neighbor[p], d) -= f[d * capacity + p];
        });
        auto const force = [&](int d, int p) { return lane_load<T>(f + d * capacity + p); };
        for (int d = 0; d < 3; ++d)
          own[d] += sum_over_packs(team, count, [&](int p) { return force(d, p); });
        if (rank1_energy)
          energy += sum_over_packs(team, count, [&](int p) { return force(3, p); });
        int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1};
        for (int v = 0; v < 6; ++v)
          virial[v] -= sum_over_packs(team, count, [&](int p) {
            return lane_load<T>(tables.displacement + first[v] * capacity + p) *
                   force(second[v], p);
          });
      });
    }
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int d = 0; d < 3; ++d)
        access(center, d) += own[d];
      for (int v = 0; v < 6; ++v)
        virials(center, v) = virial[v];
      energies(center) += energy;
    });
  }

  /// Lanes beyond the last pair have no force.
  template <class Term>
  KOKKOS_FUNCTION static double sum_over_packs(Member const& team, int count, Term const& term) {
    double sum = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamVectorRange(team, (count + width - 1) / width),
        [&](int pack, double& s) { s += lane_sum(term(pack * width)); }, sum);
    return sum;
  }

  /// Forces of pairs p.. into the first three rows of f, energies of rank 1 into the next.
  KOKKOS_FUNCTION void pair_forces(Tables const& tables, double const* weights, int mu, int p,
                                   double* f) const {
    RowLayout const& layout = basis.layout;
    double* const contracted = f + 4 * capacity + p;
    // Along the unit vector: sum of slopes, and of l times values, which counts over r.
    T along[2] = {T(0.), T(0.)}, inner(0.), gradient[3][2];
    for (auto& row : gradient)
      row[0] = row[1] = T(0.);
    double const* const rank1 = weights + layout.rank1_row(mu, 0);
    for (int k = 0; k < layout.n_radial; ++k)
      along[k % 2] += T(rank1[k]) * lane_load<T>(tables.dg + k * capacity + p);
    if (rank1_energy) {
      T energy[2] = {T(0.), T(0.)};
      for (int k = 0; k < layout.n_radial; ++k)
        energy[k % 2] += T(rank1[k]) * lane_load<T>(tables.g + k * capacity + p);
      lane_store(f + 3 * capacity + p, energy[0] + energy[1]);
    }
    for (int l = 0; l <= layout.l_max && layout.n_max > 0; ++l) {
      int const size = 2 * l + 1, n_blocks = (size + largest_m_block - 1) / largest_m_block;
      T part(0.);
      for (int b = 0; b < n_blocks; ++b) {
        int const first = size * b / n_blocks;
        contract(size * (b + 1) / n_blocks - first, tables, weights + layout.a_row(mu, 1, 0), l,
                 first, p, contracted, along[b % 2], part);
      }
      inner += T(double(l)) * part;
      if (l > 0)
        add_solid_gradient(
            l, basis.solid_factors.data(),
            [&](int m) { return lane_load<T>(contracted + (l + m) * capacity); },
            [&](int m) { return lane_load<T>(tables.y + harmonic_index(l - 1, m) * capacity + p); },
            gradient);
    }
    T const inverse = lane_load<T>(tables.inverse + p);
    T const radial = along[0] + along[1] - inverse * inner;
    for (int x = 0; x < 3; ++x)
      lane_store(f + x * capacity + p, radial * lane_load<T>(tables.unit + x * capacity + p) +
                                           inverse * (gradient[x][0] + gradient[x][1]));
  }

  /// Sums over n for `count` harmonics of one l, from its `first` on: contracted[m] = sum_n w_nlm
  /// R_nl; `along` and `part` gain those times Y, with the slopes and with the values.
  KOKKOS_FUNCTION void contract(int count, Tables const& tables, double const* weights, int l,
                                int first, int p, double* contracted, T& along, T& part) const {
    switch (count) {
    case 1:
      return contract<1>(tables, weights, l, first, p, contracted, along, part);
    case 3:
      return contract<3>(tables, weights, l, first, p, contracted, along, part);
    case 4:
      return contract<4>(tables, weights, l, first, p, contracted, along, part);
    case 5:
      return contract<5>(tables, weights, l, first, p, contracted, along, part);
    case 6:
      return contract<6>(tables, weights, l, first, p, contracted, along, part);
    case 7:
      return contract<7>(tables, weights, l, first, p, contracted, along, part);
    }
  }

  template <int count>
  KOKKOS_FUNCTION void contract(Tables const& tables, double const* weights, int l, int first,
                                int p, double* contracted, T& along, T& part) const {
    int const nlm = basis.layout.n_harmonics(), lm = l * l + first;
    double const* r = tables.r + l * basis.radial_stride * capacity + p;
    double const* dr = tables.dr + l * basis.radial_stride * capacity + p;
    double const* w = weights + lm;
    T value[count], slope[count];
    for (int m = 0; m < count; ++m)
      value[m] = slope[m] = T(0.);
    for (int n = 0; n < basis.layout.n_max; ++n, w += nlm, r += capacity, dr += capacity) {
      T const r_n = lane_load<T>(r), dr_n = lane_load<T>(dr);
      for (int m = 0; m < count; ++m) {
        T const weight(w[m]);
        value[m] += weight * r_n;
        slope[m] += weight * dr_n;
      }
    }
    for (int m = 0; m < count; ++m) {
      T const y = lane_load<T>(tables.y + (lm + m) * capacity + p);
      lane_store(contracted + (first + m) * capacity, value[m]);
      along += slope[m] * y;
      part += value[m] * y;
    }
  }
};

/// Centres whose tables are held at a time: they stay in a cache on a host, fill a device within 2
/// GB.
template <class Space> int centers_per_chunk(DeviceBasis<Space> const& basis) {
  if (is_host_space<Space>)
    return 1024;
  std::size_t const bytes = 8 * static_cast<std::size_t>(basis.max_rows + basis.layout.n_a_rows());
  std::size_t const fit = (std::size_t{2} << 30) / std::max<std::size_t>(bytes, 1) / 32 * 32;
  return static_cast<int>(std::clamp<std::size_t>(fit, 32, 65536));
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

} // namespace

template <class Space>
Evaluator<Space>::Evaluator(Space const& space, AcePotential const& potential)
    : potential_(ordinary_form(checked(potential))),
      basis_(DeviceBasis<Space>::create(space, potential_.basis, potential_.spline_width)) {
  coefficients_ = copy_to_device(space, potential_.coefficients, "kolace::evaluate::coefficients");
  reference_energy_ =
      copy_to_device(space, potential_.reference_energy, "kolace::evaluate::reference_energy");
  space.fence("kolace::evaluate: host copies belong to the caller");
  if (!potential_.basis->is_linear())
    site_energy_ = std::make_shared<SiteEnergy<Space>>(space, potential_);
}

template <class Space>
void Evaluator<Space>::operator()(Space const& space, NeighborsView<Space> const& pairs,
                                  AtomicResults<Space> const& results) {
  using Scatter = Kokkos::Experimental::ScatterView<double* [3], Kokkos::LayoutRight,
                                                    typename Space::device_type>;
  Kokkos::deep_copy(space, results.forces, 0.);
  if (site_energy_)
    site_energy_->sum_core(space, pairs);
  Scatter scatter(space, results.forces);
  int const chunk = centers_per_chunk(basis_);
  for (int first = 0; first < pairs.n_centers; first += chunk) {
    int const count = std::min(chunk, pairs.n_centers - first);
    auto const blocks =
        CenterBlocks<Space>::create(space, pairs.species, basis_.n_elements(), first, count);
    if (values_.extent_int(0) < blocks.n_blocks) {
      values_ = adjoints_ = {}; // free first
      auto const alloc = [&](std::string const& label) {
        return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
      };
      values_ = LaneTable<Space>(alloc("kolace::evaluate::values"), blocks.n_blocks,
                                 basis_.max_rows, CenterBlocks<Space>::block);
      adjoints_ = LaneTable<Space>(alloc("kolace::evaluate::adjoints"), blocks.n_blocks,
                                   basis_.layout.n_a_rows(), CenterBlocks<Space>::block);
    }
    bool const rank1_later = !site_energy_; // their weights need no sums
    compute_atomic_basis(space, basis_, pairs, blocks, values_, AtomicDerivatives::none, {},
                         !rank1_later);
    compute_products(space, basis_, blocks, values_);
    if (site_energy_) {
      site_energy_->embed(space, basis_, pairs, blocks, values_, adjoints_, results.energies);
    } else {
      AdjointKernel<Space> const adjoint{
          basis_, blocks, values_, adjoints_, coefficients_, reference_energy_, results.energies};
      Kokkos::parallel_for(
          "kolace::evaluate::adjoint",
          Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * AdjointKernel<Space>::parts),
          adjoint);
    }
    ForceKernel<Space, Scatter> const force{
        basis_, pairs, blocks, adjoints_, scatter, results.virials, results.energies, rank1_later};
    Kokkos::parallel_for("kolace::evaluate::forces", force.policy(space), force);
  }
  Kokkos::Experimental::contribute(space, results.forces, scatter);
  if (site_energy_)
    site_energy_->add_core_forces(space, pairs, results.forces, results.virials);
}

template <class Space>
std::vector<Prediction> predict(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures) {
  auto const batch =
      StructureBatch<Space>::create(space, structures, evaluator.potential().basis->elements());
  auto const list = build_neighbor_list(space, batch, evaluator.potential().basis->cutoff());
  auto const alloc = [&](std::string const& label) {
    return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
  };
  AtomicResults<Space> const results{
      Array<double, Space>(alloc("kolace::evaluate::energies"), batch.n_atoms),
      typename AtomicResults<Space>::Vectors(alloc("kolace::evaluate::forces"), batch.n_atoms),
      typename AtomicResults<Space>::Tensors(alloc("kolace::evaluate::virials"), batch.n_atoms)};
  evaluator(space, view_of(batch, list), results);

  auto const energies = Kokkos::create_mirror_view(results.energies);
  auto const forces = Kokkos::create_mirror_view(results.forces);
  auto const virials = Kokkos::create_mirror_view(results.virials);
  Kokkos::deep_copy(space, energies, results.energies);
  Kokkos::deep_copy(space, forces, results.forces);
  Kokkos::deep_copy(space, virials, results.virials);
  space.fence("kolace::evaluate: predictions are returned to the host");
  std::vector<Prediction> predictions(structures.size());
  int atom = 0;
  for (std::size_t s = 0; s < structures.size(); ++s)
    for (std::size_t i = 0; i < structures[s].n_atoms(); ++i, ++atom) {
      Prediction& p = predictions[s];
      p.energy += energies(atom);
      p.energies.push_back(energies(atom));
      p.forces.push_back({forces(atom, 0), forces(atom, 1), forces(atom, 2)});
      for (int v = 0; v < 6; ++v)
        p.virial[v] += virials(atom, v);
    }
  return predictions;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template class Evaluator<Space>;                                                                 \
  template std::vector<Prediction> predict(Space const&, Evaluator<Space>&,                        \
                                           std::span<Structure const>);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
