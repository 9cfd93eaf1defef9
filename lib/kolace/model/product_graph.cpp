// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/contracts.hpp>
#include <kolace/model/product_graph.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>

#include <algorithm>
#include <map>

namespace kolace {
namespace {

/// Host tables under construction.
struct HostTables {
  std::vector<ElementTables> elements;
  std::vector<ProductStep> steps;
  std::vector<CouplingTerm> terms;
  std::vector<FunctionEntry> functions;
  std::vector<int> slot_offsets{0};
  std::vector<SlotEntry> slots;
  std::map<std::tuple<int, int, int>, std::pair<int, int>> terms_of_coupling;

  std::pair<int, int> coupling(int l1, int l2, int L) {
    auto const [entry, fresh] = terms_of_coupling.try_emplace({l1, l2, L});
    if (fresh) {
      entry->second.first = static_cast<int>(terms.size());
      for (auto const& e : real_coupling(l1, l2, L))
        terms.push_back({e.M, e.m1, e.m2, e.value});
      entry->second.second = static_cast<int>(terms.size());
    }
    return entry->second;
  }

  void add(ProductPlan const& plan, RowLayout const& layout) {
    ElementTables element;
    element.first_step = static_cast<int>(steps.size());
    for (auto const& node : plan.nodes()) {
      if (node.left < 0)
        continue;
      auto const &left = plan.nodes()[node.left], &right = plan.nodes()[node.right];
      // Steps run in this order: both factors are computed before the product.
      KOLACE_EXPECT(left.row + 2 * left.l < node.row && right.row + 2 * right.l < node.row,
                    left.row, right.row, node.row);
      auto const [first, last] = coupling(left.l, right.l, node.l);
      steps.push_back({node.row, left.row, right.row, 2 * node.l + 1, first, last});
    }
    element.last_step = static_cast<int>(steps.size());

    element.first_function = static_cast<int>(functions.size());
    auto slot = plan.slots().begin();
    for (std::size_t f = 0; f < plan.functions().size(); ++f) {
      auto const& function = plan.functions()[f];
      functions.push_back({function.u, function.v, function.count, function.factor});
      KOLACE_EXPECT(std::max(function.u, function.v) + function.count <= plan.n_rows(), function.u,
                    function.v, function.count, plan.n_rows());
      for (; slot != plan.slots().end() && slot->function == static_cast<int>(f); ++slot)
        slots.push_back({layout.a_row(slot->mu, slot->n, slot->l), plan.nodes()[slot->node].row,
                         2 * slot->l + 1, slot->alpha});
      slot_offsets.push_back(static_cast<int>(slots.size()));
    }
    element.last_function = static_cast<int>(functions.size());
    elements.push_back(element);
  }
};

} // namespace

template <class Space>
ProductGraph<Space> ProductGraph<Space>::create(Space const& space, RowLayout const& layout,
                                                std::vector<ProductPlan> const& plans) {
  ProductGraph result;
  HostTables tables;
  for (ProductPlan const& plan : plans) {
    tables.add(plan, layout);
    result.max_rows = std::max(result.max_rows, plan.n_rows());
  }
  result.elements = copy_to_device(space, tables.elements, "kolace::model::elements");
  result.steps = copy_to_device(space, tables.steps, "kolace::model::steps");
  result.terms = copy_to_device(space, tables.terms, "kolace::model::terms");
  result.functions = copy_to_device(space, tables.functions, "kolace::model::functions");
  result.slot_offsets = copy_to_device(space, tables.slot_offsets, "kolace::model::slot_offsets");
  result.slots = copy_to_device(space, tables.slots, "kolace::model::slots");
  space.fence("kolace::model: host copies of the product graph go out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space) template struct ProductGraph<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
