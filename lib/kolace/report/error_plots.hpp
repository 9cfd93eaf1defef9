// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/report/predictions.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace kolace {

/// Writes predictions against labels as an SVG picture: a square two-dimensional histogram, so that
/// millions of points give a small file. The axes cover the labels; a note counts the points
/// outside.
void write_parity_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                      std::string const& title, std::string const& unit);

/// Writes histograms of prediction minus label, one line per group (at most six; smaller groups are
/// combined), as an SVG picture with a logarithmic axis of fractions in percent. The axis covers
/// all errors except the outermost 1 per 1000.
/// @param scale factor for the errors, e.g. 1000 for meV
void write_error_histogram_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                               std::vector<std::string> const& groups, double scale,
                               std::string const& title, std::string const& unit);

} // namespace kolace
