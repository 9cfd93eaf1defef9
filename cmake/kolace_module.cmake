# SPDX-License-Identifier: BSD-3-Clause
# kolace_add_module(NAME [SOURCES ...] [HOST_SOURCES ...] HEADERS ... DEPENDS ... [PRIVATE_DEPENDS ...])
#
# One library per module: target kolace_NAME, alias kolace::NAME. SOURCES see Kokkos, HOST_SOURCES do not (tests/layers
# compares): in a build for a GPU the compiler of the host compiles these. HEADERS are installed: those that
# kolace/evaluate.hpp, io.hpp, fit.hpp and kolace.hpp include (tests/layers holds the lists). Paths are relative to the
# module's folder, include paths to lib/.
function(kolace_add_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;HOST_SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  set(target kolace_${name})
  if(arg_HOST_SOURCES)
    add_library(${target}_host OBJECT ${arg_HOST_SOURCES})
    set_target_properties(${target}_host PROPERTIES POSITION_INDEPENDENT_CODE ON)
    set(host_depends ${arg_PRIVATE_DEPENDS})
    list(FILTER host_depends EXCLUDE REGEX "^Kokkos::")
    target_link_libraries(${target}_host PRIVATE kolace_host ${host_depends})
    kolace_common_options(${target}_host)
    set(host_objects $<TARGET_OBJECTS:${target}_host>)
  endif()
  add_library(${target} STATIC ${arg_SOURCES} ${host_objects})
  add_library(kolace::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS
    BASE_DIRS "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_BINARY_DIR}/lib" FILES ${arg_HEADERS})
  target_include_directories(${target} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/lib>" "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/lib>")
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} LINKER_LANGUAGE CXX POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
  kolace_compile_options(${target})
  if(KOLACE_INSTALL) # `component` is that of lib/CMakeLists.txt
    install(TARGETS ${target} EXPORT kolace_${component}_targets
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
      FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
  set_property(GLOBAL APPEND PROPERTY KOLACE_MODULES ${target})
endfunction()

# What sources without Kokkos are compiled with: include paths, the language, MPI (comm adds it).
add_library(kolace_host INTERFACE)
target_include_directories(kolace_host INTERFACE "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_BINARY_DIR}/lib")
target_compile_features(kolace_host INTERFACE cxx_std_20)
if(Kokkos_ENABLE_HIP) # hipcc takes every source for device code otherwise
  target_compile_options(kolace_host INTERFACE -xc++)
endif()

# Options of sources that see Kokkos.
function(kolace_compile_options target)
  kolace_common_options(${target})
  if(Kokkos_ENABLE_CUDA)
    # A host function called on the device would be left out of a kernel with no more than a warning.
    target_compile_options(${target} PRIVATE --expt-relaxed-constexpr -Werror=cross-execution-space-call)
    # nvcc does not take the consteval format strings of fmt 9.
    target_compile_definitions(${target} PRIVATE FMT_USE_CONSTEXPR=1)
  endif()
endfunction()

# Warnings, contracts, and the instruction set where asked: never in the interface.
function(kolace_common_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unknown-pragmas)
  # Square roots as one instruction; nothing here reads errno of them, values do not change.
  target_compile_options(${target} PRIVATE -fno-math-errno)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms in std::string (GCC bug 105651) and in its own vector intrinsics (105593).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
  if(KOLACE_CONTRACTS) # one View type in every source: bounds are checked in all of kolace or in none
    target_compile_definitions(${target} PRIVATE KOLACE_CONTRACTS _GLIBCXX_ASSERTIONS
      KOKKOS_ENABLE_DEBUG_BOUNDS_CHECK=)
  endif()
  if(KOLACE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(KOLACE_NATIVE)
    target_compile_options(${target} PRIVATE -march=native)
  endif()
endfunction()
