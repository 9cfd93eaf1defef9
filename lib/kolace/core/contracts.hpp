// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

/// @file
/// Contracts: conditions that only an error in the program can break. They are checked in builds
/// with KOLACE_CONTRACTS (preset debug) and compile to nothing otherwise. Anything that users give
/// is checked in every build, by other means (InputError, std::invalid_argument).
///
///   KOLACE_EXPECT(ld >= m, ld, m);      precondition on the host: throws ContractError with values
///   KOLACE_ENSURE(sum == n_pairs, sum); postcondition, likewise
///   KOLACE_EXPECT_IN_KERNEL(k < size);  in device code: ends the program with the place
///
/// Sources that use the last one include Kokkos.

namespace kolace {

/// A broken contract: "file:line: precondition ld >= m fails (ld, m = 3, 5)".
class ContractError : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

namespace detail {

template <class... Values>
[[noreturn]] void fail_contract(char const* place, char const* kind, char const* condition,
                                char const* names, Values const&... values) {
  std::ostringstream text;
  text << place << ": " << kind << ' ' << condition << " fails";
  if constexpr (sizeof...(values) > 0) {
    text << " (" << names << " = ";
    char const* separator = "";
    ((text << separator << values, separator = ", "), ...);
    text << ')';
  }
  throw ContractError(text.str());
}

} // namespace detail
} // namespace kolace

#define KOLACE_TEXT_OF(x) #x
#define KOLACE_LINE_OF(x) KOLACE_TEXT_OF(x)
#define KOLACE_PLACE __FILE__ ":" KOLACE_LINE_OF(__LINE__)

#ifdef KOLACE_CONTRACTS
#define KOLACE_CONTRACT(kind, condition, ...)                                                      \
  do {                                                                                             \
    if (!(condition))                                                                              \
      ::kolace::detail::fail_contract(KOLACE_PLACE, kind, #condition,                              \
                                      #__VA_ARGS__ __VA_OPT__(, ) __VA_ARGS__);                    \
  } while (false)
#define KOLACE_EXPECT_IN_KERNEL(condition)                                                         \
  do {                                                                                             \
    if (!(condition))                                                                              \
      Kokkos::abort(KOLACE_PLACE ": " #condition " fails");                                        \
  } while (false)
#else
#define KOLACE_CONTRACT(kind, condition, ...) static_cast<void>(0)
#define KOLACE_EXPECT_IN_KERNEL(condition) static_cast<void>(0)
#endif

#define KOLACE_EXPECT(condition, ...)                                                              \
  KOLACE_CONTRACT("precondition", condition __VA_OPT__(, ) __VA_ARGS__)
#define KOLACE_ENSURE(condition, ...)                                                              \
  KOLACE_CONTRACT("postcondition", condition __VA_OPT__(, ) __VA_ARGS__)
