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
  bool dashed = false;  ///< the line
};

/// A simple x-y plot.
struct Plot {
  std::string title, x_label, y_label;
  std::vector<PlotSeries> series;
  double y_min = 0, y_max = 0;       ///< shown range; equal: that of the data
  bool log_x = false, log_y = false; ///< logarithmic axes; values <= 0 are left out
};

/// Multiples of a round step (1, 2 or 5 times a power of ten) from low to high, about n of them.
std::vector<double> axis_ticks(double low, double high, int n);

/// Text as it stands in SVG and HTML: <, >, & and quotes replaced.
std::string xml_escaped(std::string const& text);

/// Writes the plot as a self-contained SVG picture. Values that are not finite are left out.
void write_svg(std::ostream& out, Plot const& plot);

/// Writes a gnuplot script, data included, that draws the same plot as `picture` (an SVG file
/// name).
void write_gnuplot(std::ostream& out, Plot const& plot, std::string const& picture);

} // namespace kolace
