// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/potential_graph.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace kolace {
namespace {

/// Host tables under construction.
template <class Space, class Scalar> class GraphTables {
public:
  using Graph = PotentialGraph<Space, Scalar>;

  GraphTables(AcePotential const& potential, RowLayout const& layout, bool rank1_is_summed)
      : potential_(potential), basis_(*potential.basis), layout_(layout),
        rank1_is_summed_(rank1_is_summed), n_densities_(potential.n_densities()) {
    std::vector<bool> wanted(basis_.size(), false);
    for (int p = 0; p < n_densities_; ++p)
      for (int b = 0; b < basis_.size(); ++b)
        wanted[b] = wanted[b] || potential_.density(p)[b] != 0;
    for (int e = 0; e < layout_.n_elements; ++e)
      add(e, ProductPlan::of_values(basis_, e, layout_, wanted));
  }

  Graph on_device(Space const& space) const {
    Graph graph;
    graph.n_densities = n_densities_;
    graph.elements = copy_to_device(space, elements_, "kolace::evaluate::graph_elements");
    graph.steps = copy_to_device(space, steps_, "kolace::evaluate::steps");
    graph.couplings = copy_to_device(space, couplings_, "kolace::evaluate::couplings");
    graph.terms = copy_to_device(space, terms_, "kolace::evaluate::terms");
    graph.runs = copy_to_device(space, runs_, "kolace::evaluate::runs");
    graph.groups = copy_to_device(space, groups_, "kolace::evaluate::groups");
    graph.entries = copy_to_device(space, entries_, "kolace::evaluate::entries");
    graph.single_rows = copy_to_device(space, single_rows_, "kolace::evaluate::single_rows");
    graph.coefficients = copy_to_device(space, coefficients_, "kolace::evaluate::coefficients");
    graph.single_coefficients =
        copy_to_device(space, single_coefficients_, "kolace::evaluate::single_coefficients");
    for (auto const& element : elements_)
      graph.max_rows = std::max(graph.max_rows, element.n_rows);
    space.fence("kolace::evaluate: host copies of the graph go out of scope");
    return graph;
  }

private:
  using Densities = std::vector<double>;

  void add(int species, ProductPlan const& plan) {
    typename Graph::Element element;
    element.n_rows = plan.n_rows();
    element.first_step = static_cast<int>(steps_.size());
    auto const& nodes = plan.nodes();
    for (auto const& node : nodes)
      if (node.left >= 0) {
        auto const &left = nodes[node.left], &right = nodes[node.right];
        steps_.push_back({node.row, left.row, right.row, 2 * node.l + 1, 2 * left.l + 1,
                          2 * right.l + 1, coupling(left.l, right.l, node.l)});
      }
    element.last_step = static_cast<int>(steps_.size());

    // Products by their rows, so that equal ones are merged. The earlier row comes first, since
    // more products share it.
    int const first = basis_.first_function(species);
    std::map<std::tuple<int, int, int>, Densities> products;
    for (std::size_t k = 0; k < plan.functions().size(); ++k) {
      auto const& f = plan.functions()[k];
      if (f.count > 0)
        add_to(products[{std::min(f.u, f.v), f.count, std::max(f.u, f.v)}],
               first + static_cast<int>(k), f.factor);
    }
    element.first_group = static_cast<int>(groups_.size());
    for (auto const& [rows, densities] : products) {
      auto const [u, count, v] = rows;
      int const entry = static_cast<int>(entries_.size());
      if (groups_.size() == static_cast<std::size_t>(element.first_group) ||
          groups_.back().u != u || groups_.back().count != count)
        groups_.push_back({u, count, entry, entry});
      groups_.back().last = entry + 1;
      entries_.push_back(v);
      coefficients_.insert(coefficients_.end(), densities.begin(), densities.end());
    }
    element.last_group = static_cast<int>(groups_.size());

    element.first_row = static_cast<int>(single_rows_.size());
    for (auto const& [row, densities] : rows_of_rank1(species)) {
      single_rows_.push_back(row);
      single_coefficients_.insert(single_coefficients_.end(), densities.begin(), densities.end());
    }
    element.last_row = static_cast<int>(single_rows_.size());
    elements_.push_back(element);
  }

  void add_to(Densities& densities, int function, double factor) const {
    densities.resize(n_densities_, 0.);
    for (int p = 0; p < n_densities_; ++p)
      densities[p] += factor * potential_.density(p)[function];
  }

  std::map<int, Densities> rows_of_rank1(int species) const {
    std::map<int, Densities> rows;
    if (rank1_is_summed_) { // row p of each neighbor element is density p
      for (int mu = 0; mu < layout_.n_elements; ++mu)
        for (int p = 0; p < n_densities_; ++p) {
          Densities& densities = rows[layout_.rank1_row(mu, p)];
          densities.assign(n_densities_, 0.);
          densities[p] = 1;
        }
      return rows;
    }
    for (int b = basis_.first_function(species); b < basis_.first_function(species + 1); ++b)
      if (BasisFunction const& f = basis_.functions()[b]; f.rank() == 1)
        add_to(rows[layout_.rank1_row(f.species[0], f.n[0] - 1)], b, 1.);
    return rows;
  }

  int coupling(int l1, int l2, int L) {
    auto const [entry, fresh] =
        coupling_of_l_.try_emplace({l1, l2, L}, static_cast<int>(couplings_.size()));
    if (!fresh)
      return entry->second;
    auto const entries = real_coupling(l1, l2, L);
    typename Graph::Coupling c{};
    c.first_run = static_cast<int>(runs_.size());
    c.product = add_terms(entries, 2 * L + 1, [](auto const& e) {
      return std::array{e.M, e.m1, e.m2};
    });
    c.left = add_terms(entries, 2 * l1 + 1, [](auto const& e) {
      return std::array{e.m1, e.M, e.m2};
    });
    c.right = add_terms(entries, 2 * l2 + 1, [](auto const& e) {
      return std::array{e.m2, e.M, e.m1};
    });
    c.end = static_cast<int>(terms_.size());
    KOLACE_ENSURE(c.end - c.product == 3 * static_cast<int>(entries.size()), c.end - c.product,
                  entries.size()); // every entry has a row in each of the three lists
    couplings_.push_back(c);
    return entry->second;
  }

  /// Adds the terms of a coupling and their number for each of n_rows rows.
  /// @param rows_of the row that an entry adds to, and those of its factors
  /// @return index of the first term
  template <class RowsOf>
  int add_terms(std::vector<RealCouplingEntry> const& entries, int n_rows, RowsOf const& rows_of) {
    int const first = static_cast<int>(terms_.size());
    for (int row = 0; row < n_rows; ++row) {
      std::size_t const before = terms_.size();
      for (RealCouplingEntry const& e : entries)
        if (auto const [out, x, y] = rows_of(e); out == row)
          terms_.push_back({x * Graph::stride, y * Graph::stride, static_cast<Scalar>(e.value)});
      runs_.push_back(static_cast<int>(terms_.size() - before));
    }
    return first;
  }

  AcePotential const& potential_;
  AceBasis const& basis_;
  RowLayout layout_;
  bool rank1_is_summed_;
  int n_densities_;
  std::vector<typename Graph::Element> elements_;
  std::vector<typename Graph::Step> steps_;
  std::vector<typename Graph::Coupling> couplings_;
  std::vector<typename Graph::Term> terms_;
  std::vector<int> runs_;
  std::vector<typename Graph::Group> groups_;
  std::vector<int> entries_, single_rows_;
  std::vector<Scalar> coefficients_, single_coefficients_;
  std::map<std::tuple<int, int, int>, int> coupling_of_l_;
};

} // namespace

template <class Space, class Scalar>
PotentialGraph<Space, Scalar>
PotentialGraph<Space, Scalar>::create(Space const& space, AcePotential const& potential,
                                      RowLayout const& layout, bool rank1_is_summed) {
  return GraphTables<Space, Scalar>(potential, layout, rank1_is_summed).on_device(space);
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template struct PotentialGraph<Space, double>;                                                   \
  template struct PotentialGraph<Space, float>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
