// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/io/potential_file.hpp>

/// C-basis potentials (.yace).
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors([&] {
    AcePotential const potential = read_potential(fuzz::as_file(data, size, ".yace"));
    if (potential.basis->size() != static_cast<int>(potential.coefficients.size()))
      std::abort();
  });
}
