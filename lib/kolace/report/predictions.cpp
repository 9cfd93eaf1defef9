// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/report/predictions.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/io/detail/text.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <ostream>

namespace kolace {
namespace {

using detail::shortest;
constexpr std::size_t most_points = 2'000'000;

/// Adds the predictions to a frame and removes any earlier ones.
void add_prediction(Frame& frame, Prediction const& p) {
  std::erase_if(frame.info, [](InfoEntry const& entry) {
    return entry.key == "kolace_energy" || entry.key == "kolace_virial" ||
           entry.key == "kolace_energy_std" || entry.key == "kolace_run";
  });
  std::erase_if(frame.columns, [](Column const& column) {
    return column.name == "kolace_forces" || column.name == "kolace_energies" ||
           column.name == "kolace_forces_std" || column.name == "kolace_gamma";
  });
  frame.info.push_back({"kolace_energy", shortest(p.energy), true});
  frame.info.push_back({"kolace_virial", detail::nine_numbers(p.virial), true});
  Column forces{"kolace_forces", 'R', 3, {}}, energies{"kolace_energies", 'R', 1, {}};
  for (std::size_t i = 0; i < p.forces.size(); ++i) {
    for (double const f : p.forces[i])
      forces.words.push_back(shortest(f));
    energies.words.push_back(shortest(p.energies[i]));
  }
  frame.columns.push_back(std::move(forces));
  frame.columns.push_back(std::move(energies));
}

/// Root-mean-square deviations of a committee's members from the potential.
StructureDeviations spread_of(Prediction const& p, std::vector<Prediction> const& members) {
  double const count = static_cast<double>(members.size());
  StructureDeviations spread{0, std::vector<Vec3>(p.forces.size(), Vec3{})};
  for (Prediction const& member : members) {
    spread.energy += std::pow(member.energy - p.energy, 2) / count;
    for (std::size_t i = 0; i < p.forces.size(); ++i)
      for (int x = 0; x < 3; ++x)
        spread.forces[i][x] += std::pow(member.forces[i][x] - p.forces[i][x], 2) / count;
  }
  spread.energy = std::sqrt(spread.energy);
  for (Vec3& f : spread.forces)
    for (double& x : f)
      x = std::sqrt(x);
  return spread;
}

void add_deviations(Frame& frame, StructureDeviations const& deviations) {
  if (std::isfinite(deviations.energy))
    frame.info.push_back({"kolace_energy_std", shortest(deviations.energy), true});
  if (deviations.forces.empty())
    return;
  Column column{"kolace_forces_std", 'R', 1, {}};
  for (Vec3 const& f : deviations.forces)
    column.words.push_back(shortest(norm(f)));
  frame.columns.push_back(std::move(column));
}

/// Collects points for plots; keeps every second, fourth, ... force component if there are too
/// many.
class Collector {
public:
  Collector(Predictions& predictions, AcePotential const& potential)
      : to_(predictions), elements_(potential.basis->elements()),
        reference_(potential.reference_energy) {}

  void add(Structure const& s, Prediction const& p) {
    auto const found = std::find(to_.groups.begin(), to_.groups.end(), s.config_type);
    int const group = static_cast<int>(found - to_.groups.begin());
    if (found == to_.groups.end())
      to_.groups.push_back(s.config_type);
    double const n = static_cast<double>(s.n_atoms());
    double free_atoms = 0;
    for (int const number : s.numbers)
      free_atoms += reference_.at(elements_.species(number));
    if (s.energy)
      to_.energies.push_back({(*s.energy - free_atoms) / n, (p.energy - free_atoms) / n, group});
    for (std::size_t i = 0; i < s.forces.size(); ++i)
      for (int x = 0; x < 3; ++x)
        if (count_++ % stride_ == 0)
          to_.forces.push_back({s.forces[i][x], p.forces[i][x], group});
    if (s.virial)
      for (int v = 0; v < 6; ++v)
        to_.virials.push_back({(*s.virial)[v] / n, p.virial[v] / n, group});
    if (to_.forces.size() > most_points) {
      for (std::size_t k = 0; 2 * k < to_.forces.size(); ++k)
        to_.forces[k] = to_.forces[2 * k];
      to_.forces.resize((to_.forces.size() + 1) / 2);
      stride_ *= 2;
    }
  }

private:
  Predictions& to_;
  ElementSet const& elements_;
  std::vector<double> const& reference_;
  long count_ = 0, stride_ = 1;
};

void add_grades(Frame& frame, std::vector<double> const& grades) {
  Column column{"kolace_gamma", 'R', 1, {}};
  for (double const grade : grades)
    column.words.push_back(shortest(grade));
  frame.columns.push_back(std::move(column));
}

} // namespace

void GradeSummary::add(Structure const& structure, std::vector<double> const& grades) {
  for (std::size_t i = 0; i < grades.size(); ++i) {
    std::size_t kind = 0;
    while (kind < std::size(limits) && !(grades[i] <= limits[kind]))
      ++kind;
    ++counts[kind];
    if (!(grades[i] <= largest) && !std::isnan(largest)) {
      largest = grades[i];
      where = structure.place;
      atom = static_cast<long>(i) + 1;
    }
  }
}

Predictions write_predictions(Kokkos::DefaultExecutionSpace const& space, std::ostream& out,
                              Dataset const& data, AcePotential const& potential,
                              PredictionOptions const& options) {
  using Space = Kokkos::DefaultExecutionSpace;
  constexpr std::size_t atoms_per_batch = Tuning<Space>::atoms_per_batch;
  Evaluator<Space> evaluator(space, potential);
  std::vector<Evaluator<Space>> members;
  for (AcePotential const& member : options.committee)
    members.emplace_back(space, member);
  std::optional<ExtrapolationGrade<Space>> grade;
  if (options.active_set)
    grade.emplace(space, potential.basis, *options.active_set, potential.spline_width);
  Predictions result;
  Collector collector(result, potential);
  std::vector<Frame> frames;
  std::size_t n_atoms = 0, n_written = 0;
  auto const flush = [&] {
    std::vector<Structure> structures;
    for (Frame const& frame : frames)
      structures.push_back(frame.structure);
    auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
    std::vector<std::vector<double>> grades;
    if (grade)
      grades = extrapolation_grades(space, *grade, std::span<Structure const>(structures));
    std::vector<std::vector<Prediction>> spread(frames.size());
    for (Evaluator<Space>& member : members) {
      auto theirs = predict(space, member, std::span<Structure const>(structures));
      for (std::size_t k = 0; k < frames.size(); ++k)
        spread[k].push_back(std::move(theirs[k]));
    }
    KOLACE_ENSURE(predictions.size() == frames.size(), predictions.size(), frames.size());
    for (std::size_t k = 0; k < frames.size(); ++k, ++n_written) {
      if (!std::isfinite(predictions[k].energy))
        throw InputError(structures[k].place, "the predicted energy is not finite");
      add_prediction(frames[k], predictions[k]);
      if (!members.empty())
        add_deviations(frames[k], spread_of(predictions[k], spread[k]));
      else if (options.deviations)
        add_deviations(frames[k], options.deviations->structures.at(n_written));
      if (grade) {
        add_grades(frames[k], grades[k]);
        result.grades.add(structures[k], grades[k]);
      }
      if (!options.run.empty())
        frames[k].info.push_back({"kolace_run", options.run, true});
      write_extxyz(out, frames[k]);
      collector.add(structures[k], predictions[k]);
      add_errors(result.errors, structures[k], predictions[k]);
    }
    frames.clear();
    n_atoms = 0;
  };
  result.errors.pass = data.for_each([&](Frame& frame) {
    n_atoms += frame.structure.n_atoms();
    frames.push_back(std::move(frame));
    if (n_atoms >= atoms_per_batch)
      flush();
  });
  if (!frames.empty())
    flush();
  return result;
}

} // namespace kolace
