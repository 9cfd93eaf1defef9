// SPDX-License-Identifier: BSD-3-Clause
#include "pair_kolace.hpp"
#ifdef LMP_KOKKOS
#include "pair_kolace_kokkos.hpp"
#endif

#include <lammps.h>

#if __has_include(<version.h>)
#include <version.h>
#endif

/// @file
/// Entry point of `plugin load kolaceplugin.so`. The types follow LAMMPS' plugin interface
///   (section "Writing plugins" of its documentation), since its installed headers lack them.

namespace {

struct Plugin {
  char const* version;
  char const* style;
  char const* name;
  char const* info;
  char const* author;
  void* (*create)(void*);
  void* handle;
};

template <class Pair> void* create_pair(void* lmp) {
  return static_cast<LAMMPS_NS::Pair*>(new Pair(static_cast<LAMMPS_NS::LAMMPS*>(lmp)));
}

} // namespace

extern "C" void lammpsplugin_init(void* lmp, void* handle, void* register_plugin) {
#ifdef LAMMPS_VERSION
  char const* const version = LAMMPS_VERSION; // LAMMPS warns if its version differs
#else
  char const* const version = static_cast<LAMMPS_NS::LAMMPS*>(lmp)->version;
#endif
  auto* const add = reinterpret_cast<void (*)(Plugin*, void*)>(register_plugin);
  Plugin plugin{version,  "pair",
                "kolace", "pair_style kolace: ACE potentials",
                "kolace", &create_pair<LAMMPS_NS::PairKolace>,
                handle};
  add(&plugin, lmp);
#ifdef LMP_KOKKOS
  if (static_cast<LAMMPS_NS::LAMMPS*>(lmp)->kokkos) { // LAMMPS was started with -k on
    plugin.name = "kolace/kk";
    plugin.create = &create_pair<LAMMPS_NS::PairKolaceKokkos>;
    add(&plugin, lmp);
  }
#endif
}
