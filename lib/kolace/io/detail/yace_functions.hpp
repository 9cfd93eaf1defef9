// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/detail/yaml_tape.hpp>
#include <kolace/model/c_basis.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace kolace::detail {

/// Collects the functions of a .yace file. Entries with the same center and factors are added.
class YaceFunctions {
public:
  /// @param path file name for messages
  /// @param species by element number in the file
  /// @param n_densities by species
  YaceFunctions(std::string path, std::vector<int> species, std::vector<int> n_densities)
      : path_(std::move(path)), species_(std::move(species)), n_densities_(std::move(n_densities)) {
  }

  YaceFunctions(YaceFunctions const&) = delete; // known_ refers to sums_
  YaceFunctions& operator=(YaceFunctions const&) = delete;

  /// @param center species to whose list the function belongs
  /// @throws InputError
  void read(int center, TapeValue const& function);
  /// Parses many functions on the host threads. @throws InputError for the first faulty one
  void read(int center, std::span<UnparsedItem const> functions);

  struct Coupled {
    std::vector<BasisFunction> functions;
    std::vector<std::vector<double>> coefficients; ///< [functions][n_densities]
    double residue = 0; ///< largest part that no couplings explain, relative to the coefficients
  };
  /// Converts the sums over m on the host threads and clears them. @throws InputError for the first
  /// sum that is not invariant
  Coupled coupled();

private:
  struct Sum {
    CBasisFunction function;
    long line;
    std::size_t hash; ///< of the center and the factors
  };
  struct Hash {
    std::vector<Sum> const* sums;
    std::size_t operator()(std::uint32_t k) const { return (*sums)[k].hash; }
  };
  struct Equal {
    std::vector<Sum> const* sums;
    bool operator()(std::uint32_t a, std::uint32_t b) const;
  };

  Sum parse(int center, TapeValue const& value) const;
  void add(Sum&& sum);

  std::string path_;
  std::vector<int> species_, n_densities_;
  std::vector<Sum> sums_;
  std::unordered_set<std::uint32_t, Hash, Equal> known_{0, Hash{&sums_}, Equal{&sums_}};
};

} // namespace kolace::detail
