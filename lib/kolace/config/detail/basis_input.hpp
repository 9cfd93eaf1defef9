// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/config/default_basis.hpp>
#include <kolace/io/detail/yaml.hpp>
#include <kolace/model/ace_potential.hpp>

#include <functional>
#include <memory>

namespace kolace::detail {

/// Reads potential.elements.
ElementSet read_elements(YamlValue const& names);

/// What the choice of a basis asks of the training data.
struct DataForBasis {
  std::function<DataAmount()> amount;                 ///< for functions (default_basis)
  std::function<double(double reach)> close_distance; ///< for radial functions (default_lambda)
};

/// Reads the rest of the section `potential` of an input.yaml: embeddings, bonds, functions by
/// blocks.
/// @param cutoff the top-level key, Angstrom; the default of rcut
/// @param reference potential whose bonds are used if the section has none; may be null
/// @param given basis that is used if the section has no functions; its radial functions must agree
///   with those of the section, and are taken if it has none. Null: none
/// @param training called for what the section leaves open
/// @param ignored receives the keys that have no effect
/// @param notes receives the choices made for the user
/// @param large_work called before an enumeration that takes seconds or longer
std::shared_ptr<AceBasis const>
read_basis_input(YamlValue const& potential, ElementSet const& elements, double cutoff,
                 AcePotential const* reference, AceBasis const* given, DataForBasis const& training,
                 std::vector<std::string>& ignored, std::vector<std::string>& notes,
                 LargeWork const& large_work = {});

/// Reads nradmax_by_orders and lmax_by_orders of a block with this many elements.
BlockLimits read_limits(YamlValue const& entry, int n_elements);

} // namespace kolace::detail
