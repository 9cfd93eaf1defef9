#pragma once

/// @file Fitting potentials. CMake component `fit`.
///
///   Dataset                 labelled structures of files or of the caller (dataset/dataset.hpp)
///   build_basis()           a basis from limits of n and l (model/basis_builder.hpp)
///   read_fit_input()        all of it from an input.yaml (config/input.hpp)
///   fit_potential()         FitOptions -> FitResult (fit/options.hpp, fit/fit.hpp)
///   assemble_factor_set(), fit_factors()   what the data say, kept for later (assembly/)
///   DesignAssembler<Space>  rows for a solver of one's own (design/design_rows.hpp)
///   write_report()          report.json (report/report.hpp)

#include <kolace/assembly/assemble.hpp>
#include <kolace/comm/communicator.hpp>
#include <kolace/config/input.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/io.hpp>
#include <kolace/model/basis_builder.hpp>
#include <kolace/report/report.hpp>
