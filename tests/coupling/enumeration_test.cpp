// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"

#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/coupling/coupling_tree.hpp>
#include <kolace/coupling/invariants.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/basis_builder.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

namespace kolace {
namespace {

int count(std::vector<int> const& nradmax, std::vector<int> const& lmax) {
  return static_cast<int>(enumerate_block({{0}, {nradmax, lmax}}).size());
}

TEST(Enumeration, GivesThePapersCounts) {
  EXPECT_EQ(count({45}, {0}), 45);
  EXPECT_EQ(count({45, 8}, {0, 2}), 153);
  EXPECT_EQ(count({45, 5}, {0, 2}), 90);
  EXPECT_EQ(count({45, 5, 4}, {0, 2, 2}), 250);
  EXPECT_EQ(count({45, 8, 4}, {0, 3, 3}), 493);
  EXPECT_EQ(count({45, 9, 5}, {0, 6, 3}), 930);
  EXPECT_EQ(count({45, 8, 4, 3}, {0, 3, 3, 2}), 793);
}

/// Compares the character formula with the rank of all symmetrized couplings from an independent
/// solver.
TEST(Enumeration, CharacterFormulaEqualsTheRankOfAllCouplings) {
  std::vector<std::pair<int, int>> const groups[] = {{{0, 1}},         {{1, 1}},
                                                     {{2, 2}},         {{1, 1}, {1, 1}},
                                                     {{1, 2}, {2, 1}}, {{1, 3}},
                                                     {{2, 3}},         {{1, 1}, {2, 1}, {3, 1}},
                                                     {{1, 4}},         {{2, 4}},
                                                     {{3, 4}},         {{1, 2}, {2, 2}},
                                                     {{2, 2}, {3, 2}}, {{1, 1}, {1, 1}, {2, 2}},
                                                     {{1, 5}},         {{2, 5}},
                                                     {{1, 3}, {2, 2}}, {{1, 2}, {2, 3}},
                                                     {{1, 4}, {2, 1}}, {{1, 6}},
                                                     {{2, 6}},         {{1, 4}, {2, 2}},
                                                     {{1, 2}, {2, 4}}, {{1, 1}, {1, 2}, {2, 3}},
                                                     {{3, 2}, {2, 1}}, {{4, 3}},
                                                     {{1, 3}, {1, 3}}};
  for (auto const& list : groups) {
    std::vector<int> l, group;
    int sum = 0;
    for (std::size_t g = 0; g < list.size(); ++g)
      for (int k = 0; k < list[g].second; ++k) {
        l.push_back(list[g].first);
        group.push_back(static_cast<int>(g));
        sum += list[g].first;
      }
    if (sum % 2)
      continue;
    std::map<std::vector<int>, int> column;
    std::vector<std::map<std::vector<int>, double>> rows;
    for (auto const& L : allowed_intermediates(l)) {
      rows.push_back(symmetrized_polynomial(l, group, L));
      for (auto const& [monomial, value] : rows.back())
        column.try_emplace(monomial, static_cast<int>(column.size()));
    }
    int rank = 0;
    if (!rows.empty()) {
      Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(rows.size(), column.size());
      for (std::size_t i = 0; i < rows.size(); ++i)
        for (auto const& [monomial, value] : rows[i])
          matrix(i, column.at(monomial)) = value;
      Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(matrix);
      qr.setThreshold(1e-9);
      rank = static_cast<int>(qr.rank());
    }
    EXPECT_EQ(invariant_count(list), rank) << "rank " << l.size() << " l[0] " << l[0];
    InvariantCouplings couplings;
    EXPECT_EQ(static_cast<int>(couplings.independent(l, group).size()), rank);
  }
}

/// Checks the count of each multiset of factors (n, l) against the character formula, for ranks 1
/// to 6.
TEST(Enumeration, CountsEqualTheCharacterFormulaUpToRankSix) {
  std::vector<int> const nradmax{4, 3, 2, 2, 2, 1}, lmax{0, 3, 3, 2, 1, 2};
  for (int rank = 1; rank <= 6; ++rank) {
    std::vector<std::pair<int, int>> factors;
    for (int n = 1; n <= nradmax[rank - 1]; ++n)
      for (int l = 0; l <= lmax[rank - 1]; ++l)
        factors.emplace_back(n, l);
    int expected = 0;
    std::vector<int> pick;
    std::function<void(int)> const extend = [&](int from) {
      if (static_cast<int>(pick.size()) == rank) {
        std::vector<std::pair<int, int>> groups;
        int sum = 0;
        for (std::size_t t = 0; t < pick.size(); ++t) {
          sum += factors[pick[t]].second;
          if (t > 0 && pick[t] == pick[t - 1])
            ++groups.back().second;
          else
            groups.emplace_back(factors[pick[t]].second, 1);
        }
        expected += sum % 2 == 0 ? invariant_count(groups) : 0;
        return;
      }
      for (int k = from; k < static_cast<int>(factors.size()); ++k) {
        pick.push_back(k);
        extend(k);
        pick.pop_back();
      }
    };
    extend(0);
    std::vector<int> n(rank, 0), l(rank, 0);
    n[rank - 1] = nradmax[rank - 1];
    l[rank - 1] = lmax[rank - 1];
    EXPECT_EQ(count(n, l), expected) << rank;
  }
}

TEST(Enumeration, EqualsPacemakersFunctionsOneByOne) {
  for (auto const& [name, limits] :
       {std::pair{"C_K5_793.yaml", BlockLimits{{45, 8, 4, 3}, {0, 3, 3, 2}}}}) {
    AcePotential const potential = read_potential(test::reference_file(name));
    EXPECT_EQ(potential.basis->functions(), enumerate_block({{0}, limits})) << name;
  }
}

TEST(Enumeration, BlocksOfSeveralElementsEqualPacemakers) {
  for (char const* name : {"AlNi_K4.yaml", "AlCuNi_K4.yaml"}) {
    AcePotential const potential = read_potential(test::reference_file(name));
    auto const& functions = potential.basis->functions();
    // The limits of each block are the largest that its functions reach.
    std::map<std::vector<int>, BlockLimits> limits;
    std::map<std::vector<int>, std::vector<BasisFunction>> listed;
    for (BasisFunction const& f : functions) {
      std::set<int> others(f.species.begin(), f.species.end());
      others.erase(f.center);
      std::vector<int> key{f.center};
      key.insert(key.end(), others.begin(), others.end());
      BlockLimits& limit = limits[key];
      limit.nradmax.resize(std::max<std::size_t>(limit.nradmax.size(), f.rank()), 0);
      limit.lmax.resize(limit.nradmax.size(), 0);
      for (int t = 0; t < f.rank(); ++t) {
        limit.nradmax[f.rank() - 1] = std::max(limit.nradmax[f.rank() - 1], f.n[t]);
        limit.lmax[f.rank() - 1] = std::max(limit.lmax[f.rank() - 1], f.l[t]);
      }
      listed[key].push_back(f);
    }
    for (auto const& [key, limit] : limits)
      EXPECT_EQ(enumerate_block({key, limit}), listed[key]) << name << " block " << key.size();
  }
}

TEST(Enumeration, PowerOrderKeepsPacemakersNinety) {
  auto const functions = enumerate_block({{0}, {{45, 8}, {0, 2}}}, 90);
  std::ifstream in(test::reference_file("C_n45-8_l0-2_cap90.txt"));
  std::string line;
  std::vector<std::string> expected, kept;
  while (std::getline(in, line))
    if (!line.empty() && line[0] != '#')
      expected.push_back(line.substr(0, line.find_last_of('|')));
  for (BasisFunction const& f : functions) {
    std::ostringstream text;
    text << f.rank() << " |";
    for (int const n : f.n)
      text << " " << n;
    text << " |";
    for (int const l : f.l)
      text << " " << l;
    text << " ";
    kept.push_back(text.str());
  }
  EXPECT_EQ(kept, expected);
}

TEST(Enumeration, ALimitKeepsTheLowestPowersInOrder) {
  FunctionBlock const block{{0, 1}, {{6, 4, 2}, {0, 3, 2}}};
  auto const all = enumerate_block(block);
  for (std::size_t const limit : {std::size_t{1}, std::size_t{7}, all.size() / 2, all.size() - 1,
                                  all.size(), all.size() + 5}) {
    auto expected = all; // by sorting
    std::stable_sort(expected.begin(), expected.end(),
                     [](auto const& a, auto const& b) { return a.power() < b.power(); });
    expected.resize(std::min(limit, all.size()));
    auto const kept = enumerate_block(block, limit);
    ASSERT_EQ(kept.size(), expected.size());
    EXPECT_TRUE(std::is_permutation(kept.begin(), kept.end(), expected.begin())) << limit;
    auto next = all.begin(); // in the order of enumeration
    for (BasisFunction const& f : kept) {
      next = std::find(next, all.end(), f);
      ASSERT_NE(next, all.end()) << limit;
      ++next;
    }
  }
}

TEST(Enumeration, BlocksHoldExactlyTheirElements) {
  BlockLimits const limits{{3, 2, 2}, {0, 1, 1}};
  auto const blocks = make_blocks(3, {limits, limits, limits});
  EXPECT_EQ(blocks.size(), 12u); // 3 unary, 6 binary, 3 ternary blocks, by central element
  std::size_t total = 0;
  for (auto const& block : blocks)
    for (BasisFunction const& f : enumerate_block(block)) {
      std::set<int> present(f.species.begin(), f.species.end());
      present.insert(f.center);
      EXPECT_EQ(present, std::set<int>(block.elements.begin(), block.elements.end()));
      ++total;
    }
  EXPECT_GT(total, 100u);
}

TEST(Enumeration, LimitIsSharedByTheBlocks) {
  ElementSet const elements({"Al", "Ni"});
  BlockLimits const limits{{6, 3}, {0, 2}};
  std::vector<BondSpecification> const bonds(4);
  auto const blocks = make_blocks(2, {limits, limits});
  auto const basis = build_basis(elements, bonds, blocks, 10);
  EXPECT_EQ(basis->size(), 4 * (10 * 2 / 4)); // N · n_elements // n_blocks per block
}

} // namespace
} // namespace kolace
