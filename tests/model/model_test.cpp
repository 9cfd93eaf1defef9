// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_potentials.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/model/product_plan.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace kolace {
namespace {

ModelSpecification valid() {
  return test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial())
      .basis->specification();
}

template <class Change> void expect_rejected(Change const& change) {
  ModelSpecification spec = valid();
  change(spec);
  EXPECT_THROW(AceBasis{spec}, InputError);
}

TEST(AceBasis, RejectsWhatCannotBeEvaluated) {
  EXPECT_NO_THROW(AceBasis{valid()});
  expect_rejected([](auto& s) { s.embeddings[0].n_densities = 2; });
  expect_rejected([](auto& s) { s.embeddings[0].parameters = {1, -0.5}; });
  expect_rejected([](auto& s) { s.embeddings[0].n_densities = 100; });
  expect_rejected([](auto& s) { s.embeddings[0].rho_core_width = -1; });
  expect_rejected([](auto& s) { // ZBL with an inner cutoff of zero width
    s.bonds[0].inner_cutoff_type = InnerCutoff::zbl;
    s.bonds[0].r_in = 1;
  });
  expect_rejected([](auto& s) { s.bonds[0].coefficients = {1, 2, 3}; });
  expect_rejected([](auto& s) { s.bonds.clear(); });
  expect_rejected([](auto& s) { s.functions[0].n = {99}; });
  expect_rejected([](auto& s) { s.functions[0].n = {0}; });
  expect_rejected([](auto& s) { s.functions.back().l[0] += 1; });
  expect_rejected([](auto& s) { s.functions.back().intermediates = {7}; });
  expect_rejected([](auto& s) { s.functions.back().intermediates.clear(); });
}

TEST(AceBasis, TellsWhatIsLinear) {
  EXPECT_TRUE(AceBasis{valid()}.is_linear());
  auto const is_linear = [](auto const& change) {
    ModelSpecification spec = valid();
    change(spec);
    return AceBasis{spec}.is_linear();
  };
  EXPECT_FALSE(is_linear([](auto& s) { s.embeddings[0].parameters = {1, 0.5}; }));
  EXPECT_FALSE(is_linear([](auto& s) { s.bonds[0].core_prefactor = 100; }));
  EXPECT_FALSE(is_linear([](auto& s) {
    s.embeddings[0].n_densities = 2;
    s.embeddings[0].parameters = {1, 1, 1, 0.5};
  }));
}

/// Derivative nodes are shared: fewer than 400 serve all slots at N_f = 930.
TEST(ProductPlan, SharesDerivativesBetweenFunctions) {
  AcePotential const potential =
      test::random_potential({"C"}, {{45, 9, 5}, {0, 6, 3}}, test::paper_radial());
  ProductPlan const plan(*potential.basis, 0, row_layout(*potential.basis));
  std::set<std::pair<int, int>> distinct;
  for (auto const& slot : plan.slots())
    distinct.insert({slot.node, slot.l});
  EXPECT_EQ(plan.functions().size(), 930u);
  EXPECT_LT(distinct.size(), 400u);
  EXPECT_GT(plan.slots().size(), 5 * distinct.size());
}

std::size_t couplings(ProductPlan const& plan) {
  return std::count_if(plan.nodes().begin(), plan.nodes().end(),
                       [](ProductPlan::Node const& node) { return node.left >= 0; });
}

/// The plan of a fixed potential couples values only, those of rank 3 in any order, and none for
/// functions with zero coefficients.
TEST(ProductPlan, ValuesNeedFewerNodes) {
  for (auto const& [limits, share] : {std::pair{BlockLimits{{45, 9, 5}, {0, 6, 3}}, 0.75},
                                      std::pair{BlockLimits{{45, 8, 4, 3}, {0, 3, 3, 2}}, 0.5}}) {
    AcePotential const potential = test::random_potential({"C"}, limits, test::paper_radial());
    AceBasis const& basis = *potential.basis;
    RowLayout const layout = row_layout(basis);
    std::vector<bool> wanted(basis.size(), true);
    ProductPlan const all(basis, 0, layout);
    ProductPlan const values = ProductPlan::of_values(basis, 0, layout, wanted);
    EXPECT_LT(couplings(values), share * couplings(all));
    EXPECT_EQ(values.functions().size(), all.functions().size());
    for (int b = 0; b < basis.size(); ++b)
      wanted[b] = basis.functions()[b].rank() <= 2;
    ProductPlan const pairs = ProductPlan::of_values(basis, 0, layout, wanted);
    EXPECT_EQ(couplings(pairs), 0u);
    for (int b = 0; b < basis.size(); ++b)
      EXPECT_EQ(pairs.functions()[b].count > 0, basis.functions()[b].rank() == 2);
  }
}

/// The example of product_plan.hpp.
TEST(ProductPlan, IsAsDrawn) {
  ModelSpecification spec = valid();
  spec.functions = {{0, {0, 0, 0}, {1, 1, 2}, {1, 2, 1}, {1}}};
  spec.bonds[0].nradmax = spec.bonds[0].radial.size = 2;
  spec.bonds[0].lmax = 2;
  AceBasis const basis(spec);
  RowLayout const layout{1, 2, 2, 2};
  ProductPlan const plan(basis, 0, layout);
  std::vector<std::array<int, 4>> nodes;
  for (ProductPlan::Node const& n : plan.nodes())
    nodes.push_back({n.row, n.l, n.left, n.right});
  std::vector<std::array<int, 4>> const drawn{{3, 1, -1, -1}, {6, 2, -1, -1}, {12, 1, -1, -1},
                                              {20, 1, 0, 1},  {23, 1, 1, 2},  {26, 2, 0, 2}};
  EXPECT_EQ(nodes, drawn);
  ASSERT_EQ(plan.functions().size(), 1u);
  ProductPlan::Function const& f = plan.functions()[0];
  EXPECT_EQ((std::array{f.u, f.v, f.count}), (std::array{20, 12, 3}));
  std::vector<std::array<int, 3>> slots;
  for (ProductPlan::Slot const& slot : plan.slots())
    slots.push_back({slot.n, slot.l, plan.nodes()[slot.node].row});
  EXPECT_EQ(slots, (std::vector<std::array<int, 3>>{{1, 1, 23}, {1, 2, 26}, {2, 1, 20}}));
}

TEST(ProductPlan, VanishingFunctionsAreRejected) {
  ModelSpecification spec = valid();
  // Two equal vectors coupled to L = 1 give zero.
  spec.functions.push_back({0, {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1}});
  auto const basis = std::make_shared<AceBasis const>(spec);
  EXPECT_THROW(ProductPlan(*basis, 0, row_layout(*basis)), InputError);
}

} // namespace
} // namespace kolace
