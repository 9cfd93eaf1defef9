// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/trial_dynamics.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/fit/langevin.hpp>
#include <kolace/neighbors/host_pairs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <set>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr std::size_t most_structures = 6, most_atoms = 200, fewest_atoms = 48;
constexpr int typical_atoms = 64; ///< of a small cell that is repeated

/// The structure without labels, repeated along its shortest periodic vector until it has enough
/// atoms.
Structure repeated(Structure const& original) {
  Structure s;
  s.cell = original.cell;
  s.numbers = original.numbers;
  s.positions = original.positions;
  while (s.n_atoms() < fewest_atoms) {
    int along = -1;
    for (int v = 0; v < 3; ++v)
      if (s.cell.periodic[v] &&
          (along < 0 || norm(s.cell.vectors[v]) < norm(s.cell.vectors[along])))
        along = v;
    if (along < 0)
      break;
    Vec3& vector = s.cell.vectors[along];
    for (std::size_t i = 0, n = s.n_atoms(); i < n; ++i) {
      Vec3 const r = s.positions[i];
      s.numbers.push_back(s.numbers[i]);
      s.positions.push_back({r[0] + vector[0], r[1] + vector[1], r[2] + vector[2]});
    }
    for (double& x : vector)
      x *= 2;
  }
  return s;
}

/// Elements and numbers of atoms, in the order of atomic numbers.
std::string formula(Structure const& s) {
  std::map<int, int> counts;
  for (int const number : s.numbers)
    ++counts[number];
  std::string text;
  for (auto const& [number, count] : counts)
    text += element_symbol(number) + (count > 1 ? std::to_string(count) : "");
  return text;
}

/// The pair of atoms whose distance is the smallest fraction of the shortest one in the data.
struct ClosestPair {
  double fraction = std::numeric_limits<double>::infinity();
  double distance = 0; ///< Angstrom
  int a = 0, b = 0;    ///< species, a <= b
};

ClosestPair closest_pair(Space const& space, Structure const& structure, ElementSet const& elements,
                         std::vector<double> const& shortest) {
  int const n = elements.size();
  double const reach = 1.2 * *std::max_element(shortest.begin(), shortest.end());
  ClosestPair closest;
  closest.distance = reach;
  auto const pairs = host_pairs(space, {&structure, 1}, elements, reach);
  for (HostPair const& p : pairs[0]) {
    auto const [a, b] = std::minmax(
        {elements.species(structure.numbers[p.i]), elements.species(structure.numbers[p.j])});
    double const r = norm(p.from_i_to_j),
                 fraction = r / std::min(shortest[a * n + b], shortest[b * n + a]);
    if (fraction < closest.fraction)
      closest = {fraction, r, a, b};
  }
  return closest;
}

/// A way on which the energy falls, and the closest atoms on it.
struct Collapse {
  ScanPath path;
  ClosestPair closest;
};

/// The last steps of a trajectory.
class History {
public:
  void push(MovingStructure const& moving) {
    steps_.emplace_back(moving.energy, moving.structure.positions);
    if (steps_.size() > most_steps)
      steps_.pop_front();
  }
  void clear() { steps_.clear(); }

  /// From the last step at which all atoms were as far apart as in the data (or the first that is
  /// kept) to the first one at which the energy has fallen by more than it fluctuates; none if it
  /// has not.
  std::optional<Collapse> collapse(Space const& space, MovingStructure const& moving,
                                   ElementSet const& elements,
                                   std::vector<double> const& shortest) const {
    constexpr double rounding = 0.99; // the shortest distances are those of finite data
    constexpr std::size_t points = 8;
    Structure frame = moving.structure;
    auto const closest_at = [&](std::size_t step) {
      frame.positions = steps_[step].second;
      return closest_pair(space, frame, elements, shortest);
    };
    if (steps_.empty())
      return {};
    std::size_t first = steps_.size() - 1;
    while (first > 0 && closest_at(first).fraction < rounding)
      --first;
    // Standard deviation of the potential energy of harmonic vibrations.
    double const fluctuation =
        boltzmann * moving.temperature * std::sqrt(1.5 * static_cast<double>(frame.n_atoms()));
    std::size_t last = first;
    while (last < steps_.size() && !(steps_[last].first < steps_[first].first - fluctuation))
      ++last;
    if (last == steps_.size())
      return {};
    auto found = std::make_optional<Collapse>();
    auto& [path, closest] = *found;
    path.kind = ScanPath::Kind::dynamics;
    std::size_t before = steps_.size();
    for (std::size_t k = 0; k <= points; ++k) {
      std::size_t const step = first + k * (last - first) / points;
      if (step == before)
        continue;
      before = step;
      ClosestPair const pair = closest_at(step);
      if (pair.fraction < closest.fraction)
        closest = pair;
      path.structures.push_back(frame);
      path.distances.push_back(pair.distance);
    }
    path.a = closest.a;
    path.b = closest.b;
    return found;
  }

private:
  static constexpr std::size_t most_steps = 200;
  std::deque<std::pair<double, std::vector<Vec3>>> steps_; ///< energies, positions
};

} // namespace

std::vector<Structure> trial_structures(Dataset const& data,
                                        std::vector<StructureRecord> const& records,
                                        int n_functions) {
  constexpr double most_in_all = 600, most_terms = 450000; // atoms; atoms times functions
  std::vector<long> usable;
  double n_atoms = 0; // in the simulated cells, about
  for (StructureRecord const& record : records)
    if (!record.dropped && record.n_atoms > 1 &&
        static_cast<std::size_t>(record.n_atoms) <= most_atoms) {
      usable.push_back(record.index);
      n_atoms += record.is_bulk ? std::max(record.n_atoms, typical_atoms) : record.n_atoms;
    }
  double const mean = n_atoms / std::max(static_cast<double>(usable.size()), 1.);
  double const affordable = std::min(most_in_all, most_terms / n_functions) / std::max(mean, 1.);
  std::size_t const n = std::min(
      {usable.size(), most_structures, static_cast<std::size_t>(std::max(affordable, 1.))});
  std::set<long> wanted;
  for (std::size_t k = 0; k < n; ++k)
    wanted.insert(usable[(2 * k + 1) * usable.size() / (2 * n)]);
  std::vector<Structure> chosen;
  long index = 0;
  data.for_each_structure([&](Frame& frame) {
    if (wanted.contains(index++))
      chosen.push_back(std::move(frame.structure));
  });
  return chosen;
}

namespace {

double temperature_of(Space const& space, Evaluator<Space>& evaluator, Structure const& structure) {
  constexpr int probes = 4;
  constexpr double step = 0.01; // Angstrom
  if (structure.forces.empty())
    return 0;
  RandomNumbers random(1);
  std::vector<std::vector<Vec3>> directions(probes, std::vector<Vec3>(structure.n_atoms()));
  std::vector<Structure> moved; // backward and forward
  for (auto& direction : directions) {
    for (Vec3& d : direction)
      for (double& x : d)
        x = random.uniform() < 0.5 ? -1 : 1;
    for (double const way : {-step, step}) {
      Structure& s = moved.emplace_back(structure);
      for (std::size_t i = 0; i < s.n_atoms(); ++i)
        for (int x = 0; x < 3; ++x)
          s.positions[i][x] += way * direction[i][x];
    }
  }
  auto const predicted = predict(space, evaluator, moved);
  double trace = 0, square = 0;
  for (int k = 0; k < probes; ++k)
    for (std::size_t i = 0; i < structure.n_atoms(); ++i)
      trace += (dot(directions[k][i], predicted[2 * k].forces[i]) -
                dot(directions[k][i], predicted[2 * k + 1].forces[i])) /
               (2 * step * probes);
  for (Vec3 const& force : structure.forces)
    square += dot(force, force);
  return trace > 0 ? square / trace / boltzmann : 0;
}

} // namespace

double configurational_temperature(Space const& space, AcePotential const& potential,
                                   Structure const& structure) {
  Evaluator<Space> evaluator(space, potential);
  return temperature_of(space, evaluator, structure);
}

bool any_collapsed(std::vector<TrialRun> const& runs) {
  return std::any_of(runs.begin(), runs.end(), [](TrialRun const& run) { return run.collapsed; });
}

std::string dynamics_sentence(std::vector<TrialRun> const& runs) {
  KOLACE_EXPECT(!runs.empty(), runs.size());
  double coldest = runs[0].temperature, hottest = coldest, longest = 0;
  long collapsed = 0;
  for (TrialRun const& run : runs) {
    coldest = std::min(coldest, run.temperature);
    hottest = std::max(hottest, run.temperature);
    longest = std::max(longest, run.time);
    collapsed += run.collapsed;
  }
  std::string kelvin = fmt::format("{:.0f}", coldest);
  if (std::string const last = fmt::format("{:.0f}", hottest); last != kelvin)
    kelvin += " to " + last;
  return fmt::format(
      "{} of {} training structure{} collapse{} in molecular dynamics of {:.2g} ps at "
      "{} K",
      collapsed == 0 ? "none" : std::to_string(collapsed), runs.size(), runs.size() == 1 ? "" : "s",
      collapsed == 1 ? "s" : "", longest, kelvin);
}

TrialDynamics try_dynamics(Space const& space, AcePotential const& potential,
                           std::vector<Structure> const& structures,
                           std::vector<double> const& shortest, std::uint64_t seed) {
  constexpr int steps = 600;
  constexpr double margin = 1.5, coldest = 300, hottest = 3000; // of temperatures, K
  constexpr double too_fast = 25;                               // kT
  TrialDynamics trials;
  if (structures.empty())
    return trials;
  ElementSet const& elements = potential.basis->elements();
  std::vector<double> limits = shortest; // pairs that are never within the cutoff: the cutoff
  for (double& r : limits)
    r = std::isfinite(r) ? r : potential.basis->cutoff();
  Evaluator<Space> evaluator(space, potential);
  LangevinDynamics dynamics(space, evaluator, seed);
  for (Structure const& original : structures) {
    Structure s = repeated(original);
    TrialRun& run = trials.runs.emplace_back();
    run.place = original.place.text();
    run.formula = formula(s);
    run.repeated = s.n_atoms() > original.n_atoms();
    double const sampled = std::round(temperature_of(space, evaluator, original));
    run.temperature = std::clamp(margin * sampled, coldest, hottest);
    dynamics.add(std::move(s), run.temperature);
  }
  std::vector<History> histories(structures.size());
  for (int step = 0, moving = static_cast<int>(structures.size()); step < steps && moving > 0;
       ++step) {
    dynamics.advance();
    for (std::size_t k = 0; k < structures.size(); ++k) {
      MovingStructure& m = dynamics.structures()[k];
      TrialRun& run = trials.runs[k];
      if (m.stopped)
        continue;
      run.time += dynamics.time_step() / 1000;
      double const largest = m.largest_kinetic_energy();
      bool const finite = std::isfinite(largest) && std::isfinite(m.energy);
      if (finite)
        histories[k].push(m);
      if (finite && largest < too_fast * boltzmann * m.temperature)
        continue;
      auto found = histories[k].collapse(space, m, elements, limits);
      if (found) {
        run.a = elements.symbols()[found->closest.a];
        run.b = elements.symbols()[found->closest.b];
        run.distance = found->closest.distance;
        trials.paths.push_back(std::move(found->path));
      }
      if (found || !finite) {
        run.collapsed = m.stopped = true;
        --moving;
      } else { // heat of a structure that relaxes
        histories[k].clear();
        dynamics.draw_velocities(m);
      }
    }
  }
  return trials;
}

} // namespace kolace
