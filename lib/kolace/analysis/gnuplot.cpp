// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/plot.hpp>

#include <fmt/format.h>

#include <cmath>
#include <ostream>

namespace kolace {
namespace {

/// Text in double quotes, with quotes and backslashes escaped.
std::string quoted(std::string const& text) {
  std::string result = "\"";
  for (char const c : text)
    result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return result + "\"";
}

} // namespace

void write_gnuplot(std::ostream& out, Plot const& plot, std::string const& picture) {
  for (std::size_t k = 0; k < plot.series.size(); ++k) {
    out << fmt::format("$series{} << end\n", k);
    for (auto const& [x, y] : plot.series[k].points)
      if (std::isfinite(x) && std::isfinite(y))
        out << fmt::format("{} {}\n", x, y);
    out << "end\n";
  }
  out << "set terminal svg size 760,480 noenhanced background rgb 'white'\n"
      << "set output " << quoted(picture) << "\nset title " << quoted(plot.title) << "\nset xlabel "
      << quoted(plot.x_label) << "\nset ylabel " << quoted(plot.y_label) << "\nset grid\n";
  if (plot.log_x)
    out << "set logscale x\n";
  if (plot.log_y)
    out << "set logscale y\n";
  if (plot.y_max > plot.y_min)
    out << fmt::format("set yrange [{}:{}]\n", plot.y_min, plot.y_max);
  for (std::size_t k = 0; k < plot.series.size(); ++k)
    out << (k == 0 ? "plot " : ", \\\n     ") << fmt::format("$series{} with ", k)
        << (plot.series[k].markers ? "points pt 7 ps 0.4" : "lines lw 1.5")
        << (plot.series[k].dashed ? " dt 2" : "") << " title " << quoted(plot.series[k].name);
  out << "\n";
}

} // namespace kolace
