// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>

#include <string>

namespace kolace::test {

/// Message of the InputError that `work` throws; "no error" if it throws none.
template <class Work> std::string error_message(Work const& work) {
  try {
    work();
  } catch (InputError const& error) {
    return error.what();
  }
  return "no error";
}

} // namespace kolace::test
