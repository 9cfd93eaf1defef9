#pragma once

#include <kolace/core/config.hpp>

#include <functional>
#include <string>
#include <vector>

#ifdef KOLACE_ENABLE_MPI
#include <mpi.h>
#endif

namespace kolace {

/// The ranks that share a fit: MPI's where the library is built with it, else one.
class Communicator {
public:
  /// All ranks of MPI_COMM_WORLD if MPI is initialised, else one.
  Communicator();
#ifdef KOLACE_ENABLE_MPI
  /// The ranks of a communicator of the caller's, which must outlive this object.
  explicit Communicator(MPI_Comm communicator);
#endif

  /// This process by itself, whatever MPI says: nothing is sent.
  static Communicator alone() {
    Communicator one;
    one.rank_ = 0;
    one.size_ = 1;
    return one;
  }

  int rank() const {
    return rank_;
  }
  int size() const {
    return size_;
  }
  bool is_root() const {
    return rank_ == 0;
  }

  /// Does this rank own the structure with this number? Round robin.
  bool owns(long structure) const {
    return structure % size_ == rank_;
  }
  /// Which items this rank owns, so that the costs of all ranks are as equal as a single pass makes
  /// them: each goes to the rank that has least. The same on all ranks.
  std::vector<bool> share(std::vector<double> const& costs) const;

  /// Sums over ranks, the result on all.
  void sum(std::vector<double>& values) const;
  void sum(long& value) const;
  /// Largest over ranks.
  double max(double value) const;
  void broadcast(std::vector<double>& values) const;

  /// Combines equally long data of all ranks pairwise, log2(size) steps; rank 0 has the result.
  /// @param fold combines another rank's data into `data`
  void reduce_pairwise(std::vector<double>& data,
                       std::function<void(std::vector<double> const& other)> const& fold) const;

  /// Have all ranks the same text? To be called by all.
  bool agree(std::string const& text) const;

  /// Throws on every rank if one brings an error message (empty: none), the lowest such rank's.
  /// @throws InputError
  void fail_together(std::string const& error) const;

  /// Ends all ranks at once where there are several; returns where there is one.
  void abort(int code) const;

private:
  int rank_ = 0;
  int size_ = 1;
#ifdef KOLACE_ENABLE_MPI
  MPI_Comm communicator_ = MPI_COMM_WORLD;
#endif
};

} // namespace kolace
