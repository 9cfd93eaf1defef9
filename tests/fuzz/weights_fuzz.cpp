// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/dataset/external_weights.hpp>

/// Tables of weights (CSV) for three frames of two atoms.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  static std::string const frames = [] {
    std::string const path = "/tmp/kolace-fuzz-frames-" + std::to_string(::getpid()) + ".xyz";
    std::ofstream out(path);
    for (int k = 0; k < 3; ++k)
      out << "2\nenergy=-1\nC 0 0 0\nC 0 0 1.4\n";
    return path;
  }();
  static bool const removed_at_exit = std::atexit([] { ::unlink(frames.c_str()); }) == 0;
  static_cast<void>(removed_at_exit);
  return fuzz::expect_only_input_errors([&] {
    Dataset const weighted =
        with_external_weights(Dataset({frames}, {}), fuzz::as_file(data, size, ".csv"));
    weighted.for_each([](Frame&) {});
  });
}
