// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace kolace {

/// A curve or a set of points in a plot.
struct PlotSeries {
  std::string name;
  std::vector<std::pair<double, double>> points;
  bool markers = false; ///< dots instead of a line
  bool dashed = false;  ///< dashed line
};

/// A simple x-y plot.
struct Plot {
  std::string title, x_label, y_label;
  std::vector<PlotSeries> series;
  double y_min = 0, y_max = 0;       ///< visible range; if equal, the range of the data
  bool log_x = false, log_y = false; ///< logarithmic axes; values <= 0 are omitted
};

/// About n multiples of a round step (1, 2 or 5 times a power of ten) from low to high.
std::vector<double> axis_ticks(double low, double high, int n);

/// Text for SVG and HTML, with <, >, & and quotes replaced.
std::string xml_escaped(std::string const& text);

/// Writes the plot as a self-contained SVG picture. Values that are not finite are omitted.
void write_svg(std::ostream& out, Plot const& plot);

/// Writes a gnuplot script that contains the data and draws the same plot to `picture`, the name of
/// an SVG file.
void write_gnuplot(std::ostream& out, Plot const& plot, std::string const& picture);

} // namespace kolace
