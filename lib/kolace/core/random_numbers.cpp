// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/random_numbers.hpp>

#include <cmath>
#include <numbers>

namespace kolace {

double RandomNumbers::uniform() {
  return (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53;
}

double RandomNumbers::normal() { // Box and Muller
  double const radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

} // namespace kolace
