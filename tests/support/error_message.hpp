#pragma once

#include <kolace/core/errors.hpp>

#include <string>

namespace kolace::test {

/// What the InputError of `work` says; "no error" where there is none.
template <class Work> std::string error_message(Work const& work) {
  try {
    work();
  } catch (InputError const& error) {
    return error.what();
  }
  return "no error";
}

} // namespace kolace::test
