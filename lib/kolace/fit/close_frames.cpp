#include <kolace/fit/close_frames.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Shortest distances of each frame by pair of species (a <= b), for frames that have the pair.
class ShortestOfFrames {
public:
  explicit ShortestOfFrames(ElementSet const& elements) : elements_(elements) {
    for (std::string const& symbol : elements.symbols())
      reach_ = std::max(reach_, 2.6 * covalent_radius(*atomic_number(symbol)));
  }

  void add(Structure&& structure) {
    n_atoms_ += structure.n_atoms();
    structures_.push_back(std::move(structure));
    if (n_atoms_ >= Tuning<Space>::atoms_per_batch)
      flush();
  }

  struct Entry {
    double distance;
    Place place;
  };
  std::map<std::pair<int, int>, std::vector<Entry>> take() {
    flush();
    return std::move(entries_);
  }

private:
  void flush() {
    if (structures_.empty())
      return;
    Space const space;
    auto const batch = StructureBatch<Space>::create(space, structures_, elements_);
    build_neighbor_list(space, batch, reach_, list_);
    auto const on_host = [](auto const& view) {
      return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
    };
    auto const offsets = on_host(list_.row_offsets);
    auto const neighbors = on_host(list_.neighbors);
    auto const displacements = on_host(list_.displacements);
    auto const species = on_host(batch.species);
    std::size_t atom = 0;
    for (Structure const& s : structures_) {
      std::map<std::pair<int, int>, double> shortest;
      for (std::size_t end = atom + s.n_atoms(); atom < end; ++atom)
        for (std::size_t p = offsets(atom); p < offsets(atom + 1); ++p) {
          std::pair<int, int> const pair = std::minmax(species(atom), species(neighbors(p)));
          double const r =
              std::hypot(displacements(p, 0), displacements(p, 1), displacements(p, 2));
          double& least = shortest.try_emplace(pair, r).first->second;
          least = std::min(least, r);
        }
      for (auto const& [pair, r] : shortest)
        entries_[pair].push_back({r, s.place});
    }
    structures_.clear();
    n_atoms_ = 0;
  }

  ElementSet const& elements_;
  double reach_ = 1;
  NeighborList<Space> list_;
  std::vector<Structure> structures_;
  std::size_t n_atoms_ = 0;
  std::map<std::pair<int, int>, std::vector<Entry>> entries_;
};

} // namespace

std::vector<CloseFrame> find_close_frames(Dataset const& dataset, ElementSet const& elements) {
  constexpr double gap = 1.25;
  constexpr std::size_t fewest = 10, most_of = 50, most_told = 3;
  ShortestOfFrames shortest(elements);
  dataset.for_each_structure([&](Frame& frame) { shortest.add(std::move(frame.structure)); });
  std::vector<CloseFrame> found;
  for (auto& [pair, frames] : shortest.take()) {
    if (frames.size() < fewest)
      continue;
    std::size_t const most = std::max<std::size_t>(1, frames.size() / most_of);
    std::partial_sort(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(most) + 1,
                      frames.end(),
                      [](auto const& x, auto const& y) { return x.distance < y.distance; });
    for (std::size_t k = most; k > 0; --k)
      if (frames[k].distance > gap * frames[k - 1].distance) {
        for (std::size_t i = 0; i < std::min(k, most_told); ++i)
          found.push_back(
              {pair.first, pair.second, frames[i].distance, frames[k].distance, frames[i].place});
        break;
      }
  }
  return found;
}

} // namespace kolace
