#include <kolace/fit/assembly.hpp>

#include <kolace/linalg/row_folder.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

void merge_over_ranks(Communicator const& ranks, TriangularFactor& factor, double& weight) {
  std::vector<double> data = factor.data();
  data.push_back(static_cast<double>(factor.n_rows()));
  data.push_back(weight);
  ranks.reduce_pairwise(data, [&](std::vector<double> const& other) {
    TriangularFactor theirs(factor.n_unknowns());
    theirs.data().assign(other.begin(), other.end() - 2);
    theirs.set_n_rows(static_cast<long>(other[other.size() - 2]));
    factor.merge(theirs);
    weight += other.back();
    data = factor.data();
    data.push_back(static_cast<double>(factor.n_rows()));
    data.push_back(weight);
  });
}

/// The rows of a group, a factor a kind, on the space where they are made.
struct GroupFolder {
  struct Part {
    RowFolder<Kokkos::DefaultExecutionSpace> rows;
    long n_unlabelled = 0; ///< rows of zeros
    double weight = 0;

    void finish(Kokkos::DefaultExecutionSpace const& space, TriangularFactor& factor,
                double& sum_of_weights) {
      factor = rows.factor(space);
      factor.set_n_rows(factor.n_rows() - n_unlabelled);
      sum_of_weights = weight;
    }
  };
  std::vector<Part> parts; ///< by RowKind

  explicit GroupFolder(int n_unknowns)
      : parts(3, Part{RowFolder<Kokkos::DefaultExecutionSpace>(n_unknowns)}) {}
  Part& part(RowKind kind) { return parts.at(static_cast<std::size_t>(kind)); }
};

} // namespace

DesignFactors::DesignFactors(int functions, int reference)
    : energy(functions + reference), forces(functions + reference), virial(functions + reference),
      n_functions(functions), n_reference(reference) {}

void DesignFactors::merge(DesignFactors const& other, double weight) {
  energy.merge(other.energy, std::sqrt(weight));
  forces.merge(other.forces, std::sqrt(weight));
  virial.merge(other.virial, std::sqrt(weight));
  energy_weight += weight * other.energy_weight;
  force_weight += weight * other.force_weight;
  virial_weight += weight * other.virial_weight;
}

std::vector<DesignFactors> assemble_factors(Dataset const& dataset, TrainingData const& training,
                                            std::shared_ptr<AceBasis const> const& basis,
                                            RowStreamOptions const& options, int n_groups,
                                            Communicator const& ranks,
                                            AssemblyStatistics& statistics,
                                            Progress const& progress) {
  int const n_reference = options.fit_reference ? basis->elements().size() : 0;
  std::vector<DesignFactors> groups(n_groups, DesignFactors(basis->size(), n_reference));
  Kokkos::DefaultExecutionSpace const space;
  std::vector<GroupFolder> folders(n_groups, GroupFolder(basis->size() + n_reference));
  stream_rows(
      dataset, training, basis, options, ranks,
      [&](RowBatch const& batch) {
        GroupFolder::Part& part = folders.at(batch.group).part(batch.kind);
        part.rows.add_rows(space, batch.rows, batch.n_rows);
        part.n_unlabelled += std::count(batch.scale->begin(), batch.scale->end(), 0.);
        part.weight += batch.weight;
        space.fence("kolace::fit: folding is timed, the rows' memory used again");
      },
      statistics, progress);
  for (int g = 0; g < n_groups; ++g) {
    DesignFactors& group = groups[g];
    GroupFolder& folder = folders[g];
    folder.part(RowKind::energy).finish(space, group.energy, group.energy_weight);
    folder.part(RowKind::forces).finish(space, group.forces, group.force_weight);
    folder.part(RowKind::virial).finish(space, group.virial, group.virial_weight);
    merge_over_ranks(ranks, group.energy, group.energy_weight);
    merge_over_ranks(ranks, group.forces, group.force_weight);
    merge_over_ranks(ranks, group.virial, group.virial_weight);
  }
  return groups;
}

TriangularFactor loss_factor(DesignFactors const& factors, LossShares shares) {
  TriangularFactor total(factors.n_unknowns());
  auto const add = [&](TriangularFactor const& factor, double share, double weight) {
    if (share > 0 && weight > 0)
      total.merge(factor, std::sqrt(share / weight));
  };
  add(factors.energy, 1 - shares.kappa, factors.energy_weight);
  add(factors.forces, shares.kappa, factors.force_weight);
  add(factors.virial, shares.kappa_virial, factors.virial_weight);
  return total;
}

} // namespace kolace
