// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

namespace kolace {
namespace {

constexpr double width = 760, height = 480, left = 78, right = 20, top = 40, bottom = 56;
constexpr char const* colors[] = {"#0b62a4", "#d1495b", "#2e8b57", "#edae49", "#6a4c93", "#444444"};

struct Axis {
  double low, high, from, to; ///< range of the data, range in the picture
  bool logarithmic = false;

  bool shows(double value) const { return std::isfinite(value) && (!logarithmic || value > 0); }
  double operator()(double value) const {
    double const part =
        logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + part * (to - from);
  }
};

/// Distance of ticks for about n of them: 1, 2 or 5 times a power of ten.
double tick_step(double range, int n) {
  double const raw = range / n, power = std::pow(10., std::floor(std::log10(raw)));
  double const digit = raw / power;
  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

/// Labelled values: multiples of a round step, or 1, 2, 5 (or just 1) times the powers of ten.
std::vector<double> ticks(Axis const& axis, int n) {
  std::vector<double> values;
  if (axis.logarithmic) {
    bool const wide = axis.high / axis.low > 300;
    for (double decade = std::pow(10., std::floor(std::log10(axis.low))); decade <= axis.high;
         decade *= 10)
      for (double const digit : {1., 2., 5.})
        if (double const t = digit * decade;
            t >= axis.low * (1 - 1e-9) && t <= axis.high * (1 + 1e-9) && (digit == 1 || !wide))
          values.push_back(t);
    return values;
  }
  return axis_ticks(axis.low, axis.high, n);
}

void draw_axis(std::ostream& out, Axis const& x, Axis const& y, bool horizontal) {
  Axis const& axis = horizontal ? x : y;
  for (double const value : ticks(axis, horizontal ? 8 : 6)) {
    double const at = axis(value);
    if (horizontal)
      out << fmt::format("<line x1='{0:.1f}' x2='{0:.1f}' y1='{1:.1f}' y2='{2:.1f}' class='g'/>"
                         "<text x='{0:.1f}' y='{3:.1f}' text-anchor='middle'>{4:g}</text>\n",
                         at, y.to, y.from, y.from + 18, value);
    else
      out << fmt::format("<line x1='{0:.1f}' x2='{1:.1f}' y1='{2:.1f}' y2='{2:.1f}' class='g'/>"
                         "<text x='{3:.1f}' y='{4:.1f}' text-anchor='end'>{5:g}</text>\n",
                         x.from, x.to, at, x.from - 6, at + 4, value);
  }
}

} // namespace

std::vector<double> axis_ticks(double low, double high, int n) {
  std::vector<double> values;
  double const step = tick_step(high - low, n), first = std::ceil(low / step - 1e-9);
  for (int k = 0; k < 50 && (first + k) * step <= high + 1e-9 * step; ++k)
    values.push_back((first + k) * step);
  return values;
}

std::string xml_escaped(std::string const& text) {
  std::string result;
  for (char const c : text)
    result += c == '<'    ? "&lt;"
              : c == '>'  ? "&gt;"
              : c == '&'  ? "&amp;"
              : c == '\'' ? "&#39;"
              : c == '"'  ? "&quot;"
                          : std::string(1, c);
  return result;
}

void write_svg(std::ostream& out, Plot const& plot) {
  double const infinity = std::numeric_limits<double>::infinity();
  Axis x{infinity, -infinity, left, width - right}, y{infinity, -infinity, height - bottom, top};
  x.logarithmic = plot.log_x;
  y.logarithmic = plot.log_y;
  for (PlotSeries const& series : plot.series)
    for (auto const& [px, py] : series.points)
      if (x.shows(px) && y.shows(py)) {
        x.low = std::min(x.low, px), x.high = std::max(x.high, px);
        y.low = std::min(y.low, py), y.high = std::max(y.high, py);
      }
  if (plot.y_max > plot.y_min)
    y.low = plot.y_min, y.high = plot.y_max;
  for (Axis* axis : {&x, &y}) {
    if (!(axis->low <= axis->high))
      axis->low = axis->logarithmic ? 1 : 0, axis->high = axis->logarithmic ? 10 : 1;
    if (axis->logarithmic)
      axis->low /= 1.1, axis->high *= 1.1;
    else if (axis->high - axis->low <= 1e-9 * std::max(std::abs(axis->low), std::abs(axis->high)))
      axis->low -= 0.5, axis->high += 0.5;
  }
  out << fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' "
                     "height='{1}' font-family='sans-serif' font-size='13'>\n",
                     width, height)
      << "<style>.g{stroke:#ddd}.f{fill:none;stroke:#333}.l{fill:none;stroke-width:1.8}</style>\n"
      << "<rect width='100%' height='100%' fill='white'/>\n"
      << fmt::format("<clipPath id='c'><rect x='{}' y='{}' width='{}' height='{}'/></clipPath>\n",
                     left, top, width - left - right, height - top - bottom);
  draw_axis(out, x, y, true);
  draw_axis(out, x, y, false);
  out << fmt::format("<rect x='{}' y='{}' width='{}' height='{}' class='f'/>\n", left, top,
                     width - left - right, height - top - bottom)
      << fmt::format("<text x='{}' y='24' text-anchor='middle' font-size='15'>{}</text>\n",
                     (left + width - right) / 2, xml_escaped(plot.title))
      << fmt::format("<text x='{}' y='{}' text-anchor='middle'>{}</text>\n",
                     (left + width - right) / 2, height - 14, xml_escaped(plot.x_label))
      << fmt::format(
             "<text transform='translate(18 {}) rotate(-90)' text-anchor='middle'>{}</text>\n",
             (top + height - bottom) / 2, xml_escaped(plot.y_label));
  out << "<g clip-path='url(#c)'>\n";
  for (std::size_t k = 0; k < plot.series.size(); ++k) {
    PlotSeries const& series = plot.series[k];
    char const* color = colors[k % std::size(colors)];
    std::string path;
    for (auto const& [px, py] : series.points) {
      if (!x.shows(px) || !y.shows(py))
        continue;
      double const at_y = std::clamp(y(py), -10 * height, 10 * height);
      if (series.markers)
        out << fmt::format("<circle cx='{:.2f}' cy='{:.2f}' r='2.2' fill='{}'/>\n", x(px), at_y,
                           color);
      else
        path += fmt::format("{}{:.2f} {:.2f}", path.empty() ? "M" : "L", x(px), at_y);
    }
    if (!path.empty())
      out << fmt::format("<path d='{}' class='l' stroke='{}'{}/>\n", path, color,
                         series.dashed ? " stroke-dasharray='5 4'" : "");
  }
  out << "</g>\n";
  for (std::size_t k = 0; k < plot.series.size(); ++k)
    out << fmt::format("<rect x='{0}' y='{1}' width='14' height='4' fill='{2}'/>"
                       "<text x='{3}' y='{4}'>{5}</text>\n",
                       width - right - 190, top + 14 + 19. * static_cast<double>(k),
                       colors[k % std::size(colors)], width - right - 170,
                       top + 20 + 19. * static_cast<double>(k), xml_escaped(plot.series[k].name));
  out << "</svg>\n";
}

} // namespace kolace
