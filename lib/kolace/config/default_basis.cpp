// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/default_basis.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/dataset/detail/element_coverage.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace kolace {
namespace {

constexpr double no_force = 1e-6; // eV/A
constexpr long labels_per_function = 4, most_of_few_labels = 600;
constexpr long labels_per_further_function = 15, most_functions = 3000, most_of_extrapolation = 600;

std::vector<BlockLimits> const& sequence() {
  static std::vector<BlockLimits> const all{{{4}, {0}},
                                            {{4, 1}, {0, 1}},
                                            {{5, 1}, {0, 2}},
                                            {{6, 2}, {0, 2}},
                                            {{8, 2}, {0, 3}},
                                            {{8, 3}, {0, 2}},
                                            {{8, 3, 1}, {0, 2, 1}},
                                            {{8, 3, 1}, {0, 3, 2}},
                                            {{8, 4, 1}, {0, 3, 2}},
                                            {{10, 4, 2}, {0, 3, 2}},
                                            {{10, 5, 2}, {0, 4, 2}},
                                            {{12, 5, 3}, {0, 4, 2}},
                                            {{12, 6, 3}, {0, 4, 3}},
                                            {{12, 6, 4}, {0, 4, 3}},
                                            {{15, 8, 4, 2}, {0, 5, 3, 1}},
                                            {{15, 8, 5, 3}, {0, 5, 3, 2}}};
  return all;
}

/// Number of functions; stops counting beyond `most`.
long count_functions(int n_elements, BlockLimits const& limits, long most) {
  std::vector<std::optional<BlockLimits>> const every(n_elements, limits);
  long count = 0;
  for (FunctionBlock const& block : make_blocks(n_elements, every)) {
    count += static_cast<long>(enumerate_block(block).size());
    if (count > most)
      break;
  }
  return count;
}

} // namespace

DataAmount amount_of(Dataset const& data) {
  DataAmount amount;
  std::set<int> numbers;
  std::set<std::set<int>> systems;
  data.for_each_structure([&](Frame& frame) {
    Structure const& s = frame.structure;
    amount.n_labels += s.energy.has_value() + 3 * static_cast<long>(s.forces.size()) +
                       6 * static_cast<long>(s.virial.has_value());
    for (Vec3 const& force : s.forces)
      amount.n_zero_forces += std::count_if(force.begin(), force.end(),
                                            [](double x) { return std::abs(x) < no_force; });
    std::set<int> const system(s.numbers.begin(), s.numbers.end());
    numbers.insert(system.begin(), system.end());
    systems.insert(system);
  });
  amount.lacks_triples =
      detail::triple_coverage({numbers.begin(), numbers.end()}, systems).missing > 0;
  return amount;
}

DefaultBasis default_basis(int n_elements, DataAmount const& amount) {
  long const n_labels = amount.n_determining();
  long const most = std::min(std::max(std::min(n_labels / labels_per_function, most_of_few_labels),
                                      n_labels / labels_per_further_function),
                             amount.lacks_triples ? most_of_extrapolation : most_functions);
  DefaultBasis chosen;
  for (BlockLimits const& limits : sequence()) {
    bool const first = chosen.n_functions == 0;
    if (!first && amount.lacks_triples && limits.nradmax.size() > 2)
      break;
    long const count = count_functions(n_elements, limits, first ? most_functions : most);
    if (!first && count > most)
      break;
    chosen = {limits, count};
  }
  KOLACE_ENSURE(chosen.n_functions > 0, n_elements);
  return chosen;
}

} // namespace kolace
