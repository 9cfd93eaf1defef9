// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/spaces.hpp>

#include <gtest/gtest.h>

#include <type_traits>

namespace kolace::test {

template <class... Spaces> struct SpaceList {
  template <class Space> using Append = SpaceList<Spaces..., Space>;
  using Types = ::testing::Types<Spaces...>;
};

/// Every enabled execution space, for TYPED_TEST_SUITE.
#define KOLACE_APPEND(Space) ::Append<Space>
using ExecutionSpaces = typename SpaceList<> KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_APPEND)::Types;
#undef KOLACE_APPEND

} // namespace kolace::test
