// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/active_set_file.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/io/detail/npz.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace kolace {

namespace {

ActiveSet from_matrices(std::map<std::string, detail::NpzMatrix> const& matrices,
                        std::string const& path, AceBasis const& basis) {
  ActiveSet set;
  for (int e = 0; e < basis.elements().size(); ++e) {
    std::string const& symbol = basis.elements().symbols()[e];
    std::vector<int> const columns = columns_in_file_order(basis, e);
    std::size_t const n = columns.size();
    auto const found = matrices.find(symbol);
    if (found == matrices.end())
      throw InputError(path + ": element " + symbol + " of the potential is missing");
    detail::NpzMatrix const& matrix = found->second;
    if (matrix.rows != n || matrix.columns != n)
      throw InputError(path + ": " + symbol + ": expected a matrix of " + std::to_string(n) +
                       " by " + std::to_string(n) +
                       " (the number of functions of the potential), got " +
                       std::to_string(matrix.rows) + " by " + std::to_string(matrix.columns));
    if (!std::all_of(matrix.values.begin(), matrix.values.end(),
                     [](double x) { return std::isfinite(x); }))
      throw InputError(path + ": " + symbol + ": expected finite numbers");
    std::vector<double>& inverse = set.inverses.emplace_back(n * n);
    for (std::size_t k = 0; k < n; ++k) {
      std::size_t const row = columns[k] - basis.first_function(e);
      std::copy_n(matrix.values.begin() + static_cast<std::ptrdiff_t>(k * n), n,
                  inverse.begin() + static_cast<std::ptrdiff_t>(row * n));
    }
  }
  return set;
}

} // namespace

ActiveSet read_active_set(std::string const& path, AceBasis const& basis) {
  return from_matrices(detail::read_npz(path), path, basis);
}

ActiveSet parse_active_set(std::string const& bytes, std::string const& name,
                           AceBasis const& basis) {
  return from_matrices(detail::parse_npz(bytes, name), name, basis);
}

void write_active_set(std::ostream& out, ActiveSet const& active_set, AceBasis const& basis) {
  std::map<std::string, detail::NpzMatrix> matrices;
  for (int e = 0; e < basis.elements().size(); ++e) {
    std::vector<int> const columns = columns_in_file_order(basis, e);
    std::size_t const n = columns.size();
    detail::NpzMatrix& matrix = matrices[basis.elements().symbols()[e]];
    matrix.rows = matrix.columns = n;
    matrix.values.resize(n * n);
    for (std::size_t k = 0; k < n; ++k) {
      std::size_t const row = columns[k] - basis.first_function(e);
      std::copy_n(active_set.inverses[e].begin() + static_cast<std::ptrdiff_t>(row * n), n,
                  matrix.values.begin() + static_cast<std::ptrdiff_t>(k * n));
    }
  }
  std::string const text = detail::npz_text(matrices);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

} // namespace kolace
