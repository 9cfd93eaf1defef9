// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/element_set.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/errors.hpp>

#include <algorithm>

namespace kolace {

ElementSet::ElementSet(std::vector<std::string> symbols) : symbols_(std::move(symbols)) {
  std::sort(symbols_.begin(), symbols_.end());
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    auto const number = atomic_number(symbols_[i]);
    if (!number)
      throw InputError("'" + symbols_[i] + "' is not a chemical element");
    if (!species_of_number_.emplace(*number, static_cast<int>(i)).second)
      throw InputError("element " + symbols_[i] + " is listed twice");
  }
}

int ElementSet::species(int number) const {
  auto const found = species_of_number_.find(number);
  return found == species_of_number_.end() ? -1 : found->second;
}

int ElementSet::species(std::string const& symbol) const {
  auto const found = std::find(symbols_.begin(), symbols_.end(), symbol);
  return found == symbols_.end() ? -1 : static_cast<int>(found - symbols_.begin());
}

} // namespace kolace
