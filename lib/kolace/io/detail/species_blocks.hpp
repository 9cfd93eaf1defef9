// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/model/specification.hpp>
#include <kolace/radial/radial_options.hpp>

#include <string>
#include <vector>

/// @file
/// Reads bonds and embeddings for both potential formats, which have the same values under
/// different keys. `Value` is a YamlValue or a TapeValue.

namespace kolace::detail {

inline constexpr int largest_l = 20, largest_n = 1000;

template <class Value> int bounded(Value const& value, long low, long high) {
  long const number = value.integer();
  if (number < low || number > high)
    value.fail("expected an integer from " + std::to_string(low) + " to " + std::to_string(high) +
               ", got " + std::to_string(number));
  return static_cast<int>(number);
}

/// Value of an optional key.
template <class Value> double number_or(Value const& block, char const* key, double otherwise) {
  return block.has(key) ? block.required(key).number() : otherwise;
}

struct BondKeys {
  char const *n_radmax, *l_max, *n_radbase, *radial, *parameters, *cutoff, *cutoff_width, *r_in,
      *delta_in;
};

/// c_nlk [n][l][k]; empty if R_nl = g_n.
template <class Value>
std::vector<double> read_radial_coefficients(Value const& table, BondSpecification const& bond,
                                             BondKeys const& keys) {
  std::vector<double> flat;
  bool identity = bond.nradmax <= bond.radial.size;
  auto const check = [](Value const& list, int found, int wanted, char const* what,
                        std::string const& key) {
    if (found != wanted)
      list.fail("expected " + std::to_string(wanted) + " " + what + " (" + key + "), got " +
                std::to_string(found));
  };
  if constexpr (requires { table.is_flat_list(); })
    if (table.is_flat_list()) { // older files: k varies slowest, then n
      std::vector<double> const c = table.numbers();
      int const n_l = bond.lmax + 1, wanted = bond.nradmax * n_l * bond.radial.size;
      check(table, static_cast<int>(c.size()), wanted, "numbers",
            std::string(keys.n_radmax) + " (" + keys.l_max + " + 1) " + keys.n_radbase);
      flat.resize(c.size());
      for (int k = 0, at = 0; k < bond.radial.size; ++k)
        for (int n = 0; n < bond.nradmax; ++n)
          for (int l = 0; l < n_l; ++l, ++at) {
            flat[(n * n_l + l) * bond.radial.size + k] = c[at];
            identity = identity && c[at] == (n == k ? 1 : 0);
          }
      return identity ? std::vector<double>{} : flat;
    }
  int n = 0;
  table.for_each([&](Value const& by_l) {
    int l = 0;
    by_l.for_each([&](Value const& by_k) {
      std::vector<double> const c = by_k.numbers();
      check(by_k, static_cast<int>(c.size()), bond.radial.size, "numbers", keys.n_radbase);
      for (int k = 0; k < bond.radial.size; ++k)
        identity = identity && c[k] == (n == k ? 1 : 0);
      flat.insert(flat.end(), c.begin(), c.end());
      ++l;
    });
    check(by_l, l, bond.lmax + 1, "lists", std::string(keys.l_max) + " + 1");
    ++n;
  });
  check(table, n, bond.nradmax, "lists", keys.n_radmax);
  return identity ? std::vector<double>{} : flat;
}

/// Reads a bond except for its core repulsion.
template <class Value> BondSpecification read_bond(Value const& block, BondKeys const& keys) {
  BondSpecification bond;
  bond.nradmax = bounded(block.required(keys.n_radmax), 0, largest_n);
  bond.lmax = bounded(block.required(keys.l_max), 0, largest_l);
  bond.radial.size = bounded(block.required(keys.n_radbase), 1, largest_n);
  bond.radial.cutoff = block.required(keys.cutoff).number();
  if (bond.radial.cutoff > 100)
    block.required(keys.cutoff).fail("expected a cutoff up to 100 Angstrom");
  bond.radial.cutoff_width = block.required(keys.cutoff_width).number();
  Value const name = block.required(keys.radial);
  try {
    bond.radial.kind = radial_kind(std::string(name.text()));
  } catch (InputError const& error) {
    name.fail(error.what());
  }
  std::vector<double> const parameters = block.required(keys.parameters).numbers();
  if (!parameters.empty())
    bond.radial.lambda = parameters[0];
  else if (bond.radial.kind != RadialKind::SBessel)
    block.required(keys.parameters).fail("expected one number");
  bond.r_in = number_or(block, keys.r_in, 0);
  bond.delta_in = number_or(block, keys.delta_in, 0);
  bond.inner_cutoff_type = InnerCutoff::density;
  if (block.has("inner_cutoff_type")) {
    Value const value = block.required("inner_cutoff_type");
    auto const type = inner_cutoff(std::string(value.text()));
    if (!type)
      value.fail("expected distance, density or zbl, got '" + std::string(value.text()) + "'");
    bond.inner_cutoff_type = *type;
  }
  if (block.has("radcoefficients"))
    bond.coefficients = read_radial_coefficients(block.required("radcoefficients"), bond, keys);
  try {
    check(bond.effective_radial());
  } catch (InputError const& error) {
    block.fail(error.what());
  }
  return bond;
}

struct EmbeddingKeys {
  char const *n_densities, *parameters, *core_cutoff, *core_width;
};

/// Reads an embedding; missing keys keep the defaults of EmbeddingSpecification.
template <class Value>
EmbeddingSpecification read_embedding(Value const& block, EmbeddingKeys const& keys) {
  EmbeddingSpecification embedding;
  if (block.has(keys.n_densities))
    embedding.n_densities = bounded(block.required(keys.n_densities), 1, largest_n_densities);
  if (block.has("npoti")) {
    auto const function = embedding_function(std::string(block.required("npoti").text()));
    if (!function)
      block.required("npoti").fail("expected FinnisSinclair or FinnisSinclairShiftedScaled");
    embedding.function = *function;
  }
  if (block.has(keys.parameters))
    embedding.parameters = block.required(keys.parameters).numbers();
  embedding.rho_core_cutoff = number_or(block, keys.core_cutoff, embedding.rho_core_cutoff);
  embedding.rho_core_width = number_or(block, keys.core_width, embedding.rho_core_width);
  return embedding;
}

} // namespace kolace::detail
