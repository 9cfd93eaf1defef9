// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/comm/communicator.hpp>

#include <Kokkos_Core.hpp>

#include <functional>
#include <string>
#include <utility>

namespace kolace {

/// Execution space instance, ranks and callbacks of a computation, passed to functions that read
/// data or launch many kernels. Cheap to copy; concurrent computations need one each, with
/// instances of their own.
struct Context {
  Kokkos::DefaultExecutionSpace space{}; ///< instance on which all kernels run
  Communicator ranks{};                  ///< ranks that share the data (collective calls)
  /// Called from time to time on each rank with the name of a stage and the units done and in total
  /// on this rank (atoms, iterations, models); empty: none.
  std::function<void(std::string const& stage, long done, long total)> progress{};
  /// Receives messages for the user; empty: none.
  std::function<void(std::string const& message)> tell{};
  std::string stage{}; ///< name of the present stage, for `progress`
  long total = 0;      ///< its units on this rank

  /// The same context for one stage of the work.
  Context at(std::string name, long units) const {
    Context part(*this);
    part.stage = std::move(name);
    part.total = units;
    return part;
  }
  /// Reports the units of the present stage that are done; outside a stage it does nothing.
  void advance(long done) const {
    if (progress && !stage.empty())
      progress(stage, done, total);
  }
  /// Tells the user.
  void say(std::string const& message) const {
    if (tell)
      tell(message);
  }
};

} // namespace kolace
