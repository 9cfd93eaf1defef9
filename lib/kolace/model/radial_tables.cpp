// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/radial_tables.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <map>

namespace kolace {
namespace {

struct ProductRows {
  std::vector<int> rows; ///< row of each g_k
  std::vector<RadialProduct> products;
};

/// Rows of the plain radial functions and of their products.
ProductRows product_rows(std::vector<std::vector<int>> const& products) {
  ProductRows result;
  std::map<std::vector<int>, int> row;
  for (std::size_t k = 0; k < products.size(); ++k) {
    row[products[k]] = static_cast<int>(k);
    if (products[k].size() == 1) {
      result.rows.resize(std::max(result.rows.size(), static_cast<std::size_t>(products[k][0])),
                         -1);
      result.rows[products[k][0] - 1] = static_cast<int>(k);
    }
  }
  // By length: each product refers to a shorter one, which may be in any row.
  for (std::size_t length = 2; length <= 3; ++length)
    for (auto const& product : products)
      if (product.size() == length)
        result.products.push_back({row.at(product), row.at({product.begin(), product.end() - 1}),
                                   row.at({product.back()})});
  return result;
}

/// c_nlk of every bond as [l][n][k]; the identity if a bond has no coefficients.
std::vector<double> coefficient_table(ModelSpecification const& spec, RowLayout const& layout,
                                      int n_functions) {
  std::vector<double> table;
  for (BondSpecification const& bond : spec.bonds)
    for (int l = 0; l <= layout.l_max; ++l)
      for (int n = 0; n < layout.n_max; ++n)
        for (int k = 0; k < n_functions; ++k) {
          bool const inside = n < bond.nradmax && l <= bond.lmax && k < bond.radial.size;
          double const identity = n == k ? 1 : 0;
          table.push_back(
              !inside ? 0
              : bond.coefficients.empty()
                  ? identity
                  : bond.coefficients[(n * (bond.lmax + 1) + l) * bond.radial.size + k]);
        }
  return table;
}

/// Appends a table to others: where it lies. The first is taken without a copy: tables can be
/// large.
SplineEntry append(SplineTable&& spline, std::vector<double>& tables) {
  SplineEntry const entry{tables.size(), spline.n_bins, spline.per_angstrom};
  if (tables.empty())
    tables = std::move(spline.coefficients);
  else
    tables.insert(tables.end(), spline.coefficients.begin(), spline.coefficients.end());
  return entry;
}

struct BondTables {
  std::vector<RadialBasis> bonds;
  std::vector<SplineEntry> splines;
  std::vector<double> spline_coefficients;
};

/// Bonds with equal functions share a spline.
BondTables bond_tables(ModelSpecification const& spec, int n_functions, double spline_width) {
  BondTables tables;
  std::vector<RadialOptions> known;
  for (BondSpecification const& bond : spec.bonds) {
    RadialOptions options = bond.effective_radial();
    options.size = std::clamp(options.size, 1, std::max(n_functions, 1)); // only those in use
    tables.bonds.emplace_back(options);
    SplineEntry& entry = tables.splines.emplace_back();
    auto const same = std::find(known.begin(), known.end(), options);
    if (same != known.end()) {
      entry = tables.splines[static_cast<std::size_t>(same - known.begin())];
    } else if (spline_width > 0) {
      entry = append(SplineTable(tables.bonds.back(), spline_width), tables.spline_coefficients);
    }
    known.push_back(options);
  }
  return tables;
}

struct SumTables {
  int n_terms = 0;
  std::vector<double> coefficients, spline_coefficients;
  std::vector<SplineEntry> splines;
};

/// Adds a function to the table of one bond as sum `p` of `count`. The first node is extrapolated:
/// the function may be infinite there.
void tabulate(PairFunction const& function, int p, int count, SplineTable& table) {
  auto const node = [&](int index) {
    auto const [value, derivative] = function(index / table.per_angstrom);
    return std::pair(value, derivative / table.per_angstrom);
  };
  auto [value, slope] = node(1);
  value -= slope;
  for (int bin = 0; bin < table.n_bins; ++bin) {
    auto const [next_value, next_slope] = node(bin + 1);
    auto const cubic = hermite_cubic(value, slope, next_value, next_slope);
    double* const to = table.coefficients.data() + (static_cast<std::size_t>(bin) * count + p) * 4;
    for (int power = 0; power < 4; ++power)
      to[power] += cubic[power];
    value = next_value;
    slope = next_slope;
  }
}

/// Coefficients of the linear combinations and, if spline_width > 0, their spline tables.
SumTables sum_tables(ModelSpecification const& spec, PairSums const& sums, double spline_width) {
  SumTables tables;
  for (std::vector<double> const& c : sums.coefficients)
    tables.n_terms = std::max(tables.n_terms, static_cast<int>(c.size()));
  if (spline_width > 0)
    tables.spline_coefficients.assign(static_cast<std::size_t>(8) * sums.count, 0.);
  for (std::size_t bond = 0; bond < spec.bonds.size(); ++bond) {
    RadialOptions options = spec.bonds[bond].effective_radial();
    options.size = std::max(tables.n_terms, 1);
    RadialBasis const basis(options);
    auto const* const c = &sums.coefficients[bond * sums.count];
    for (int p = 0; p < sums.count; ++p) {
      auto const list = basis.sum_coefficients(c[p], tables.n_terms);
      tables.coefficients.insert(tables.coefficients.end(), list.begin(), list.end());
    }
    if (spline_width <= 0)
      continue;
    if (sums.further.empty() &&
        std::all_of(c, c + sums.count, [](auto const& list) { return list.empty(); })) {
      tables.splines.push_back({0, 1, 1 / options.cutoff}); // one bin of zeros for all such bonds
      continue;
    }
    SplineTable spline(basis, spline_width, {c, static_cast<std::size_t>(sums.count)});
    if (!sums.further.empty())
      tabulate(sums.further[bond], sums.count - 1, sums.count, spline);
    tables.splines.push_back(append(std::move(spline), tables.spline_coefficients));
  }
  return tables;
}

/// Numbers as another type; doubles are not copied.
template <class Scalar> struct Converted { std::vector<Scalar> numbers; };
template <> struct Converted<double> { std::vector<double> const& numbers; };

template <class Scalar> Converted<Scalar> as(std::vector<double> const& numbers) {
  if constexpr (std::is_same_v<Scalar, double>)
    return {numbers};
  else
    return {{numbers.begin(), numbers.end()}};
}

} // namespace

template <class Space, class Scalar>
RadialTables<Space, Scalar>
RadialTables<Space, Scalar>::create(Space const& space, ModelSpecification const& spec,
                                    RowLayout const& layout, double spline_width,
                                    PairSums const& sums, double sum_width) {
  RadialTables result;
  result.n_functions = sums.count > 0 ? layout.n_max : std::max(layout.n_radial, layout.n_max);
  bool const transformed =
      layout.n_max > 0 && std::any_of(spec.bonds.begin(), spec.bonds.end(),
                                      [](auto const& bond) { return !bond.coefficients.empty(); });
  if (transformed) {
    result.stride = layout.n_max;
    result.n_transformed = layout.n_max * (layout.l_max + 1);
    for (BondSpecification const& bond : spec.bonds)
      result.n_functions = std::max(result.n_functions, bond.radial.size);
  }
  ProductRows products;
  if (!spec.radial_products.empty()) {
    products = product_rows(spec.radial_products);
    result.n_functions = static_cast<int>(spec.radial_products.size());
  }
  std::vector<double> const coefficients =
      transformed ? coefficient_table(spec, layout, result.n_functions) : std::vector<double>();
  BondTables const bonds = bond_tables(spec, result.n_functions, spline_width);

  SumTables const summed = sums.count > 0 ? sum_tables(spec, sums, sum_width) : SumTables();

  result.n_sums = sums.count;
  result.n_terms = summed.n_terms;
  result.sum_coefficients =
      copy_to_device(space, summed.coefficients, "kolace::model::sum_coefficients");
  result.sum_splines = copy_to_device(space, summed.splines, "kolace::model::sum_splines");
  auto const of_sums = as<Scalar>(summed.spline_coefficients),
             of_splines = as<Scalar>(bonds.spline_coefficients),
             of_radial = as<Scalar>(coefficients);
  result.sum_spline_coefficients =
      copy_to_device(space, of_sums.numbers, "kolace::model::sum_spline_coefficients");
  result.bonds = copy_to_device(space, bonds.bonds, "kolace::model::bonds");
  result.coefficients =
      copy_to_device(space, of_radial.numbers, "kolace::model::radial_coefficients");
  result.rows = copy_to_device(space, products.rows, "kolace::model::radial_rows");
  result.products = copy_to_device(space, products.products, "kolace::model::radial_products");
  result.splines = copy_to_device(space, bonds.splines, "kolace::model::splines");
  result.spline_coefficients =
      copy_to_device(space, of_splines.numbers, "kolace::model::spline_coefficients");
  space.fence("kolace::model: host copies of the radial tables go out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template struct RadialTables<Space, double>;                                                     \
  template struct RadialTables<Space, float>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
