// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kolace {

/// Atomic number of a chemical symbol ("C" -> 6); nullopt if there is no such element.
std::optional<int> atomic_number(std::string_view symbol);

/// Chemical symbol of an atomic number. @pre 1 <= number <= 118
std::string element_symbol(int number);

/// Covalent radius, Angstrom (Cordero et al., Dalton Trans. 2008, 2832; low spin where two are
/// given; 1.6 beyond curium). @pre 1 <= number <= 118
double covalent_radius(int number);

/// Mass of an atom, unified atomic mass units (standard atomic weight, rounded; mass number of the
/// longest-lived isotope where there is none). @pre 1 <= number <= 118
double atomic_mass(int number);

} // namespace kolace
