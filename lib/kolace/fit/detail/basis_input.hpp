#pragma once

#include <kolace/io/detail/yaml.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>

namespace kolace::detail {

/// The section `potential` of an input.yaml: elements, embeddings, bonds, functions by blocks.
/// @param cutoff the top-level key, Angstrom; default of rcut
/// @param reference whose bonds are taken where the section has none; may be null
/// @param ignored keys that do not matter are appended
std::shared_ptr<AceBasis const> read_basis_input(YamlValue const& potential, double cutoff,
                                                 AcePotential const* reference,
                                                 std::vector<std::string>& ignored);

/// nradmax_by_orders and lmax_by_orders of a block of this many elements.
BlockLimits read_limits(YamlValue const& entry, int n_elements);

} // namespace kolace::detail
