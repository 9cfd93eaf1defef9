// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/error_message.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/config/input.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace kolace {

/// A folder with small data files, for tests of typical inputs.
struct Situation : testing::Test {
  test::TemporaryFolder folder;

  Situation() {
    folder.write("a.xyz", "2\nenergy=-1\nAl 0 0 0\nNi 0 0 2.5\n");
    folder.write("b.xyz", "1\nenergy=-1\nNi 0 0 0\n");
  }
  FitInput read(std::string const& text) {
    return read_fit_input(folder.write("input.yaml", text));
  }
  std::string error(std::string const& text) {
    return test::error_message([&] { read(text); });
  }
  static std::string input(std::string const& potential, std::string const& data = "",
                           std::string const& fit = "") {
    return "cutoff: 6\ndata: {filename: a.xyz" + (data.empty() ? "" : ", " + data) +
           "}\npotential:\n  elements: [Al, Ni]\n" + potential + "fit: {repulsion: none" +
           (fit.empty() ? "" : ", " + fit) + "}\n";
  }
  static std::string functions() {
    return "  functions: {ALL: {nradmax_by_orders: [3, 2], lmax_by_orders: [0, 1]}}\n";
  }
};

} // namespace kolace
