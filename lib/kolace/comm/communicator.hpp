// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/config.hpp>
#include <kolace/core/errors.hpp>

#include <functional>
#include <string>
#include <vector>

#ifdef KOLACE_ENABLE_MPI
#include <mpi.h>
#endif

namespace kolace {

/// An error that every rank throws at the same point, so that no rank waits for another.
class JointError : public InputError {
public:
  using InputError::InputError;
};

/// The ranks that share a fit: MPI ranks if the library is built with MPI, else a single rank.
class Communicator {
public:
  /// All ranks of MPI_COMM_WORLD if MPI is initialized, else a single rank.
  Communicator();
#ifdef KOLACE_ENABLE_MPI
  /// The ranks of the caller's communicator, which must outlive this object.
  explicit Communicator(MPI_Comm communicator);
#endif

  /// This process alone, even if MPI is initialized: no communication.
  static Communicator alone() {
    Communicator one;
    one.rank_ = 0;
    one.size_ = 1;
    return one;
  }

  /// Number of this process, from 0 to size() - 1.
  int rank() const {
    return rank_;
  }
  /// Number of ranks.
  int size() const {
    return size_;
  }
  /// True on rank 0, which gets the results of reductions and writes files.
  bool is_root() const {
    return rank_ == 0;
  }

  /// Flags of the items that this rank owns (LoadShare). All ranks compute the same assignment.
  std::vector<bool> share(std::vector<double> const& costs) const;

  /// Sum over all ranks; every rank gets the result.
  /// @pre all ranks pass vectors of the same length
  void sum(std::vector<double>& values) const;
  /// The same for one integer.
  void sum(long& value) const;
  /// Maximum over all ranks; every rank gets the result.
  double max(double value) const;
  /// Copies the values of rank 0 to all ranks.
  /// @pre all ranks pass vectors of the same length
  void broadcast(std::vector<double>& values) const;
  /// Copies the bytes of rank `root` to all ranks.
  void broadcast(std::string& bytes, int root) const;
  /// The bytes of each rank, by rank; every rank gets them. Collective.
  std::vector<std::string> gather(std::string const& mine) const;

  /// Combines data of equal length from all ranks pairwise, in log2(size) steps; rank 0 gets the
  /// result.
  /// @param combine merges another rank's data into `data`
  void reduce_pairwise(std::vector<double>& data,
                       std::function<void(std::vector<double> const& other)> const& combine) const;

  /// True if all ranks pass the same text (compared by hash). Collective.
  bool agree(std::string const& text) const;

  /// Throws on every rank if any rank passes an error message (empty: none): that of the lowest
  /// such rank. Collective.
  /// @throws JointError
  void fail_together(std::string const& error) const;
  /// Calls work() on every rank; an exception on one rank ends all ranks with its message.
  /// Collective. If `work` calls this function as well, a rank that fails before that call ends the
  /// others there.
  /// @throws JointError; the exception itself if there is only one rank
  template <class Work> void together(Work const& work) const;

  /// Aborts all ranks if there are several; returns if there is only one.
  void abort(int code) const;

private:
  int rank_ = 0;
  int size_ = 1;
#ifdef KOLACE_ENABLE_MPI
  MPI_Comm communicator_ = MPI_COMM_WORLD;
#endif
};

template <class Work> void Communicator::together(Work const& work) const {
  std::string error;
  try {
    work();
  } catch (JointError const&) {
    throw;
  } catch (std::exception const& e) {
    if (size_ == 1)
      throw;
    error = std::string(e.what()) + " (rank " + std::to_string(rank_ + 1) + " of " +
            std::to_string(size_) + ")";
  }
  fail_together(error);
}

} // namespace kolace
