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

  /// Of a segment: its forces, and one l contracted over n.
  KOKKOS_FUNCTION int n_pair_rows() const { return 3 + 2 * basis.layout.l_max + 1; }
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
    Sums sums; // of this thread's pairs
    int const element = pairs.species(center);
    for (int mu = 0; mu < basis.n_elements(); ++mu) {
      int const bond = element * basis.n_elements() + mu;
      tables.for_each_segment(team, basis, pairs, center, mu, bond, [&](int count) {
        Kokkos::parallel_for(
            Kokkos::TeamVectorRange(team, (count + width - 1) / width),
            [&](int pack) { pair_forces(tables, weights, mu, pack * width, f, sums); });
        team.team_barrier();
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int p) {
          for (int d = 0; d < 3; ++d)
            access(tables.neighbor[p], d) -= f[d * capacity + p];
        });
      });
    }
    double own[3], virial[6], energy;
    for (int d = 0; d < 3; ++d)
      own[d] = sum_over_team(team, sums.force[d]);
    for (int v = 0; v < 6; ++v)
      virial[v] = sum_over_team(team, sums.virial[v]);
    energy = sum_over_team(team, sums.energy);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int d = 0; d < 3; ++d)
        access(center, d) += own[d];
      for (int v = 0; v < 6; ++v)
        virials(center, v) = -virial[v];
      energies(center) += energy;
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

  /// Forces of pairs p.. into the first three rows of f and into the sums.
  KOKKOS_FUNCTION void pair_forces(Tables const& tables, double const* weights, int mu, int p,
                                   double* f, Sums& sums) const {
    RowLayout const& layout = basis.layout;
    double* const contracted = f + 3 * capacity + p;
    double const* const rank1 = weights + layout.rank1_row(mu, 0);
    if (rank1_energy)
      sums.energy += sum_rank1(rank1, layout.n_radial, tables.g + p);
    // Along the unit vector: sum of slopes, and of l times values, which counts over r.
    T along = sum_rank1(rank1, layout.n_radial, tables.dg + p), inner(0.), gradient[3][2];
    for (auto& row : gradient)
      row[0] = row[1] = T(0.);
    for (int l = 0; l <= layout.l_max && layout.n_max > 0; ++l) {
      T part(0.);
      for (int first = 0, left = 2 * l + 1; left > 0;) {
        int const count = left <= largest_m_block      ? left
                          : left < 2 * largest_m_block ? (left + 1) / 2
                                                       : largest_m_block;
        contract(count, tables, weights + layout.a_row(mu, 1, 0), l, first, p, contracted, along,
                 part);
        first += count;
        left -= count;
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
    T const radial = along - inverse * inner;
    T force[3];
    for (int x = 0; x < 3; ++x) {
      force[x] = radial * lane_load<T>(tables.unit + x * capacity + p) +
                 inverse * (gradient[x][0] + gradient[x][1]);
      lane_store(f + x * capacity + p, force[x]);
      sums.force[x] += force[x];
    }
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1}; // Voigt
    for (int v = 0; v < 6; ++v)
      sums.virial[v] +=
          lane_load<T>(tables.displacement + first[v] * capacity + p) * force[second[v]];
  }

  /// sum_k weights[k] row_k, as four chains.
  KOKKOS_FUNCTION static T sum_rank1(double const* weights, int n, double const* row) {
    T a(0.), b(0.), c(0.), d(0.);
    int k = 0;
    for (; k + 4 <= n; k += 4, row += 4 * capacity) {
      a += T(weights[k]) * lane_load<T>(row);
      b += T(weights[k + 1]) * lane_load<T>(row + capacity);
      c += T(weights[k + 2]) * lane_load<T>(row + 2 * capacity);
      d += T(weights[k + 3]) * lane_load<T>(row + 3 * capacity);
    }
    for (; k < n; ++k, row += capacity)
      a += T(weights[k]) * lane_load<T>(row);
    return (a + b) + (c + d);
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
    double const* const harmonics = tables.y + lm * capacity + p;
    T slopes[2] = {T(0.), T(0.)}, values[2] = {T(0.), T(0.)}; // short chains
    for (int m = 0; m < count; ++m) {
      T const y = lane_load<T>(harmonics + m * capacity);
      slopes[m % 2] += slope[m] * y;
      values[m % 2] += value[m] * y;
    }
    for (int m = 0; m < count; ++m)
      lane_store(contracted + (first + m) * capacity, value[m]);
    along += slopes[0] + slopes[1];
    part += values[0] + values[1];
  }
};

/// Blocks of centres whose tables are held at a time: on a host they stay in each core's cache from
/// the sums to the forces, on a device they fill it within 2 GB.
template <class Space> int blocks_per_chunk(Space const& space, DeviceBasis<Space> const& basis) {
  std::size_t const bytes = sizeof(double) * CenterBlocks<Space>::block *
                            static_cast<std::size_t>(basis.max_rows + basis.layout.n_a_rows());
  auto const fitting = [&](std::size_t cache, std::size_t least, std::size_t most) {
    return static_cast<int>(std::clamp(cache / bytes, least, most));
  };
  return is_host_space<Space> ? space.concurrency() * fitting(std::size_t{1} << 19, 2, 128)
                              : fitting(std::size_t{2} << 30, 1, 2048);
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
  auto const all =
      CenterBlocks<Space>::create(space, pairs.species, basis_.n_elements(), pairs.n_centers);
  int const chunk = std::min(blocks_per_chunk(space, basis_), all.n_blocks);
  if (values_.extent_int(0) < chunk) {
    values_ = adjoints_ = {}; // free first
    auto const alloc = [&](std::string const& label) {
      return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
    };
    values_ = LaneTable<Space>(alloc("kolace::evaluate::values"), chunk, basis_.max_rows,
                               CenterBlocks<Space>::block);
    adjoints_ = LaneTable<Space>(alloc("kolace::evaluate::adjoints"), chunk,
                                 basis_.layout.n_a_rows(), CenterBlocks<Space>::block);
  }
  for (int first = 0; first < all.n_blocks; first += chunk) {
    auto const blocks = all.part(first, std::min(chunk, all.n_blocks - first));
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
  scatter.contribute_into(space, results.forces);
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
