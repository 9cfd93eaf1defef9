// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/model/ace_basis.hpp>

#include <functional>
#include <memory>

namespace kolace {

/// Enumerates the functions of all blocks and sets the radial functions of every bond to those in
/// use.
///
/// @param bonds [n_elements^2], cutoffs and radial kinds; the sizes (nradbase, nradmax, lmax) are
/// set here
/// @param functions_per_element power-order limit (CONVENTIONS.md §4); 0: none
/// @param canonical sums over distinct neighbors (CONVENTIONS.md §10)
/// @throws InputError if no function is left
std::shared_ptr<AceBasis const>
build_basis(ElementSet const& elements, std::vector<BondSpecification> bonds,
            std::vector<FunctionBlock> const& blocks, std::size_t functions_per_element = 0,
            bool canonical = false, LargeWork const& large_work = {});

/// Calls fail(is_radial, message) for invalid limits: unequal lengths, negative or too large
/// numbers, rank-1 l other than 0, or more candidates or m-vectors than can be enumerated in
/// seconds.
void check_limits(BlockLimits const& limits, int n_elements,
                  std::function<void(bool radial, std::string const& message)> const& fail);

/// The same basis without core repulsion and ZBL: the part that is fitted.
std::shared_ptr<AceBasis const> without_core(AceBasis const& basis);

} // namespace kolace
