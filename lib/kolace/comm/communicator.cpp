// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/comm/communicator.hpp>

#include <kolace/comm/load_share.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/hash.hpp>

#include <algorithm>
#include <cstdint>

namespace kolace {

#ifdef KOLACE_ENABLE_MPI

namespace {

/// Calls transfer(first, count) for pieces of [0, size) that fit the int counts of MPI.
template <class Transfer> void in_pieces(std::size_t size, Transfer const& transfer) {
  constexpr std::size_t largest = std::size_t{1} << 30;
  for (std::size_t first = 0; first < size; first += largest)
    transfer(first, static_cast<int>(std::min(largest, size - first)));
}

} // namespace

Communicator::Communicator() {
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized) {
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &size_);
  }
}

Communicator::Communicator(MPI_Comm communicator) : communicator_(communicator) {
  MPI_Comm_rank(communicator_, &rank_);
  MPI_Comm_size(communicator_, &size_);
}

bool Communicator::agree(std::string const& text) const {
  if (size_ == 1)
    return true;
  std::uint64_t least = hash_of(text), most = least;
  MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_UINT64_T, MPI_MIN, communicator_);
  MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_UINT64_T, MPI_MAX, communicator_);
  return least == most;
}

void Communicator::sum(std::vector<double>& values) const {
  if (size_ > 1)
    in_pieces(values.size(), [&](std::size_t first, int count) {
      MPI_Allreduce(MPI_IN_PLACE, values.data() + first, count, MPI_DOUBLE, MPI_SUM, communicator_);
    });
}

void Communicator::sum(long& value) const {
  if (size_ > 1)
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_LONG, MPI_SUM, communicator_);
}

double Communicator::max(double value) const {
  if (size_ > 1)
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, communicator_);
  return value;
}

void Communicator::broadcast(std::vector<double>& values) const {
  if (size_ > 1)
    in_pieces(values.size(), [&](std::size_t first, int count) {
      MPI_Bcast(values.data() + first, count, MPI_DOUBLE, 0, communicator_);
    });
}

void Communicator::broadcast(std::string& bytes, int root) const {
  if (size_ == 1)
    return;
  std::uint64_t size = bytes.size();
  MPI_Bcast(&size, 1, MPI_UINT64_T, root, communicator_);
  bytes.resize(size);
  in_pieces(size, [&](std::size_t first, int count) {
    MPI_Bcast(bytes.data() + first, count, MPI_CHAR, root, communicator_);
  });
}

void Communicator::reduce_pairwise(
    std::vector<double>& data,
    std::function<void(std::vector<double> const& other)> const& combine) const {
  for (int step = 1; step < size_; step *= 2) {
    if (rank_ % (2 * step) == step) {
      in_pieces(data.size(), [&](std::size_t first, int count) {
        MPI_Send(data.data() + first, count, MPI_DOUBLE, rank_ - step, 0, communicator_);
      });
      return;
    }
    if (rank_ % (2 * step) == 0 && rank_ + step < size_) {
      std::vector<double> other(data.size());
      in_pieces(data.size(), [&](std::size_t first, int count) {
        MPI_Recv(other.data() + first, count, MPI_DOUBLE, rank_ + step, 0, communicator_,
                 MPI_STATUS_IGNORE);
      });
      combine(other);
    }
  }
}

void Communicator::fail_together(std::string const& error) const {
  std::string message = error;
  if (size_ > 1) {
    int const mine = error.empty() ? size_ : rank_;
    int first = mine;
    MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, communicator_);
    if (first == size_)
      return;
    int length = static_cast<int>(error.size());
    MPI_Bcast(&length, 1, MPI_INT, first, communicator_);
    message.resize(static_cast<std::size_t>(length));
    MPI_Bcast(message.data(), length, MPI_CHAR, first, communicator_);
  }
  if (!message.empty())
    throw JointError(message);
}

void Communicator::abort(int code) const {
  if (size_ > 1)
    MPI_Abort(communicator_, code);
}

#else

Communicator::Communicator() = default;
void Communicator::sum(std::vector<double>&) const {}
void Communicator::sum(long&) const {}
void Communicator::abort(int) const {}
double Communicator::max(double value) const {
  return value;
}
bool Communicator::agree(std::string const&) const {
  return true;
}
void Communicator::broadcast(std::vector<double>&) const {}
void Communicator::broadcast(std::string&, int) const {}
void Communicator::reduce_pairwise(
    std::vector<double>&, std::function<void(std::vector<double> const& other)> const&) const {}
void Communicator::fail_together(std::string const& error) const {
  if (!error.empty())
    throw JointError(error);
}

#endif

std::vector<std::string> Communicator::gather(std::string const& mine) const {
  std::vector<std::string> all(static_cast<std::size_t>(size_));
  all[rank_] = mine;
  for (int rank = 0; rank < size_; ++rank)
    broadcast(all[rank], rank);
  return all;
}

bool LoadShare::takes(double cost) {
  auto const least = std::min_element(loads_.begin(), loads_.end());
  *least += cost;
  return least - loads_.begin() == rank_;
}

std::vector<bool> Communicator::share(std::vector<double> const& costs) const {
  LoadShare share(*this);
  std::vector<bool> mine;
  mine.reserve(costs.size());
  for (double const cost : costs)
    mine.push_back(share.takes(cost));
  return mine;
}

} // namespace kolace
