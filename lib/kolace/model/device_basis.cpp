#include <kolace/model/device_basis.hpp>

#include <kolace/angular/harmonics.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>

#include <algorithm>
#include <map>

namespace kolace {
namespace {

/// The tables while they grow, on the host.
struct HostTables {
  std::vector<RadialBasis> bonds;
  std::vector<int> radial_rows;
  std::vector<RadialProduct> radial_products;
  std::vector<double> radial_coefficients;
  std::vector<SplineEntry> splines;
  std::vector<double> spline_coefficients;
  std::vector<ElementTables> elements;
  std::vector<ProductStep> steps;
  std::vector<CouplingTerm> terms;
  std::vector<FunctionEntry> functions;
  std::vector<int> slot_offsets{0};
  std::vector<SlotEntry> slots;
  std::vector<int> rank1_column;
  std::vector<int> packed_source;
  std::vector<NodeGroup> groups;
  std::vector<ReverseRange> reverse_ranges;
  std::vector<ReverseFunction> reverse_functions;
  std::vector<ReverseSlot> reverse_slots;
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
};

/// Where plain radial functions and their products stand; nothing for a basis without products.
void add_radial_products(HostTables& tables, std::vector<std::vector<int>> const& products) {
  std::map<std::vector<int>, int> row;
  for (std::size_t k = 0; k < products.size(); ++k) {
    row[products[k]] = static_cast<int>(k);
    if (products[k].size() == 1) {
      tables.radial_rows.resize(
          std::max(tables.radial_rows.size(), static_cast<std::size_t>(products[k][0])), -1);
      tables.radial_rows[products[k][0] - 1] = static_cast<int>(k);
    }
  }
  // By length: a product is made of a shorter one, wherever that stands.
  for (std::size_t length = 2; length <= 3; ++length)
    for (auto const& product : products)
      if (product.size() == length)
        tables.radial_products.push_back({row.at(product),
                                          row.at({product.begin(), product.end() - 1}),
                                          row.at({product.back()})});
}

/// Groups of derivative nodes, and where each node stands in its group. Nodes of one (mu, l) stand
/// in tiles by falling largest n, tiles that need equally many n in one group: at most one tile of
/// each (mu, l) is not full.
void add_reverse(HostTables& tables, ProductPlan const& plan, int owner_first_column,
                 int n_elements, int padding, ElementTables& element) {
  std::map<std::tuple<int, int, int>, int> n_of_node; // mu, l, node -> largest n
  for (auto const& slot : plan.slots()) {
    int& n = n_of_node[{slot.mu, slot.l, slot.node}];
    n = std::max(n, slot.n);
  }
  struct Member {
    int n, node;
  };
  std::map<std::pair<int, int>, std::vector<Member>> members; // mu, l
  for (auto const& [key, n] : n_of_node)
    members[{std::get<0>(key), std::get<1>(key)}].push_back({n, std::get<2>(key)});
  for (auto& [key, nodes] : members)
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](Member const& a, Member const& b) { return a.n > b.n; });

  element.first_packed = static_cast<int>(tables.packed_source.size());
  for (int mu = 0; mu < n_elements; ++mu) {
    ReverseRange range;
    range.first_group = static_cast<int>(tables.groups.size());
    std::map<std::pair<int, int>, std::pair<NodeGroup, int>> place; // l, node -> group, position
    for (auto const& [key, nodes] : members) {
      if (key.first != mu)
        continue;
      int const l = key.second, n_nodes = static_cast<int>(nodes.size());
      for (int first = 0; first < n_nodes;) {
        NodeGroup group;
        group.l = l;
        group.n_count = nodes[first].n;
        group.size = 0;
        group.packed_offset = static_cast<int>(tables.packed_source.size()) - element.first_packed;
        group.sum_offset = range.sum_size;
        for (; first + group.size < n_nodes && nodes[first + group.size].n == group.n_count;
             group.size += padding)
          for (int m = 0; m < 2 * l + 1; ++m)
            for (int k = first + group.size; k < first + group.size + padding; ++k)
              tables.packed_source.push_back(k < n_nodes ? plan.nodes()[nodes[k].node].row + m
                                                         : -1);
        range.sum_size += group.n_count * 3 * group.size;
        for (int k = first; k < first + group.size && k < n_nodes; ++k)
          place[{l, nodes[k].node}] = {group, k - first};
        first += group.size;
        tables.groups.push_back(group);
      }
    }
    range.last_group = static_cast<int>(tables.groups.size());

    range.first_function = static_cast<int>(tables.reverse_functions.size());
    int open = -1;
    for (auto const& slot : plan.slots()) {
      if (slot.mu != mu)
        continue;
      int const next = static_cast<int>(tables.reverse_slots.size());
      if (slot.function != open) {
        tables.reverse_functions.push_back({owner_first_column + slot.function, next, next});
        open = slot.function;
      }
      auto const& [group, position] = place.at({slot.l, slot.node});
      tables.reverse_slots.push_back({group.sum_offset + (slot.n - 1) * 3 * group.size + position,
                                      group.size, slot.l % 2 ? -slot.alpha : slot.alpha});
      ++tables.reverse_functions.back().last_slot;
    }
    range.last_function = static_cast<int>(tables.reverse_functions.size());
    tables.reverse_ranges.push_back(range);
  }
  element.n_packed = static_cast<int>(tables.packed_source.size()) - element.first_packed;
}

void add_element(HostTables& tables, AceBasis const& basis, RowLayout const& layout, int species,
                 int padding) {
  ProductPlan const plan(basis, species, layout);
  ElementTables element;
  element.n_rows = plan.n_rows();
  element.first_step = static_cast<int>(tables.steps.size());
  for (auto const& node : plan.nodes()) {
    if (node.left < 0)
      continue;
    auto const &left = plan.nodes()[node.left], &right = plan.nodes()[node.right];
    auto const [first, last] = tables.coupling(left.l, right.l, node.l);
    tables.steps.push_back({node.row, left.row, right.row, 2 * node.l + 1, first, last});
  }
  element.last_step = static_cast<int>(tables.steps.size());

  element.first_function = basis.first_function(species);
  element.last_function = basis.first_function(species + 1);
  auto slot = plan.slots().begin();
  for (std::size_t f = 0; f < plan.functions().size(); ++f) {
    auto const& function = plan.functions()[f];
    tables.functions.push_back({function.u, function.v, function.count, function.factor});
    for (; slot != plan.slots().end() && slot->function == static_cast<int>(f); ++slot)
      tables.slots.push_back({layout.a_row(slot->mu, slot->n, slot->l),
                              plan.nodes()[slot->node].row, 2 * slot->l + 1, slot->alpha});
    tables.slot_offsets.push_back(static_cast<int>(tables.slots.size()));
    if (function.v < 0)
      tables.rank1_column[species * layout.first_a_row() + function.u] =
          element.first_function + static_cast<int>(f);
  }
  add_reverse(tables, plan, element.first_function, layout.n_elements, padding, element);
  tables.elements.push_back(element);
}

/// c_nlk of every bond as [l][n][k]; the identity where a bond has none.
std::vector<double> coefficient_table(ModelSpecification const& spec, RowLayout const& layout,
                                      int n_radial_table) {
  std::vector<double> table;
  for (BondSpecification const& bond : spec.bonds)
    for (int l = 0; l <= layout.l_max; ++l)
      for (int n = 0; n < layout.n_max; ++n)
        for (int k = 0; k < n_radial_table; ++k) {
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

} // namespace

template <class Space>
DeviceBasis<Space> DeviceBasis<Space>::create(Space const& space,
                                              std::shared_ptr<AceBasis const> basis,
                                              double spline_width) {
  ModelSpecification const& spec = basis->specification();
  DeviceBasis result;
  result.layout = row_layout(*basis);
  result.n_functions = basis->size();
  int const padding = LaneTraits<Space>::block;

  bool const transformed = std::any_of(spec.bonds.begin(), spec.bonds.end(),
                                       [](auto const& bond) { return !bond.coefficients.empty(); });
  result.n_radial_table = std::max(result.layout.n_radial, result.layout.n_max);
  if (transformed) {
    result.radial_stride = result.layout.n_max;
    for (BondSpecification const& bond : spec.bonds)
      result.n_radial_table = std::max(result.n_radial_table, bond.radial.size);
  }

  HostTables tables;
  if (!spec.radial_products.empty()) {
    add_radial_products(tables, spec.radial_products);
    result.n_radial_table = static_cast<int>(spec.radial_products.size());
  }
  std::vector<RadialOptions> radial; // of the bonds so far
  for (BondSpecification const& bond : spec.bonds) {
    RadialOptions options = bond.effective_radial();
    options.size = std::min(options.size, result.n_radial_table); // no more than are used
    tables.bonds.emplace_back(options);
    SplineEntry& entry = tables.splines.emplace_back();
    auto const same = std::find(radial.begin(), radial.end(), options); // bonds share tables
    if (same != radial.end()) {
      entry = tables.splines[static_cast<std::size_t>(same - radial.begin())];
    } else if (spline_width > 0) {
      SplineTable const spline(tables.bonds.back(), spline_width);
      entry = {tables.spline_coefficients.size(), spline.n_bins, spline.per_angstrom};
      tables.spline_coefficients.insert(tables.spline_coefficients.end(),
                                        spline.coefficients.begin(), spline.coefficients.end());
    }
    radial.push_back(options);
  }
  if (transformed)
    tables.radial_coefficients = coefficient_table(spec, result.layout, result.n_radial_table);
  tables.rank1_column.assign(result.layout.n_elements * result.layout.first_a_row(), -1);
  for (int e = 0; e < result.layout.n_elements; ++e)
    add_element(tables, *basis, result.layout, e, padding);
  for (auto const& e : tables.elements) {
    result.max_rows = std::max(result.max_rows, e.n_rows);
    result.max_packed = std::max(result.max_packed, e.n_packed);
  }
  for (auto const& range : tables.reverse_ranges)
    result.max_sums = std::max(result.max_sums, range.sum_size);

  auto const harmonic_factors = harmonic_recurrence(result.layout.l_max);
  auto const solid_factors = solid_gradient_factors(result.layout.l_max);

  result.basis = std::move(basis);
  result.bonds = copy_to_device(space, tables.bonds, "kolace::model::bonds");
  result.radial_coefficients =
      copy_to_device(space, tables.radial_coefficients, "kolace::model::radial_coefficients");
  result.radial_rows = copy_to_device(space, tables.radial_rows, "kolace::model::radial_rows");
  result.radial_products =
      copy_to_device(space, tables.radial_products, "kolace::model::radial_products");
  result.splines = copy_to_device(space, tables.splines, "kolace::model::splines");
  result.spline_coefficients =
      copy_to_device(space, tables.spline_coefficients, "kolace::model::spline_coefficients");
  result.harmonic_factors =
      copy_to_device(space, harmonic_factors, "kolace::model::harmonic_factors");
  result.solid_factors = copy_to_device(space, solid_factors, "kolace::model::solid_factors");
  result.element_tables = copy_to_device(space, tables.elements, "kolace::model::element_tables");
  result.steps = copy_to_device(space, tables.steps, "kolace::model::steps");
  result.terms = copy_to_device(space, tables.terms, "kolace::model::terms");
  result.functions = copy_to_device(space, tables.functions, "kolace::model::functions");
  result.slot_offsets = copy_to_device(space, tables.slot_offsets, "kolace::model::slot_offsets");
  result.slots = copy_to_device(space, tables.slots, "kolace::model::slots");
  result.rank1_column = copy_to_device(space, tables.rank1_column, "kolace::model::rank1_column");
  result.packed_source =
      copy_to_device(space, tables.packed_source, "kolace::model::packed_source");
  result.groups = copy_to_device(space, tables.groups, "kolace::model::groups");
  result.reverse_ranges =
      copy_to_device(space, tables.reverse_ranges, "kolace::model::reverse_ranges");
  result.reverse_functions =
      copy_to_device(space, tables.reverse_functions, "kolace::model::reverse_functions");
  result.reverse_slots =
      copy_to_device(space, tables.reverse_slots, "kolace::model::reverse_slots");
  space.fence("kolace::model: host copies of the tables go out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space) template struct DeviceBasis<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
