// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

namespace kolace {

/// The elements of a model, sorted alphabetically by symbol: index = species.
class ElementSet {
public:
  ElementSet() = default;
  /// @throws InputError for an unknown or repeated symbol
  explicit ElementSet(std::vector<std::string> symbols);

  /// Number of elements.
  int size() const { return static_cast<int>(symbols_.size()); }
  /// Symbols by species, e.g. {"C", "Si"}.
  std::vector<std::string> const& symbols() const { return symbols_; }
  /// Species of an atomic number, -1 if the element is not in the set.
  int species(int atomic_number) const;
  /// Species of a symbol, -1 if the element is not in the set.
  int species(std::string const& symbol) const;

private:
  std::vector<std::string> symbols_;
  std::map<int, int> species_of_number_;
};

} // namespace kolace
