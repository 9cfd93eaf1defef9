// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/design/detail/reverse_tables.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <map>

namespace kolace::detail {
namespace {

/// A derivative node and the largest n with which it is used.
struct Member {
  int n, node;
};
/// Members by (mu, l), in descending order of n.
using Members = std::map<std::pair<int, int>, std::vector<Member>>;

Members members_of(ProductPlan const& plan) {
  std::map<std::tuple<int, int, int>, int> n_of_node; // mu, l, node
  for (auto const& slot : plan.slots()) {
    int& n = n_of_node[{slot.mu, slot.l, slot.node}];
    n = std::max(n, slot.n);
  }
  Members members;
  for (auto const& [key, n] : n_of_node)
    members[{std::get<0>(key), std::get<1>(key)}].push_back({n, std::get<2>(key)});
  for (auto& [key, nodes] : members)
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](Member const& a, Member const& b) { return a.n > b.n; });
  return members;
}

/// Group of each node and the node's position in that group.
using Places = std::map<std::pair<int, int>, std::pair<NodeGroup, int>>; // l, node

/// Host copies of the tables during construction.
struct HostTables {
  int padding = 1; ///< number of nodes per tile
  std::vector<int> rank1_column;
  std::vector<PackedRow> packed_rows;
  std::vector<int> packed_source;
  std::vector<NodeGroup> groups;
  std::vector<ReverseRange> ranges;
  std::vector<ReverseFunction> functions;
  std::vector<ReverseSlot> slots;

  /// Sorts the nodes of each (mu, l) into tiles by descending n; consecutive tiles with the same
  /// largest n form one group. At most one tile of each (mu, l) is partly filled.
  Places add_groups(ProductPlan const& plan, Members const& members, int mu, int first_packed,
                    ReverseRange& range) {
    Places places;
    for (auto const& [key, nodes] : members) {
      if (key.first != mu)
        continue;
      int const l = key.second, n_nodes = static_cast<int>(nodes.size());
      for (int first = 0; first < n_nodes;) {
        NodeGroup group{.l = l,
                        .n_count = nodes[first].n,
                        .size = 0,
                        .packed_offset = static_cast<int>(packed_source.size()) - first_packed,
                        .sum_offset = range.sum_size};
        for (; first + group.size < n_nodes && nodes[first + group.size].n == group.n_count;
             group.size += padding)
          for (int m = 0; m < 2 * l + 1; ++m)
            for (int k = first + group.size; k < first + group.size + padding; ++k)
              packed_source.push_back(k < n_nodes ? plan.nodes()[nodes[k].node].row + m : -1);
        range.sum_size += group.n_count * 3 * group.size;
        for (int k = first; k < first + group.size && k < n_nodes; ++k)
          places[{l, nodes[k].node}] = {group, k - first};
        first += group.size;
        groups.push_back(group);
      }
    }
    return places;
  }

  void add_functions(ProductPlan const& plan, Places const& places, int mu, int first_column) {
    int open = -1;
    for (auto const& slot : plan.slots()) {
      if (slot.mu != mu)
        continue;
      int const next = static_cast<int>(slots.size());
      if (slot.function != open) {
        functions.push_back({first_column + slot.function, next, next});
        open = slot.function;
      }
      auto const& [group, position] = places.at({slot.l, slot.node});
      slots.push_back({group.sum_offset + (slot.n - 1) * 3 * group.size + position, group.size,
                       slot.l % 2 ? -slot.alpha : slot.alpha});
      ++functions.back().last_slot;
    }
  }

  void add(ProductPlan const& plan, RowLayout const& layout, int owner, int first_column) {
    for (std::size_t f = 0; f < plan.functions().size(); ++f)
      if (auto const& function = plan.functions()[f]; function.v < 0)
        rank1_column[owner * layout.first_a_row() + function.u] =
            first_column + static_cast<int>(f);
    Members const members = members_of(plan);
    int const first_packed = static_cast<int>(packed_source.size());
    for (int mu = 0; mu < layout.n_elements; ++mu) {
      ReverseRange range;
      range.first_group = static_cast<int>(groups.size());
      Places const places = add_groups(plan, members, mu, first_packed, range);
      range.last_group = static_cast<int>(groups.size());
      range.first_function = static_cast<int>(functions.size());
      add_functions(plan, places, mu, first_column);
      range.last_function = static_cast<int>(functions.size());
      ranges.push_back(range);
    }
    packed_rows.push_back({first_packed, static_cast<int>(packed_source.size()) - first_packed});
  }
};

} // namespace

template <class Space>
ReverseTables<Space> ReverseTables<Space>::create(Space const& space, RowLayout const& layout,
                                                  std::vector<ProductPlan> const& plans) {
  HostTables tables;
  tables.padding = LaneTraits<Space>::block;
  tables.rank1_column.assign(layout.n_elements * layout.first_a_row(), -1);
  int owner = 0, first_column = 0;
  for (ProductPlan const& plan : plans) {
    tables.add(plan, layout, owner++, first_column);
    first_column += static_cast<int>(plan.functions().size());
  }
  ReverseTables result;
  for (PackedRow const& row : tables.packed_rows)
    result.max_packed = std::max(result.max_packed, row.count);
  for (ReverseRange const& range : tables.ranges)
    result.max_sums = std::max(result.max_sums, range.sum_size);
  result.rank1_column = copy_to_device(space, tables.rank1_column, "kolace::design::rank1_column");
  result.packed_rows = copy_to_device(space, tables.packed_rows, "kolace::design::packed_rows");
  result.packed_source =
      copy_to_device(space, tables.packed_source, "kolace::design::packed_source");
  result.groups = copy_to_device(space, tables.groups, "kolace::design::groups");
  result.ranges = copy_to_device(space, tables.ranges, "kolace::design::reverse_ranges");
  result.functions = copy_to_device(space, tables.functions, "kolace::design::reverse_functions");
  result.slots = copy_to_device(space, tables.slots, "kolace::design::reverse_slots");
  space.fence("kolace::design: host copies of the reverse tables go out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space) template struct ReverseTables<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace::detail
