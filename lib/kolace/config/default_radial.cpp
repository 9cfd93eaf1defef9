// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/default_radial.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/neighbors/host_pairs.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace kolace {

double close_distance(Dataset const& data, double reach) {
  using Space = Kokkos::DefaultExecutionSpace;
  constexpr long most_frames = 300;
  constexpr std::size_t one_of = 50, some_frames = 10;
  long n_frames = 0;
  std::set<int> numbers;
  data.for_each_structure([&](Frame const& frame) {
    numbers.insert(frame.structure.numbers.begin(), frame.structure.numbers.end());
    ++n_frames;
  });
  if (n_frames == 0)
    return reach;
  std::vector<std::string> symbols;
  for (int const number : numbers)
    symbols.push_back(element_symbol(number));
  ElementSet const elements(symbols);
  long const every = (n_frames + most_frames - 1) / most_frames;
  Space const space;
  std::vector<double> shortest; // of each frame
  for_each_batch(
      data, Tuning<Space>::atoms_per_batch,
      [&](long index, Structure const&) { return index % every == 0; },
      [&](std::vector<Structure> const& structures) {
        for (auto const& pairs : host_pairs(space, structures, elements, reach)) {
          double least = reach;
          for (HostPair const& pair : pairs)
            least = std::min(least, norm(pair.from_i_to_j));
          shortest.push_back(least);
        }
      });
  std::size_t const place =
      std::max<std::size_t>(shortest.size() / one_of, shortest.size() >= some_frames ? 1 : 0);
  std::nth_element(shortest.begin(), shortest.begin() + static_cast<std::ptrdiff_t>(place),
                   shortest.end());
  return shortest[place];
}

double default_lambda(double shortest, double cutoff) {
  KOLACE_EXPECT(shortest > 0 && cutoff > 0, shortest, cutoff);
  constexpr double step = 0.25, largest = 5.25, share = 0.34;
  double const beyond = 1 - std::min(shortest / cutoff, 1.);
  // The variable is 1 - 2 (exp(lambda (1 - r/cutoff)) - 1) / (exp(lambda) - 1).
  auto const covered = [&](double lambda) {
    return std::expm1(lambda * beyond) / std::expm1(lambda);
  };
  double lambda = step;
  while (lambda < largest && covered(lambda + step) >= share)
    lambda += step;
  return lambda;
}

} // namespace kolace
