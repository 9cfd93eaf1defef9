// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Fitting potentials. CMake component `fit`.
///
/// * `fit()`, `fit_file()`: the input of `kolace fit` to a `Fit`, with the data of files or of the
///   caller (api/fit.hpp)
/// * `Dataset::of_structures()`: labelled structures of the caller (dataset/dataset.hpp)
/// * `Context`: execution space instance, ranks and callbacks (comm/context.hpp)
/// * `build_basis()`: a basis from limits on n and l (model/basis_builder.hpp)
/// * `DesignAssembler<Space>`: design rows for the caller's own solver (design/design_rows.hpp)

#include <kolace/api/fit.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/io.hpp>
#include <kolace/model/basis_builder.hpp>
