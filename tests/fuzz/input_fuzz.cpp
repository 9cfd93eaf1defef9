// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/config/input.hpp>

/// input.yaml. Data files are not searched for next to the seeds, so most inputs fail there or
/// before; /dev/null serves as a file.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors(
      [&] { read_fit_input(fuzz::as_file(data, size, ".yaml")); });
}
