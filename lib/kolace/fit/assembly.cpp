#include <kolace/fit/assembly.hpp>

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
  stream_rows(
      dataset, training, basis, options, ranks,
      [&](RowBatch const& batch) {
        DesignFactors& group = groups.at(batch.group);
        bool const energy = batch.kind == RowKind::energy, forces = batch.kind == RowKind::forces;
        TriangularFactor& factor = energy ? group.energy : forces ? group.forces : group.virial;
        (energy   ? group.energy_weight
         : forces ? group.force_weight
                  : group.virial_weight) += batch.weight;
        factor.add_rows(batch.values, batch.n_rows, batch.leading_dimension);
        factor.set_n_rows(factor.n_rows() -
                          std::count(batch.scale->begin(), batch.scale->end(), 0.));
      },
      statistics, progress);
  for (DesignFactors& group : groups) {
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
