// SPDX-License-Identifier: BSD-3-Clause
#include "support.hpp"

#include <kolace/io/extxyz.hpp>

/// Extended XYZ, plain or gzip (recognized by its first bytes, as in the reader); bad frames are
/// skipped as with `skip_bad_frames`.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors([&] {
    ExtxyzReader reader(fuzz::as_file(data, size, ".extxyz"));
    for (int k = 0; k < 1000; ++k) {
      Frame frame;
      try {
        if (!reader.next(frame))
          return;
      } catch (InputError const&) {
        if (reader.frames_read() == 0)
          throw;
        continue;
      }
      if (frame.structure.positions.size() != frame.structure.numbers.size())
        std::abort();
    }
  });
}
