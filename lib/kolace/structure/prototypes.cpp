#include <kolace/structure/prototypes.hpp>

#include <random>

namespace kolace {

Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed) {
  std::mt19937 random(seed);
  auto const move = [&] { // the same on every platform, unlike std::uniform_real_distribution
    return rattle * (2 * (static_cast<double>(random()) / 4294967296.) - 1);
  };
  double const sites[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                              {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                              {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
  Structure s;
  for (int d = 0; d < 3; ++d) {
    s.cell.vectors[d][d] = a * cells;
    s.cell.periodic[d] = true;
  }
  for (int i = 0; i < cells; ++i)
    for (int j = 0; j < cells; ++j)
      for (int k = 0; k < cells; ++k)
        for (auto const& site : sites) {
          double const x = move(), y = move(), z = move();
          s.positions.push_back(
              {a * (i + site[0]) + x, a * (j + site[1]) + y, a * (k + site[2]) + z});
          s.numbers.push_back(atomic_number);
        }
  return s;
}

} // namespace kolace
