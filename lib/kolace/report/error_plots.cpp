// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/report/error_plots.hpp>

#include <kolace/analysis/plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <ostream>

namespace kolace {
namespace {

constexpr int parity_bins = 96;
constexpr double side = 360, margin_left = 64, margin_top = 34, margin_bottom = 46;
constexpr int fewest_bins = 11, most_bins = 61;
constexpr std::size_t most_groups = 6;

/// Color of a bin: light to dark blue according to the logarithm of its count.
std::string color(long count, long most) {
  double const part =
      most > 1 ? std::log(static_cast<double>(count)) / std::log(static_cast<double>(most)) : 1;
  auto const mix = [&](int light, int dark) {
    return static_cast<int>(std::lround(light + part * (dark - light)));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(158, 8), mix(202, 48), mix(225, 107));
}

double quantile(std::vector<double> values, double share) {
  auto const at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

} // namespace

void write_parity_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                      std::string const& title, std::string const& unit) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (ParityPoint const& p : points) {
    low = std::min(low, p.label);
    high = std::max(high, p.label);
  }
  if (!(low <= high))
    low = 0, high = 1;
  double const pad = std::max(0.03 * (high - low), 1e-9 * std::max(std::abs(low), std::abs(high)));
  low -= pad > 0 ? pad : 0.5;
  high += pad > 0 ? pad : 0.5;
  std::map<std::pair<int, int>, long> counts;
  long beyond = 0, most = 0;
  auto const bin = [&](double x) {
    return static_cast<int>(std::floor((x - low) / (high - low) * parity_bins));
  };
  for (ParityPoint const& p : points) {
    if (!(p.predicted >= low && p.predicted < high)) {
      ++beyond;
      continue;
    }
    most = std::max(most, ++counts[{bin(p.label), bin(p.predicted)}]);
  }
  double const width = margin_left + side + 14, height = margin_top + side + margin_bottom;
  out << fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' "
                     "height='{1}' font-family='sans-serif' font-size='12'>\n",
                     width, height)
      << "<rect width='100%' height='100%' fill='white'/>\n"
      << fmt::format("<text x='{}' y='20' text-anchor='middle' font-size='14'>{}</text>\n",
                     margin_left + side / 2, xml_escaped(title));
  auto const at_x = [&](double x) { return margin_left + (x - low) / (high - low) * side; };
  auto const at_y = [&](double y) { return margin_top + side - (y - low) / (high - low) * side; };
  for (double const t : axis_ticks(low, high, 5))
    out << fmt::format(
        "<line x1='{0:.1f}' x2='{0:.1f}' y1='{1:.1f}' y2='{2:.1f}' stroke='#e4e4e4'/>"
        "<line x1='{3:.1f}' x2='{4:.1f}' y1='{5:.1f}' y2='{5:.1f}' "
        "stroke='#e4e4e4'/><text x='{0:.1f}' y='{6:.1f}' "
        "text-anchor='middle'>{7:g}</text><text x='{8:.1f}' y='{9:.1f}' "
        "text-anchor='end'>{7:g}</text>\n",
        at_x(t), margin_top, margin_top + side, margin_left, margin_left + side, at_y(t),
        margin_top + side + 16, t, margin_left - 5, at_y(t) + 4);
  double const size = side / parity_bins;
  for (auto const& [where, count] : counts)
    out << fmt::format("<rect x='{:.1f}' y='{:.1f}' width='{:.2f}' height='{:.2f}' fill='{}'/>\n",
                       margin_left + where.first * size,
                       margin_top + side - (where.second + 1) * size, size + 0.15, size + 0.15,
                       color(count, most));
  out << fmt::format("<line x1='{:.1f}' y1='{:.1f}' x2='{:.1f}' y2='{:.1f}' stroke='#d1495b' "
                     "stroke-dasharray='4 3'/>\n",
                     at_x(low), at_y(low), at_x(high), at_y(high))
      << fmt::format("<rect x='{}' y='{}' width='{}' height='{}' fill='none' stroke='#333'/>\n",
                     margin_left, margin_top, side, side)
      << fmt::format("<text x='{}' y='{}' text-anchor='middle'>label, {}</text>\n",
                     margin_left + side / 2, height - 10, xml_escaped(unit))
      << fmt::format("<text transform='translate(14 {}) rotate(-90)' "
                     "text-anchor='middle'>prediction, {}</text>\n",
                     margin_top + side / 2, xml_escaped(unit));
  if (beyond > 0)
    out << fmt::format("<text x='{}' y='{}' fill='#d1495b'>{} of {} points are outside</text>\n",
                       margin_left + 8, margin_top + 18, beyond, points.size());
  out << "</svg>\n";
}

void write_error_histogram_svg(std::ostream& out, std::vector<ParityPoint> const& points,
                               std::vector<std::string> const& groups, double scale,
                               std::string const& title, std::string const& unit) {
  Plot plot;
  plot.title = title;
  plot.x_label = "prediction - label, " + unit;
  plot.y_label = "fraction of values, %";
  plot.log_y = true;
  std::vector<double> sizes;
  std::vector<long> totals(groups.size(), 0);
  for (ParityPoint const& p : points) {
    sizes.push_back(std::abs(p.predicted - p.label) * scale);
    ++totals[p.group];
  }
  if (points.empty()) {
    write_svg(out, plot);
    return;
  }
  int const histogram_bins = std::clamp(
      static_cast<int>(2 * std::sqrt(static_cast<double>(points.size()))), fewest_bins, most_bins);
  double const range = std::max(quantile(std::move(sizes), 0.999), 1e-12);
  // Separate series for the largest groups.
  std::vector<int> order(groups.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return totals[a] > totals[b]; });
  std::size_t const n_own = order.size() <= most_groups ? order.size() : most_groups - 1;
  std::vector<std::size_t> series_of(groups.size(), n_own);
  for (std::size_t k = 0; k < n_own; ++k)
    series_of[order[k]] = k;
  std::size_t const n_series = n_own + (n_own < order.size());
  std::vector<std::vector<long>> counts(n_series, std::vector<long>(histogram_bins, 0));
  std::vector<long> of_series(n_series, 0);
  for (ParityPoint const& p : points) {
    double const x = (p.predicted - p.label) * scale;
    int const bin =
        static_cast<int>(std::floor((std::clamp(x / range, -1., 1.) + 1) / 2 * histogram_bins));
    ++counts[series_of[p.group]][std::min(bin, histogram_bins - 1)];
    ++of_series[series_of[p.group]];
  }
  double least = 100; // smallest non-zero fraction in a bin; empty bins are drawn below it
  for (std::size_t k = 0; k < n_series; ++k)
    if (of_series[k] > 0)
      least = std::min(least, 100. / static_cast<double>(of_series[k]));
  for (std::size_t k = 0; k < n_series; ++k) {
    if (of_series[k] == 0)
      continue;
    PlotSeries series;
    series.name = k < n_own ? groups[order[k]] : "others";
    if (series.name.empty())
      series.name = n_series == 1 ? "all" : "no config_type";
    for (int b = 0; b < histogram_bins; ++b) {
      double const share =
          std::max(100. * static_cast<double>(counts[k][b]) / static_cast<double>(of_series[k]),
                   0.5 * least);
      for (int const end : {0, 1})
        series.points.emplace_back((2. * (b + end) / histogram_bins - 1) * range, share);
    }
    plot.series.push_back(std::move(series));
  }
  write_svg(out, plot);
}

} // namespace kolace
