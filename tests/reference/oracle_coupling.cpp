// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"

#include <cmath>
#include <cstdlib>
#include <map>

namespace kolace::oracle {
namespace {

/// States |L M> as vectors over (m1, m2), for one pair (l1, l2).
using States = std::map<std::pair<int, int>, std::map<std::pair<int, int>, double>>;

/// Builds all |L M>: the highest M of each L is orthogonal to the states of larger L and positive
/// at m1 = l1; the others follow from J- = J1- + J2-.
States build_states(int l1, int l2) {
  States states;
  for (int L = l1 + l2; L >= std::abs(l1 - l2); --L) {
    std::map<std::pair<int, int>, double> top;
    // Start from the unit vector with m1 = l1 and project out the larger L with the same M = L.
    top[{l1, L - l1}] = 1;
    for (int pass = 0; pass < 2; ++pass)
      for (int larger = L + 1; larger <= l1 + l2; ++larger) {
        auto const& other = states[{larger, L}];
        double overlap = 0;
        for (auto const& [m, value] : other)
          if (auto const found = top.find(m); found != top.end())
            overlap += value * found->second;
        for (auto const& [m, value] : other)
          top[m] -= overlap * value;
      }
    double square = 0;
    for (auto const& [m, value] : top)
      square += value * value;
    for (auto& [m, value] : top)
      value /= std::sqrt(square);
    states[{L, L}] = top;
    for (int M = L; M > -L; --M) {
      std::map<std::pair<int, int>, double> lower;
      double const norm = std::sqrt(double(L + M) * (L - M + 1));
      for (auto const& [m, value] : states[{L, M}]) {
        auto const [m1, m2] = m;
        if (m1 > -l1)
          lower[{m1 - 1, m2}] += value * std::sqrt(double(l1 + m1) * (l1 - m1 + 1)) / norm;
        if (m2 > -l2)
          lower[{m1, m2 - 1}] += value * std::sqrt(double(l2 + m2) * (l2 - m2 + 1)) / norm;
      }
      states[{L, M - 1}] = lower;
    }
  }
  return states;
}

} // namespace

double clebsch_gordan(int l1, int m1, int l2, int m2, int L, int M) {
  static std::map<std::pair<int, int>, States> known;
  auto const [entry, fresh] = known.try_emplace({l1, l2});
  if (fresh)
    entry->second = build_states(l1, l2);
  auto const state = entry->second.find({L, M});
  if (state == entry->second.end())
    return 0;
  auto const value = state->second.find({m1, m2});
  return value == state->second.end() ? 0 : value->second;
}

} // namespace kolace::oracle
