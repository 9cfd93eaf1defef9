# Kokkos and KokkosKernels: an installed pair first, else a pinned pair of releases (commits of 4.6.01; others by
# KOLACE_KOKKOS_TAG and KOLACE_KOKKOS_KERNELS_TAG).
# Everything else comes from the distribution.
set(KOLACE_KOKKOS_VERSIONS 4.6...<6)
set(pinned_kokkos 1b1383c6001f3bfe9fe309ca923c2d786600cc79)
set(KOLACE_KOKKOS_TAG ${pinned_kokkos} CACHE STRING "Release of Kokkos that is fetched")
set(KOLACE_KOKKOS_KERNELS_TAG 38ed37e82fc1d071078c7825c3be327be519ee52 CACHE STRING
  "Release of KokkosKernels that is fetched")

find_package(Kokkos ${KOLACE_KOKKOS_VERSIONS} CONFIG QUIET)
find_package(KokkosKernels ${KOLACE_KOKKOS_VERSIONS} CONFIG QUIET)
if(NOT Kokkos_FOUND)
  include(FetchContent)
  if(Kokkos_ENABLE_CUDA AND KOLACE_KOKKOS_TAG STREQUAL pinned_kokkos AND NOT FETCHCONTENT_SOURCE_DIR_KOKKOS)
    find_package(CUDAToolkit QUIET)
    if(CUDAToolkit_VERSION VERSION_GREATER_EQUAL 13)
      message(FATAL_ERROR "Kokkos is not installed, and release 4.6.01, which would be fetched, does not compile with "
        "CUDA ${CUDAToolkit_VERSION}. Install Kokkos 4.7.01 or newer and name it with KOLACE_PREFIX_PATH, or choose "
        "releases with KOLACE_KOKKOS_TAG and KOLACE_KOKKOS_KERNELS_TAG.")
    endif()
  endif()
  message(STATUS "Kokkos is not installed: fetching ${KOLACE_KOKKOS_TAG}")
  set(FETCHCONTENT_UPDATES_DISCONNECTED ON)
  # A GPU backend is chosen with Kokkos_ENABLE_CUDA or Kokkos_ENABLE_HIP (presets cuda and hip).
  if(NOT DEFINED Kokkos_ENABLE_OPENMP)
    set(Kokkos_ENABLE_OPENMP ON CACHE BOOL "OpenMP is the default on a CPU")
  endif()
  FetchContent_Declare(Kokkos
    GIT_REPOSITORY https://github.com/kokkos/kokkos.git
    GIT_TAG ${KOLACE_KOKKOS_TAG})
  FetchContent_MakeAvailable(Kokkos)
endif()
if(NOT KokkosKernels_FOUND)
  include(FetchContent)
  FetchContent_Declare(KokkosKernels
    GIT_REPOSITORY https://github.com/kokkos/kokkos-kernels.git
    GIT_TAG ${KOLACE_KOKKOS_KERNELS_TAG})
  FetchContent_MakeAvailable(KokkosKernels)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(LAPACK REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(HDF5 1.10 REQUIRED COMPONENTS C)
# MPI where it is found, unless the user says otherwise. KOLACE_ENABLE_MPI is ON or OFF from here on.
if(KOLACE_ENABLE_MPI STREQUAL "AUTO")
  find_package(MPI QUIET COMPONENTS CXX)
  if(MPI_CXX_FOUND)
    message(STATUS "MPI found: fits can be distributed over ranks (KOLACE_ENABLE_MPI=OFF leaves it out)")
    set(KOLACE_ENABLE_MPI ON)
  else()
    message(STATUS "MPI is not found: fits run on one node (Debian: libopenmpi-dev openmpi-bin)")
    set(KOLACE_ENABLE_MPI OFF)
  endif()
elseif(KOLACE_ENABLE_MPI)
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
