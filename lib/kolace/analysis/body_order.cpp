// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/body_order.hpp>

#include <kolace/core/random_numbers.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <bit>
#include <cmath>
#include <stdexcept>

namespace kolace {
namespace {

constexpr std::size_t largest_cluster = 8;

Structure subset(Structure const& cluster, unsigned bits) {
  Structure part;
  for (std::size_t i = 0; i < cluster.n_atoms(); ++i)
    if (bits >> i & 1) {
      part.numbers.push_back(cluster.numbers[i]);
      part.positions.push_back(cluster.positions[i]);
    }
  return part;
}

} // namespace

double ClusterExpansion::of_size(int n_atoms) const {
  double sum = 0;
  for (unsigned bits = 1; bits < terms.size(); ++bits)
    if (std::popcount(bits) == n_atoms)
      sum += terms[bits];
  return sum;
}

std::vector<ClusterExpansion> expand_clusters(Kokkos::DefaultExecutionSpace const& space,
                                              AcePotential const& potential,
                                              std::span<Structure const> clusters) {
  using Space = Kokkos::DefaultExecutionSpace;
  AcePotential bare = potential; // without E0, which would cost digits of the differences
  bare.reference_energy.assign(bare.reference_energy.size(), 0.);
  Evaluator<Space> evaluator(space, bare);
  std::vector<ClusterExpansion> expansions(clusters.size());
  std::vector<Structure> parts;
  std::vector<double*> places;
  auto const flush = [&] {
    auto const predictions = predict(space, evaluator, std::span<Structure const>(parts));
    for (std::size_t k = 0; k < parts.size(); ++k)
      *places[k] = predictions[k].energy;
    parts.clear();
    places.clear();
  };
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    std::size_t const n = clusters[c].n_atoms();
    if (n < 1 || n > largest_cluster || any_periodic(clusters[c].cell))
      throw std::invalid_argument(
          "expand_clusters: expected non-periodic clusters of 1 to 8 atoms");
    expansions[c].terms.assign(std::size_t{1} << n, 0.);
    for (unsigned bits = 1; bits < expansions[c].terms.size(); ++bits) {
      parts.push_back(subset(clusters[c], bits));
      places.push_back(&expansions[c].terms[bits]);
    }
    if (parts.size() >= CheckTuning::clusters)
      flush();
  }
  if (!parts.empty())
    flush();
  // Turns the energies of the subsets into V by Moebius inversion, one atom after the other.
  for (ClusterExpansion& expansion : expansions)
    for (unsigned atom = 1; atom < expansion.terms.size(); atom <<= 1)
      for (unsigned bits = 0; bits < expansion.terms.size(); ++bits)
        if (bits & atom)
          expansion.terms[bits] -= expansion.terms[bits ^ atom];
  ElementSet const& elements = potential.basis->elements();
  for (std::size_t c = 0; c < clusters.size(); ++c)
    for (std::size_t i = 0; i < clusters[c].n_atoms(); ++i)
      expansions[c].terms[std::size_t{1} << i] +=
          potential.reference_energy[elements.species(clusters[c].numbers[i])];
  return expansions;
}

std::vector<SignedCluster> inclusion_exclusion(Structure const& cluster) {
  int const n = static_cast<int>(cluster.n_atoms());
  if (n < 2 || cluster.n_atoms() > largest_cluster || any_periodic(cluster.cell))
    throw std::invalid_argument(
        "inclusion_exclusion: expected a non-periodic cluster of 2 to 8 atoms");
  std::vector<SignedCluster> parts;
  for (unsigned bits = 1; bits < 1U << n; ++bits)
    if (int const size = std::popcount(bits); size > 1)
      parts.push_back({subset(cluster, bits), (n - size) % 2 == 0 ? 1. : -1.});
  return parts;
}

AcePotential rank_part(AcePotential const& potential, int rank) {
  AcePotential part = potential;
  for (std::size_t b = 0; b < part.coefficients.size(); ++b)
    if (part.basis->functions()[b].rank() != rank)
      part.coefficients[b] = 0;
  part.reference_energy.assign(part.reference_energy.size(), 0.);
  return part;
}

Structure make_cluster(std::vector<int> const& numbers, std::vector<Vec3> const& positions) {
  Structure cluster;
  cluster.numbers = numbers;
  cluster.positions = positions;
  return cluster;
}

std::vector<Structure> sample_clusters(std::vector<int> const& numbers, int count, double closest,
                                       double radius, std::uint64_t seed) {
  RandomNumbers random(seed);
  auto const uniform = [&] { return 2 * random.uniform() - 1; };
  std::vector<Structure> clusters;
  while (static_cast<int>(clusters.size()) < count) {
    std::vector<Vec3> positions;
    double ball = radius;
    while (positions.size() < numbers.size()) {
      Vec3 const p{ball * uniform(), ball * uniform(), ball * uniform()};
      bool fits = norm(p) <= ball;
      for (Vec3 const& q : positions)
        fits = fits && norm(Vec3{p[0] - q[0], p[1] - q[1], p[2] - q[2]}) >= closest;
      if (fits)
        positions.push_back(p);
      else
        ball *= 1.0005;
    }
    clusters.push_back(make_cluster(numbers, positions));
  }
  return clusters;
}

} // namespace kolace
