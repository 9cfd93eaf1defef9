#include <kolace/comm/communicator.hpp>

#include <kolace/core/config.hpp>
#include <kolace/core/errors.hpp>

#ifdef KOLACE_ENABLE_MPI
#include <mpi.h>
#endif

namespace kolace {

#ifdef KOLACE_ENABLE_MPI

Communicator::Communicator() {
  int initialised = 0;
  MPI_Initialized(&initialised);
  if (initialised) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
}

void Communicator::sum(std::vector<double>& values) const {
  if (size_ > 1)
    MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM,
                  MPI_COMM_WORLD);
}

void Communicator::sum(long& value) const {
  if (size_ > 1)
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
}

double Communicator::max(double value) const {
  if (size_ > 1)
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return value;
}

void Communicator::broadcast(std::vector<double>& values) const {
  if (size_ > 1)
    MPI_Bcast(values.data(), static_cast<int>(values.size()), MPI_DOUBLE, 0, MPI_COMM_WORLD);
}

void Communicator::reduce_pairwise(
    std::vector<double>& data,
    std::function<void(std::vector<double> const& other)> const& fold) const {
  int const count = static_cast<int>(data.size());
  for (int step = 1; step < size_; step *= 2) {
    if (rank_ % (2 * step) == step) {
      MPI_Send(data.data(), count, MPI_DOUBLE, rank_ - step, 0, MPI_COMM_WORLD);
      return;
    }
    if (rank_ % (2 * step) == 0 && rank_ + step < size_) {
      std::vector<double> other(data.size());
      MPI_Recv(other.data(), count, MPI_DOUBLE, rank_ + step, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      fold(other);
    }
  }
}

void Communicator::fail_together(std::string const& error) const {
  std::string message = error;
  if (size_ > 1) {
    int const mine = error.empty() ? size_ : rank_;
    int first = mine;
    MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == size_)
      return;
    int length = static_cast<int>(error.size());
    MPI_Bcast(&length, 1, MPI_INT, first, MPI_COMM_WORLD);
    message.resize(static_cast<std::size_t>(length));
    MPI_Bcast(message.data(), length, MPI_CHAR, first, MPI_COMM_WORLD);
  }
  if (!message.empty())
    throw InputError(message);
}

void Communicator::abort(int code) const {
  if (size_ > 1)
    MPI_Abort(MPI_COMM_WORLD, code);
}

#else

Communicator::Communicator() = default;
void Communicator::sum(std::vector<double>&) const {}
void Communicator::sum(long&) const {}
void Communicator::abort(int) const {}
double Communicator::max(double value) const {
  return value;
}
void Communicator::broadcast(std::vector<double>&) const {}
void Communicator::reduce_pairwise(
    std::vector<double>&, std::function<void(std::vector<double> const& other)> const&) const {}
void Communicator::fail_together(std::string const& error) const {
  if (!error.empty())
    throw InputError(error);
}

#endif

} // namespace kolace
