// SPDX-License-Identifier: BSD-3-Clause
#ifndef KOLACE_CONTRACTS
#define KOLACE_CONTRACTS // checked here in every build
#endif
#include <kolace/core/contracts.hpp>

#include <gmock/gmock.h>

namespace kolace {
namespace {

int half(int n, int least) {
  KOLACE_EXPECT(n % 2 == 0 && n >= least, n, least);
  return n / 2;
}

std::string message(int n) {
  try {
    half(n, 4);
  } catch (ContractError const& error) {
    return error.what();
  }
  return {};
}

TEST(Contracts, NamePlaceConditionAndValues) {
  EXPECT_THAT(message(7), testing::MatchesRegex(".*contracts_test.cpp:[0-9]+: precondition n % 2 "
                                                "== 0 && n >= least fails \\(n, least = 7, 4\\)"));
}

TEST(Contracts, AreSilentWhenTheyHold) {
  EXPECT_EQ(message(8), "");
  EXPECT_EQ(half(8, 4), 4);
}

TEST(Contracts, WithoutValues) {
  auto const broken = [] { KOLACE_ENSURE(1 + 1 == 3); };
  EXPECT_THROW(broken(), ContractError);
}

} // namespace
} // namespace kolace
