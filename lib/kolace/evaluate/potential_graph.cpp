// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/potential_graph.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>

#include <algorithm>
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
    std::vector<BasicCouplingTerm<Scalar>> product, left, right;
    for (auto const& e : real_coupling(l1, l2, L)) {
      auto const value = static_cast<Scalar>(e.value);
      product.push_back({e.M, e.m1, e.m2, value});
      left.push_back({e.m1, e.M, e.m2, value});
      right.push_back({e.m2, e.M, e.m1, value});
    }
    int ends[4] = {static_cast<int>(terms_.size())}, k = 0;
    for (auto* const list : {&product, &left, &right}) {
      std::stable_sort(list->begin(), list->end(),
                       [](auto const& a, auto const& b) { return a.M < b.M; });
      terms_.insert(terms_.end(), list->begin(), list->end());
      ends[++k] = static_cast<int>(terms_.size());
    }
    couplings_.push_back({ends[0], ends[1], ends[2], ends[3]});
    return entry->second;
  }

  AcePotential const& potential_;
  AceBasis const& basis_;
  RowLayout layout_;
  bool rank1_is_summed_;
  int n_densities_;
  std::vector<typename Graph::Element> elements_;
  std::vector<typename Graph::Step> steps_;
  std::vector<typename Graph::Coupling> couplings_;
  std::vector<BasicCouplingTerm<Scalar>> terms_;
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
