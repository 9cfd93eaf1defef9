// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/host_threads.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace kolace {

TEST(HostThreads, EachIndexIsVisitedOnce) {
  for (int const n : {0, 1, 2, 1000}) {
    std::vector<int> visits(n, 0);
    for_each_on_host("kolace::test", n, [&](int k) { ++visits[k]; });
    EXPECT_EQ(visits, std::vector<int>(n, 1));
  }
}

TEST(HostThreads, CallsWithinCallsRunOnTheirThread) {
  std::atomic<int> visits = 0;
  for_each_on_host("kolace::test::outer", 20, [&](int) {
    for_each_on_host("kolace::test::inner", 30, [&](int) { ++visits; });
  });
  EXPECT_EQ(visits, 600);
  for_each_on_host("kolace::test", 10, [&](int) { ++visits; });
  EXPECT_EQ(visits, 610);
}

TEST(HostThreads, TheFirstFaultIsThrown) {
  for (int const first : {0, 3}) {
    try {
      for_each_on_host("kolace::test", 200, [&](int k) {
        if (k >= first && (k - first) % 49 == 0)
          throw std::runtime_error(std::to_string(k));
      });
      ADD_FAILURE();
    } catch (std::runtime_error const& error) {
      EXPECT_EQ(error.what(), std::to_string(first));
    }
  }
  // Threads work again afterwards.
  std::atomic<int> visits = 0;
  for_each_on_host("kolace::test", 100, [&](int) { ++visits; });
  EXPECT_EQ(visits, 100);
}

} // namespace kolace
