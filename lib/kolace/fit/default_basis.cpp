#include <kolace/fit/default_basis.hpp>

#include <algorithm>
#include <vector>

namespace kolace {
namespace {

constexpr long labels_per_function = 50, most_functions = 1500;

std::vector<BlockLimits> const& sequence() {
  static std::vector<BlockLimits> const all{{{4}, {0}},
                                            {{6, 2}, {0, 2}},
                                            {{8, 3}, {0, 2}},
                                            {{8, 3, 1}, {0, 2, 1}},
                                            {{10, 4, 2}, {0, 3, 2}},
                                            {{12, 5, 3}, {0, 4, 2}},
                                            {{12, 6, 4}, {0, 4, 3}},
                                            {{15, 8, 4, 2}, {0, 5, 3, 1}}};
  return all;
}

/// Number of functions; stops counting above `most`.
long count_functions(int n_elements, BlockLimits const& limits, long most) {
  std::vector<std::optional<BlockLimits>> const every(n_elements, limits);
  long count = 0;
  for (FunctionBlock const& block : make_blocks(n_elements, every)) {
    count += static_cast<long>(enumerate_block(block).size());
    if (count > most)
      break;
  }
  return count;
}

} // namespace

DefaultBasis default_basis(int n_elements, long n_labels) {
  long const most = std::min(n_labels / labels_per_function, most_functions);
  DefaultBasis chosen;
  for (BlockLimits const& limits : sequence()) {
    bool const first = chosen.n_functions == 0;
    long const count = count_functions(n_elements, limits, first ? most_functions : most);
    if (!first && count > most)
      break;
    chosen = {limits, count};
  }
  return chosen;
}

} // namespace kolace
