#pragma once

#include <kolace/config/default_basis.hpp>
#include <kolace/io/detail/yaml.hpp>
#include <kolace/model/ace_potential.hpp>

#include <functional>
#include <memory>

namespace kolace::detail {

/// The section `potential` of an input.yaml: elements, embeddings, bonds, functions by blocks.
/// @param cutoff the top-level key, Angstrom; default of rcut
/// @param reference whose bonds are taken where the section has none; may be null
/// @param given taken where the section has no functions; its radial functions must be the
/// section's.
///        Null: none
/// @param amount of training data; asked for where the section has no functions (default_basis)
/// @param ignored keys that do not matter are appended
/// @param notes what was chosen for the user is appended
/// @param large_work is told before an enumeration that takes seconds or longer
std::shared_ptr<AceBasis const>
read_basis_input(YamlValue const& potential, double cutoff, AcePotential const* reference,
                 AceBasis const* given, std::function<DataAmount()> const& amount,
                 std::vector<std::string>& ignored, std::vector<std::string>& notes,
                 LargeWork const& large_work = {});

/// nradmax_by_orders and lmax_by_orders of a block of this many elements.
BlockLimits read_limits(YamlValue const& entry, int n_elements);

} // namespace kolace::detail
