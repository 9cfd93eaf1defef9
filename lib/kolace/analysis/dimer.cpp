// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/dimer.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace kolace {

std::vector<double> dimer_distances(double first, double last, int points, bool logarithmic) {
  if (!(first >= 1e-3 && last > first && last <= 1e4))
    throw InputError("the range of distances must increase and lie between 0.001 and 10000 A");
  if (points < 2 || points > 10000000)
    throw InputError("the number of points must be between 2 and 10000000");
  std::vector<double> distances(points);
  for (int i = 0; i < points; ++i) {
    double const t = static_cast<double>(i) / (points - 1);
    distances[i] = logarithmic ? first * std::pow(last / first, t) : first + (last - first) * t;
  }
  distances.back() = last;
  return distances;
}

namespace {

using Space = Kokkos::DefaultExecutionSpace;

std::vector<DimerPoint> scan(Space const& space, Evaluator<Space>& evaluator,
                             AcePotential const& potential, int species_a, int species_b,
                             std::vector<double> const& distances) {
  constexpr std::size_t per_batch = 4096;
  auto const& symbols = potential.basis->elements().symbols();
  int const numbers[2] = {*atomic_number(symbols[species_a]), *atomic_number(symbols[species_b])};
  double const free_atoms =
      potential.reference_energy[species_a] + potential.reference_energy[species_b];
  std::vector<DimerPoint> curve;
  for (std::size_t first = 0; first < distances.size(); first += per_batch) {
    std::vector<Structure> dimers;
    for (std::size_t i = first; i < std::min(first + per_batch, distances.size()); ++i) {
      Structure dimer;
      dimer.numbers = {numbers[0], numbers[1]};
      dimer.positions = {Vec3{0, 0, 0}, Vec3{distances[i], 0, 0}};
      dimers.push_back(std::move(dimer));
    }
    auto const predictions = predict(space, evaluator, std::span<Structure const>(dimers));
    for (std::size_t i = 0; i < dimers.size(); ++i)
      curve.push_back(
          {distances[first + i], predictions[i].energy - free_atoms, predictions[i].forces[1][0]});
  }
  return curve;
}

} // namespace

struct DimerScanner::State {
  AcePotential potential;
  Space space;
  Evaluator<Space> evaluator;

  State(Space const& on, AcePotential const& of)
      : potential(of), space(on), evaluator(space, potential) {}
};

DimerScanner::DimerScanner(Space const& space, AcePotential const& potential)
    : state_(std::make_unique<State>(space, potential)) {}

DimerScanner::~DimerScanner() = default;

std::vector<DimerPoint> DimerScanner::operator()(int species_a, int species_b,
                                                 std::vector<double> const& distances) {
  return scan(state_->space, state_->evaluator, state_->potential, species_a, species_b, distances);
}

std::vector<DimerPoint> scan_dimer(Kokkos::DefaultExecutionSpace const& space,
                                   AcePotential const& potential, int species_a, int species_b,
                                   std::vector<double> const& distances) {
  return DimerScanner(space, potential)(species_a, species_b, distances);
}

std::vector<DimerApproach> approach_dimers(Kokkos::DefaultExecutionSpace const& space,
                                           AcePotential const& potential,
                                           std::vector<double> const& starts) {
  constexpr double step = 0.01, least = 0.1;
  int const n = potential.basis->elements().size();
  DimerScanner scan(space, potential);
  std::vector<DimerApproach> approaches;
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      double const start = starts[a * n + b];
      if (!std::isfinite(start))
        continue;
      std::vector<double> distances{start};
      while (distances.back() - step >= least)
        distances.push_back(distances.back() - step);
      auto const curve = scan(a, b, distances);
      DimerApproach approach{a, b, start, curve.back().r, 0, start};
      for (std::size_t i = 1; i < curve.size(); ++i)
        if (!(curve[i].energy > curve[i - 1].energy)) {
          approach.rises_down_to = curve[i - 1].r;
          break;
        }
      for (DimerPoint const& point : curve)
        if (curve[0].energy - point.energy > approach.fall) {
          approach.fall = curve[0].energy - point.energy;
          approach.lowest_at = point.r;
        }
      approaches.push_back(approach);
    }
  return approaches;
}

namespace {

/// Vector from atom 0 to its nearest image of atom 1; nullopt unless the two form an isolated
/// dimer, i.e. no other image is within the cutoff.
std::optional<Vec3> dimer_vector(Structure const& s, double cutoff) {
  Structure alone = s; // one atom of it, to check the distance of its own images
  alone.numbers.resize(1);
  alone.positions.resize(1);
  if (!is_isolated_atom(alone, cutoff))
    return std::nullopt;
  Mat3 const basis = binning_basis(s.cell), to_fraction = inverse(basis);
  Vec3 delta;
  for (int k = 0; k < 3; ++k)
    delta[k] = s.positions[1][k] - s.positions[0][k];
  delta = multiply(delta, to_fraction);
  for (int d = 0; d < 3; ++d)
    if (s.cell.periodic[d])
      delta[d] -= std::round(delta[d]);
  std::vector<Vec3> images; // after wrapping, the nearest image is among these
  std::array<int, 3> const reach{2 * s.cell.periodic[0], 2 * s.cell.periodic[1],
                                 2 * s.cell.periodic[2]};
  for (int a = -reach[0]; a <= reach[0]; ++a)
    for (int b = -reach[1]; b <= reach[1]; ++b)
      for (int c = -reach[2]; c <= reach[2]; ++c)
        images.push_back(multiply({delta[0] + a, delta[1] + b, delta[2] + c}, basis));
  std::sort(images.begin(), images.end(),
            [](Vec3 const& x, Vec3 const& y) { return norm(x) < norm(y); });
  if (images.size() > 1 && norm(images[1]) < cutoff)
    return std::nullopt;
  return images[0];
}

} // namespace

std::vector<DimerPoint> reference_dimer(Dataset const& data, std::string const& a,
                                        std::string const& b, double cutoff) {
  std::array<int, 2> wanted{*atomic_number(a), *atomic_number(b)};
  std::sort(wanted.begin(), wanted.end());
  std::map<int, std::vector<double>> free_atoms;
  std::vector<DimerPoint> curve;
  data.for_each_structure([&](Frame& frame) {
    Structure const& s = frame.structure;
    if (!s.energy)
      return;
    if (is_isolated_atom(s, cutoff))
      free_atoms[s.numbers[0]].push_back(*s.energy);
    if (s.n_atoms() != 2)
      return;
    std::array<int, 2> elements{s.numbers[0], s.numbers[1]};
    std::sort(elements.begin(), elements.end());
    if (elements != wanted)
      return;
    auto const vector = dimer_vector(s, cutoff);
    if (!vector)
      return;
    Vec3 const r = *vector;
    double const distance = norm(r);
    double force = std::nan("");
    if (!s.forces.empty())
      force = 0.5 * (dot(s.forces[1], r) - dot(s.forces[0], r)) / distance;
    curve.push_back({distance, *s.energy, force});
  });
  if (curve.empty())
    throw InputError(data.files().front() + ": no labelled " + a + "-" + b + " dimer");
  for (auto const& [symbol, number] :
       {std::pair{a, *atomic_number(a)}, std::pair{b, *atomic_number(b)}}) {
    auto const found = free_atoms.find(number);
    if (found == free_atoms.end())
      throw InputError("the reference has no free " + symbol +
                       " atom (a one-atom frame without periodic images within the cutoff), to "
                       "which dimer energies are relative; add a file that contains one");
    double mean = 0;
    for (double const energy : found->second)
      mean += energy / static_cast<double>(found->second.size());
    for (DimerPoint& point : curve)
      point.energy -= mean;
  }
  std::sort(curve.begin(), curve.end(), [](auto const& x, auto const& y) { return x.r < y.r; });
  return curve;
}

bool interpolate_dimer(std::vector<DimerPoint> const& curve, double r, DimerPoint& result) {
  constexpr double same = 1e-6; // distances in files are rounded
  if (curve.empty() || r < curve.front().r - same || r > curve.back().r + same)
    return false;
  auto const next = std::lower_bound(curve.begin(), curve.end(), r - same,
                                     [](DimerPoint const& p, double x) { return p.r < x; });
  if (next == curve.begin() || std::abs(next->r - r) <= same) {
    result = *next;
    return true;
  }
  DimerPoint const &a = *(next - 1), &b = *next;
  double const h = b.r - a.r, t = (r - a.r) / h;
  double const ea = a.energy, eb = b.energy, sa = -a.force * h, sb = -b.force * h;
  double const c2 = 3 * (eb - ea) - 2 * sa - sb, c3 = 2 * (ea - eb) + sa + sb;
  result = {r, ea + t * (sa + t * (c2 + t * c3)), -(sa + t * (2 * c2 + 3 * t * c3)) / h};
  return true;
}

DimerErrors compare_dimers(std::vector<DimerPoint> const& model,
                           std::vector<DimerPoint> const& reference) {
  DimerErrors errors;
  std::size_t n_forces = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    errors.energy_rmse += std::pow(model[i].energy - reference[i].energy, 2);
    if (std::isfinite(reference[i].force)) {
      errors.force_rmse += std::pow(model[i].force - reference[i].force, 2);
      ++n_forces;
    }
  }
  errors.energy_rmse = std::sqrt(errors.energy_rmse / static_cast<double>(reference.size()));
  errors.force_rmse =
      n_forces > 0 ? std::sqrt(errors.force_rmse / static_cast<double>(n_forces)) : std::nan("");
  return errors;
}

} // namespace kolace
