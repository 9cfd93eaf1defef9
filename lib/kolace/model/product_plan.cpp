// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/product_plan.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>
#include <kolace/coupling/coupling_tree.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace kolace {
namespace {

/// Ratio of the tensors seen from two legs: W^{l1}_{m1; M m2} = factor · W^L_{M; m1 m2}. |factor| =
/// sqrt((2 l1 + 1)/(2 L + 1)); the sign is read off the largest entry.
/// @param forward W^L of l1 and l2
/// @param backward W^{l1} of L and l2
double rotation_factor(std::vector<RealCouplingEntry> const& forward,
                       std::vector<RealCouplingEntry> const& backward) {
  auto const& entry =
      *std::max_element(forward.begin(), forward.end(), [](auto const& a, auto const& b) {
        return std::abs(a.value) < std::abs(b.value);
      });
  for (auto const& other : backward)
    if (other.M == entry.m1 && other.m1 == entry.M && other.m2 == entry.m2)
      return other.value / entry.value;
  throw std::logic_error("real coupling tensors must be symmetric in their legs");
}

} // namespace

RowLayout row_layout(AceBasis const& basis) {
  RowLayout layout;
  layout.n_elements = basis.elements().size();
  layout.n_radial = 1;
  for (BasisFunction const& f : basis.functions())
    for (int t = 0; t < f.rank(); ++t) {
      if (f.rank() == 1) {
        layout.n_radial = std::max(layout.n_radial, f.n[t]);
      } else {
        layout.n_max = std::max(layout.n_max, f.n[t]);
        layout.l_max = std::max(layout.l_max, f.l[t]);
      }
    }
  return layout;
}

ProductPlan::ProductPlan(AceBasis const& basis, int species, RowLayout const& layout)
    : layout_(layout), n_rows_(layout.n_a_rows()) {
  for (int b = basis.first_function(species); b < basis.first_function(species + 1); ++b)
    add_function(basis.functions()[b]);
}

int ProductPlan::leaf(int mu, int n, int l) {
  int const row = layout_.a_row(mu, n, l);
  auto const [entry, fresh] = leaf_of_row_.try_emplace(row, static_cast<int>(nodes_.size()));
  if (fresh)
    nodes_.push_back({row, l, -1, -1});
  return entry->second;
}

std::vector<RealCouplingEntry> const& ProductPlan::tensor(int l1, int l2, int L) {
  auto const [entry, fresh] = tensors_.try_emplace({l1, l2, L});
  if (fresh)
    entry->second = real_coupling(l1, l2, L);
  return entry->second;
}

ProductPlan::Scaled ProductPlan::couple(int x, int y, int L) {
  int const l1 = nodes_[x].l, l2 = nodes_[y].l;
  bool const odd = (l1 + l2 + L) % 2 != 0;
  if (x == y && odd)
    return {-1, 0};
  double factor = 1;
  if (x > y) {
    std::swap(x, y);
    factor = odd ? -1 : 1;
  }
  auto const [entry, fresh] = node_of_pair_.try_emplace({x, y, L}, static_cast<int>(nodes_.size()));
  if (fresh) {
    nodes_.push_back({n_rows_, L, x, y});
    n_rows_ += 2 * L + 1;
  }
  return {entry->second, factor};
}

/// Forward pass: node and scale of every item of the coupling tree except the last, which is a
/// number: W^0_{0; M M} is the same for every M.
/// @param l l of the items; on entry those of the factors
/// @param sign receives the sign of the function
std::vector<ProductPlan::Scaled> ProductPlan::add_items(BasisFunction const& f,
                                                        CouplingTree const& tree,
                                                        std::vector<int>& l, double& sign) {
  std::vector<Scaled> item;
  int odd_steps = 0; // each contributes a factor i to the complex product
  for (int t = 0; t < f.rank(); ++t)
    item.push_back({leaf(f.species[t], f.n[t], f.l[t]), 1.});
  for (std::size_t s = 0; s + 1 < tree.steps.size(); ++s) {
    auto const [a, b] = tree.steps[s];
    int const L = f.intermediates[s];
    odd_steps += (l[a] + l[b] + L) % 2;
    l.push_back(L);
    if (item[a].node < 0 || item[b].node < 0) {
      item.push_back({-1, 0});
      continue;
    }
    Scaled const joined = couple(item[a].node, item[b].node, L);
    item.push_back({joined.node, joined.factor * item[a].factor * item[b].factor});
  }
  auto const [u, v] = tree.steps.back();
  if (item[u].node < 0 || item[v].node < 0)
    throw InputError("the function vanishes identically: n, l and L of equal factors cancel");
  sign = odd_steps % 4 == 2 ? -1 : 1;
  return item;
}

ProductPlan::Function ProductPlan::add_value(BasisFunction const& f) {
  CouplingTree const tree = coupling_tree(f.rank());
  std::vector<int> l(f.l);
  double sign = 1;
  std::vector<Scaled> const item = add_items(f, tree, l, sign);
  auto const [u, v] = tree.steps.back();
  double const root = tensor(l[u], l[v], 0).front().value * sign;
  return {nodes_[item[u].node].row, nodes_[item[v].node].row, 2 * l[u] + 1,
          root * item[u].factor * item[v].factor};
}

/// Three factors couple in any order to the same invariant, up to a factor. A pair that already has
/// a node is used; otherwise two factors whose leaf numbers have equal parity: any three factors
/// contain such a pair, so half of all pairs suffice.
ProductPlan::Function ProductPlan::add_triple(BasisFunction const& f) {
  int leaves[3];
  for (int t = 0; t < 3; ++t)
    leaves[t] = leaf(f.species[t], f.n[t], f.l[t]);
  auto const [a, b] = coupling_tree(3).steps.front();
  int const c = 3 - a - b, L = f.l[c];
  double const root = tensor(L, L, 0).front().value; // l_a + l_b + l_c is even: no signs
  struct Choice {
    int x, y, alone;
    double factor;
  };
  // X_M = W_{M; a b} A_a B_b and B = root sum_M X_M C_M, so dB/dA_a = root sum W_{M; a b} C_M B_b.
  auto const seen_from = [&](int to, int other) {
    return Choice{
        c, other, to,
        root / rotation_factor(tensor(f.l[to], f.l[other], L), tensor(L, f.l[other], f.l[to]))};
  };
  Choice const choices[3] = {{a, b, c, root}, seen_from(a, b), seen_from(b, a)};
  auto const exists = [&](Choice const& choice) {
    int const x = leaves[choice.x], y = leaves[choice.y];
    return node_of_pair_.contains({std::min(x, y), std::max(x, y), f.l[choice.alone]});
  };
  auto const of_one_half = [&](Choice const& choice) {
    return (leaves[choice.x] - leaves[choice.y]) % 2 == 0;
  };
  Choice const* chosen = std::find_if(std::begin(choices), std::end(choices), exists);
  if (chosen == std::end(choices))
    chosen = std::find_if(std::begin(choices), std::end(choices), of_one_half);
  Scaled const joined = couple(leaves[chosen->x], leaves[chosen->y], f.l[chosen->alone]);
  return {nodes_[leaves[chosen->alone]].row, nodes_[joined.node].row, 2 * f.l[chosen->alone] + 1,
          joined.factor * chosen->factor};
}

ProductPlan ProductPlan::of_values(AceBasis const& basis, int species, RowLayout const& layout,
                                   std::vector<bool> const& wanted) {
  ProductPlan plan(layout);
  int const first = basis.first_function(species), last = basis.first_function(species + 1);
  plan.functions_.assign(last - first, {-1, -1, 0, 0.});
  for (int rank = basis.max_rank(); rank > 1; --rank) // rank 3 reuses the pairs of rank 4
    for (int b = first; b < last; ++b)
      if (BasisFunction const& f = basis.functions()[b]; f.rank() == rank && wanted[b])
        plan.functions_[b - first] = rank == 3 ? plan.add_triple(f) : plan.add_value(f);
  return plan;
}

void ProductPlan::add_function(BasisFunction const& f) {
  int const index = static_cast<int>(functions_.size());
  int const rank = f.rank();
  if (rank == 1) {
    functions_.push_back({layout_.rank1_row(f.species[0], f.n[0] - 1), -1, 1, 1.});
    return;
  }
  CouplingTree const tree = coupling_tree(rank);
  std::vector<int> l(f.l);
  double sign = 1;
  std::vector<Scaled> const item = add_items(f, tree, l, sign);
  auto const [u, v] = tree.steps.back();
  double const root = tensor(l[u], l[v], 0).front().value * sign;
  Node const &node_u = nodes_[item[u].node], &node_v = nodes_[item[v].node];
  functions_.push_back(
      {node_u.row, node_v.row, 2 * l[u] + 1, root * item[u].factor * item[v].factor});

  // Backward pass: dB/d(item), which is the tree seen from that item.
  std::vector<Scaled> adjoint(item.size(), Scaled{-1, 0});
  adjoint[u] = {item[v].node, root * item[v].factor};
  adjoint[v] = {item[u].node, root * item[u].factor};
  for (int s = static_cast<int>(tree.steps.size()) - 2; s >= 0; --s) {
    auto const [a, b] = tree.steps[s];
    Scaled const above = adjoint[rank + s];
    int const L = l[rank + s];
    auto const descend = [&](int to, int other, bool swapped) {
      if (above.node < 0)
        return;
      // X_M = W_{M; a b} A_a B_b, so dB/dA_a = sum W_{M; a b} above_M B_b.
      double sign = swapped && (l[to] + l[other] + L) % 2 ? -1 : 1;
      Scaled const joined = couple(above.node, item[other].node, l[to]);
      if (joined.node < 0)
        return;
      adjoint[to] = {joined.node,
                     sign * above.factor * item[other].factor * joined.factor /
                         rotation_factor(tensor(l[to], l[other], L), tensor(L, l[other], l[to]))};
    };
    descend(a, b, false);
    descend(b, a, true);
  }

  std::map<std::tuple<int, int, int, int>, double> merged; // mu, n, l, node
  for (int t = 0; t < rank; ++t)
    if (adjoint[t].node >= 0)
      merged[{f.species[t], f.n[t], f.l[t], adjoint[t].node}] += adjoint[t].factor;
  for (auto const& [key, alpha] : merged) {
    auto const [mu, n, l_slot, node] = key;
    if (alpha != 0)
      slots_.push_back({index, mu, n, l_slot, node, alpha});
  }
}

std::vector<ProductPlan> product_plans(AceBasis const& basis) {
  RowLayout const layout = row_layout(basis);
  std::vector<ProductPlan> plans;
  for (int e = 0; e < layout.n_elements; ++e)
    plans.emplace_back(basis, e, layout);
  return plans;
}

} // namespace kolace
