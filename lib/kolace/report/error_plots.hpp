#pragma once

#include <kolace/report/predictions.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace kolace {

/// Writes predictions against labels as an SVG picture: a square histogram in two dimensions, so
/// that millions of points stay small. The axes cover the labels; points beyond are counted in a
/// note.
void write_parity_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                      std::string const& title, std::string const& unit);

/// Writes histograms of prediction minus label, one line per group (at most six; smaller ones are
/// together), as an SVG picture with a logarithmic axis of counts. The axis covers all errors but
/// the outermost 1 per 1000.
/// @param scale multiplies the errors
void write_error_histogram_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                               std::vector<std::string> const& groups, double scale,
                               std::string const& title, std::string const& unit);

} // namespace kolace
