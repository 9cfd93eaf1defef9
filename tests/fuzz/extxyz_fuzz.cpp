#include "support.hpp"

#include <kolace/dataset/dataset.hpp>

/// Extended XYZ, plain or gzip (by its first bytes, as the reader tells them apart).
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace kolace;
  return fuzz::expect_only_input_errors([&] {
    Dataset::Options options;
    options.skip_bad_frames = size % 2 == 0;
    Dataset const frames({fuzz::as_file(data, size, ".extxyz")}, options);
    frames.for_each([](Frame& frame) {
      if (frame.structure.positions.size() != frame.structure.numbers.size())
        std::abort();
    });
  });
}
