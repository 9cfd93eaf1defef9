# Kokkos and KokkosKernels: an installed pair first, else a pinned pair of releases (commits of 4.6.01).
# Everything else comes from the distribution.
set(KOLACE_KOKKOS_VERSIONS 4.6...<6)

find_package(Kokkos ${KOLACE_KOKKOS_VERSIONS} CONFIG QUIET)
find_package(KokkosKernels ${KOLACE_KOKKOS_VERSIONS} CONFIG QUIET)
if(NOT Kokkos_FOUND)
  include(FetchContent)
  message(STATUS "Kokkos is not installed: fetching release 4.6.01")
  set(FETCHCONTENT_UPDATES_DISCONNECTED ON)
  # A GPU backend is chosen with Kokkos_ENABLE_CUDA or Kokkos_ENABLE_HIP (presets cuda and hip).
  if(NOT DEFINED Kokkos_ENABLE_OPENMP)
    set(Kokkos_ENABLE_OPENMP ON CACHE BOOL "OpenMP is the default on a CPU")
  endif()
  FetchContent_Declare(Kokkos
    GIT_REPOSITORY https://github.com/kokkos/kokkos.git
    GIT_TAG 1b1383c6001f3bfe9fe309ca923c2d786600cc79)
  FetchContent_MakeAvailable(Kokkos)
endif()
if(NOT KokkosKernels_FOUND)
  include(FetchContent)
  FetchContent_Declare(KokkosKernels
    GIT_REPOSITORY https://github.com/kokkos/kokkos-kernels.git
    GIT_TAG 38ed37e82fc1d071078c7825c3be327be519ee52)
  FetchContent_MakeAvailable(KokkosKernels)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(LAPACK REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(ZLIB REQUIRED)
if(KOLACE_ENABLE_MPI)
  find_package(MPI REQUIRED COMPONENTS CXX)
endif()
if(KOLACE_BUILD_APPS)
  find_package(CLI11 2 REQUIRED)
endif()
if(KOLACE_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(KOLACE_BUILD_BENCH)
  find_package(benchmark 1.7 REQUIRED)
endif()
