// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Fitting potentials. CMake component `fit`.
///
///   Dataset                 labelled structures from files or the caller (dataset/dataset.hpp)
///   build_basis()           a basis from limits on n and l (model/basis_builder.hpp)
///   read_fit_input()        basis, data and options from an input.yaml (config/input.hpp)
///   fit_potential()         FitOptions -> FitResult (fit/options.hpp, fit/fit.hpp)
///   assemble_factor_set(), fit_factors()   factors of the data, stored for later fits (assembly/)
///   DesignAssembler<Space>  design rows for the caller's own solver (design/design_rows.hpp)
///   write_report()          report.json (report/report.hpp)

#include <kolace/assembly/assemble.hpp>
#include <kolace/comm/communicator.hpp>
#include <kolace/config/input.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/io.hpp>
#include <kolace/model/basis_builder.hpp>
#include <kolace/report/report.hpp>
