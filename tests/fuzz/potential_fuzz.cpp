// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/io/potential_file.hpp>

#include <sstream>

/// B-basis potentials (.yaml, .kolace.yaml): a potential that was read can be written and read
/// again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors([&] {
    AcePotential const potential =
        parse_potential(std::string(reinterpret_cast<char const*>(data), size), "fuzz.yaml");
    std::ostringstream text;
    write_potential(text, potential);
    if (parse_potential(text.str(), "again.yaml").coefficients != potential.coefficients)
      std::abort();
  });
}
