// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/assembly/factor_set.hpp>

/// Factor files (HDF5).
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors([&] { read_factor_set(fuzz::as_file(data, size, ".h5")); });
}
