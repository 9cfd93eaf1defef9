// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/spaces.hpp>
#include <kolace/core/types.hpp>

#include <Kokkos_Core.hpp>

#include <type_traits>

namespace kolace::detail {

/// Sums forces that many teams exert on the same atoms: on a device by atomic operations, on a host
/// in one copy per concurrent thread (no copies for a single thread). The copies are kept between
/// calls.
///
/// Per atom and copy: 24 bytes zeroed and 48 moved in the final sum.
template <class Space> class ForceSum {
public:
  using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

  /// Handle that a kernel captures.
  class Target {
  public:
    /// Access of one thread of a team; owns a copy during its lifetime.
    class Access {
    public:
      KOKKOS_FUNCTION explicit Access(Target const& target) : target_(target) {
        if constexpr (in_copies) {
          if (target.n_copies_ > 1) {
            copy_ = target.token_.acquire();
            data_ = target.copies_ + copy_ * target.size_;
            return;
          }
        }
        data_ = target.forces_;
      }
      KOKKOS_FUNCTION ~Access() {
        if constexpr (in_copies)
          if (target_.n_copies_ > 1)
            target_.token_.release(copy_);
      }
      Access(Access const&) = delete;
      Access& operator=(Access const&) = delete;

      KOKKOS_FORCEINLINE_FUNCTION void add(int atom, int x, double force) const {
        double* const at = data_ + 3 * static_cast<std::ptrdiff_t>(atom) + x;
        if constexpr (in_copies)
          *at += force;
        else
          Kokkos::atomic_add(at, force);
      }

    private:
      Target const& target_;
      double* data_ = nullptr;
      int copy_ = 0;
    };

  private:
    friend class ForceSum;
    using Token = Kokkos::Experimental::UniqueToken<Space>;
    struct NoToken {};

    double* forces_ = nullptr;
    double* copies_ = nullptr;
    std::ptrdiff_t size_ = 0; ///< doubles per copy
    int n_copies_ = 1;
    std::conditional_t<is_host_space<Space>, Token, NoToken> token_{};
  };

  /// Starts a sum into `forces` [>= n_atoms]; if the View is empty, no forces are summed.
  Target begin(Space const& space, Vectors const& forces, int n_atoms) {
    Target target;
    forces_ = forces;
    n_atoms_ = forces.extent(0) > 0 ? n_atoms : 0;
    target.forces_ = forces.data();
    if constexpr (in_copies) {
      target.token_ = typename Target::Token(space); // one token per thread of this instance
      target.n_copies_ = static_cast<int>(target.token_.size());
      target.size_ = 3 * static_cast<std::ptrdiff_t>(n_atoms_);
      std::size_t const needed = static_cast<std::size_t>(target.n_copies_) * target.size_;
      if (target.n_copies_ > 1 && copies_.extent(0) < needed) {
        copies_ = {}; // free first
        copies_ = Array<double, Space>(
            Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::evaluate::forces"),
            needed + needed / 4);
      }
      target.copies_ = copies_.data();
      if (target.n_copies_ > 1 && needed > 0)
        Kokkos::deep_copy(
            space, Kokkos::subview(copies_, Kokkos::pair<std::size_t, std::size_t>(0, needed)), 0.);
      n_copies_ = target.n_copies_;
    }
    return target;
  }

  /// Call after the last kernel: enqueues the kernel that completes the forces.
  void finish(Space const& space) {
    if (in_copies && n_copies_ > 1 && n_atoms_ > 0)
      Kokkos::parallel_for("kolace::evaluate::sum_forces",
                           Kokkos::RangePolicy<Space>(space, 0, n_atoms_),
                           SumKernel{forces_, copies_, n_atoms_, n_copies_});
    forces_ = {};
  }

  /// Adds all copies to the forces; public because device compilers require it.
  struct SumKernel {
    Vectors forces;
    Array<double, Space> copies;
    int n_atoms, n_copies;

    KOKKOS_FUNCTION void operator()(int atom) const {
      for (int copy = 0; copy < n_copies; ++copy)
        for (int x = 0; x < 3; ++x)
          forces(atom, x) += copies(3 * (static_cast<std::size_t>(copy) * n_atoms + atom) + x);
    }
  };

private:
  static constexpr bool in_copies = is_host_space<Space>;

  Vectors forces_;
  Array<double, Space> copies_;
  int n_atoms_ = 0, n_copies_ = 1;
};

} // namespace kolace::detail
