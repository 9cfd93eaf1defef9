// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Files: potentials (.yaml, .yace, .kolace.yaml), active sets (.asi) and extended XYZ. CMake
/// component `io`.
///
///   read_potential(), write_potential(), write_yace()   io/potential_file.hpp
///   read_active_set(), write_active_set()   io/active_set_file.hpp
///   ExtxyzReader, write_extxyz(), Frame   io/extxyz.hpp, io/frame.hpp
///   write_file(), write_files()           io/atomic_file.hpp

#include <kolace/evaluate.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/io/potential_file.hpp>
