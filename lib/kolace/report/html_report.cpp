// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/counted.hpp>
#include <kolace/report/html_report.hpp>

#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/version.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/radial/radial_basis.hpp>
#include <kolace/report/error_plots.hpp>
#include <kolace/structure/prototypes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <ostream>

namespace kolace {
namespace {

constexpr char const* style = R"(<style>
body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:1180px;margin:2em auto;padding:0 1.2em}
h1{font-size:1.6em;margin-bottom:.1em} h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #ddd}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.6em 0}
th,td{padding:.18em .75em;text-align:right;border-bottom:1px solid #eee}
th:first-child,td:first-child{text-align:left} thead th{border-bottom:1px solid #999}
tr.set td{font-weight:600} .muted{color:#666} .row{display:flex;flex-wrap:wrap;gap:1em}
.warning{background:#fdf3e1;border-left:4px solid #edae49;padding:.4em .8em;margin:.4em 0}
.good{background:#e9f5ee;border-left:4px solid #2e8b57;padding:.4em .8em}
pre{background:#f6f6f6;padding:.8em;overflow:auto} svg{max-width:100%;height:auto}
</style>
)";

std::string milli(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f}", 1000 * value) : "–";
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f} %", 100 * share) : "–";
}

std::string error_row(std::string const& name, ErrorSums const& s, bool whole_set) {
  return fmt::format("<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
                     "<td>{}</td><td>{}</td></tr>\n",
                     whole_set ? " class='set'" : "", xml_escaped(name), s.n_structures,
                     milli(s.energy_rmse()), milli(s.energy_mae()), milli(s.force_rmse()),
                     milli(s.force_mae()), milli(s.virial_rmse()), milli(s.virial_mae()));
}

void write_error_table(std::ostream& out, FitResult const& result) {
  out << "<table><thead><tr><th></th><th>structures</th><th>energy RMSE<br>meV/atom</th>"
         "<th>MAE</th><th>forces RMSE<br>meV/Å</th><th>MAE</th><th>virial RMSE<br>meV/atom</th>"
         "<th>MAE</th></tr></thead><tbody>\n";
  auto const add = [&](ErrorTable const& table, std::string const& name) {
    out << error_row(name, table.total, true);
    if (table.by_config_type.size() > 1)
      for (auto const& [group, sums] : table.by_config_type)
        out << error_row(group, sums, false);
  };
  add(result.train, "training set");
  if (result.test)
    add(*result.test, "test set");
  out << "</tbody></table>\n";
}

void write_summary(std::ostream& out, FitResult const& result, ReportContents const& contents) {
  BuildInfo const build = build_info();
  std::string symbols;
  for (std::string const& symbol : result.potential.basis->elements().symbols())
    symbols += (symbols.empty() ? "" : ", ") + symbol;
  SolverResult const& solver = result.solver;
  out << fmt::format("<h1>{}</h1>\n<p class='muted'>kolace {} ({})</p>\n",
                     xml_escaped(contents.title), build.version, build.git_hash)
      << fmt::format(
             "<p>Linear ACE potential for {} with {}, cutoff {:g} Å, fitted to {} ({}, {}, {}). "
             "Solver "
             "{}{}{}; κ = {:.4g}, κ<sub>virial</sub> = {:.4g}; coefficient norm {:.3g} eV; "
             "free-atom energies: {}.</p>\n",
             symbols, counted(result.n_functions, "function"), result.potential.basis->cutoff(),
             counted(result.train.total.n_structures, "structure"),
             counted(result.rows_energy, "energy"), counted(result.rows_forces, "force component"),
             counted(result.rows_virial, "virial component"), solver.name,
             solver.strength > 0 ? fmt::format(", strength {:.3g}", solver.strength) : "",
             solver.score_name.empty() ? "" : " by " + xml_escaped(solver.score_name), result.kappa,
             result.kappa_virial, result.coefficient_norm, xml_escaped(result.reference_source));
  if (result.warnings.empty())
    out << "<p class='good'>No warnings.</p>\n";
  for (std::string const& warning : result.warnings)
    out << "<p class='warning'>" << xml_escaped(warning) << "</p>\n";
}

void write_uncertainty(std::ostream& out, FitResult const& result) {
  if (!result.calibration)
    return;
  Calibration const& c = *result.calibration;
  out << fmt::format("<h2>Uncertainty</h2>\n<p>Predicted deviations are calibrated: {} left "
                     "out of the fit one by one, and {} of their energies and {} of their "
                     "force components lie within one predicted deviation.",
                     counted(c.n_structures, "structure"), percent(c.energy_coverage),
                     percent(c.force_coverage));
  if (result.test_deviations) {
    DeviationTable const& d = *result.test_deviations;
    out << fmt::format(
        " On the test set {} and {} do; the median deviations are {} meV/atom and {} "
        "meV/Å.",
        percent(d.energy_coverage), percent(d.force_coverage), milli(d.median_energy),
        milli(d.median_force));
  }
  out << "</p>\n";
}

void write_error_plots(std::ostream& out, ReportContents const& contents) {
  struct Kind {
    char const *name, *unit, *small_unit;
    std::vector<ParityPoint> Predictions::*points;
  };
  constexpr Kind kinds[] = {
      {"Energies relative to free atoms", "eV/atom", "meV/atom", &Predictions::energies},
      {"Forces", "eV/Å", "meV/Å", &Predictions::forces},
      {"Virials", "eV/atom", "meV/atom", &Predictions::virials}};
  if (!contents.train)
    return;
  out << "<h2>Predictions and labels</h2>\n";
  for (Kind const& kind : kinds) {
    if ((contents.train->*kind.points).empty() &&
        (!contents.test || (contents.test->*kind.points).empty()))
      continue;
    out << "<div class='row'>\n";
    for (auto const& [name, set] :
         {std::pair{"training set", contents.train}, std::pair{"test set", contents.test}})
      if (set && !(set->*kind.points).empty())
        write_parity_svg(out, set->*kind.points, fmt::format("{}, {}", kind.name, name), kind.unit);
    Predictions const& judged =
        contents.test && !(contents.test->*kind.points).empty() ? *contents.test : *contents.train;
    write_error_histogram_svg(out, judged.*kind.points, judged.groups, 1000,
                              fmt::format("Errors: {}, {}", kind.name,
                                          &judged == contents.test ? "test set" : "training set"),
                              kind.small_unit);
    out << "</div>\n";
  }
}

void write_ladder_plot(std::ostream& out, FitResult const& result) {
  if (result.ladder.size() > 1) {
    Plot plot{"Models of the path", "number of functions", "loss", {}, 0, 0, true, true};
    PlotSeries train{"training set", {}, false, false}, test{"test set", {}, false, true};
    for (LadderStep const& step : result.ladder) {
      train.points.emplace_back(step.n_functions,
                                step.train.total.loss(result.kappa, result.kappa_virial));
      if (step.test)
        test.points.emplace_back(step.n_functions,
                                 step.test->total.loss(result.kappa, result.kappa_virial));
    }
    plot.series.push_back(std::move(train));
    if (!test.points.empty())
      plot.series.push_back(std::move(test));
    out << "<h2>Model path</h2>\n";
    write_svg(out, plot);
  }
  if (result.solver.curve.size() > 1) {
    Plot plot{"Iterations", "iteration", "loss", {}, 0, 0, true, true};
    PlotSeries train{"training set", {}, false, false}, test{"test set", {}, false, true};
    for (LearningPoint const& point : result.solver.curve) {
      train.points.emplace_back(point.iteration, point.train);
      test.points.emplace_back(point.iteration, point.validation);
    }
    plot.series = {std::move(train), std::move(test)};
    out << "<h2>Learning curve</h2>\n";
    write_svg(out, plot);
  }
}

/// Distances of a scan from `first` to the cutoff, Angstrom.
std::vector<double> scan_distances(double first, double cutoff) {
  return dimer_distances(std::min(first, 0.5 * cutoff), cutoff, 240, false);
}

void write_dimer_plot(std::ostream& out, FitResult const& result, ReportContents const& contents) {
  auto const& elements = result.potential.basis->elements();
  Plot plot{"Dimers (dot: shortest distance in the data)", "distance, Å", "energy, eV", {}};
  double lowest = 0;
  bool const only_like = elements.size() > 4; // more curves could not be told apart
  DimerScanner scan({}, result.potential);
  for (DimerCheck const& check : contents.dimers) {
    int const a = elements.species(check.a), b = elements.species(check.b);
    if (only_like && a != b)
      continue;
    double const radii =
        covalent_radius(*atomic_number(check.a)) + covalent_radius(*atomic_number(check.b));
    PlotSeries series{check.a + "-" + check.b, {}, false, false};
    for (DimerPoint const& p :
         scan(a, b, scan_distances(0.35 * radii, result.potential.basis->cutoff()))) {
      series.points.emplace_back(p.r, p.energy);
      lowest = std::min(lowest, p.energy);
    }
    plot.series.push_back(std::move(series));
  }
  if (plot.series.empty())
    return;
  std::size_t const n = plot.series.size();
  for (std::size_t k = 0; k < n && n == 1; ++k) {
    DimerCheck const& check = contents.dimers[k];
    auto const at = scan(elements.species(check.a), elements.species(check.b),
                         {check.shortest, check.shortest + 0.01});
    plot.series.push_back(
        {"shortest distance in the data", {{at[0].r, at[0].energy}}, true, false});
  }
  if (n > 1)
    plot.title = only_like ? "Dimers of like atoms" : "Dimers";
  plot.y_min = std::max(1.15 * lowest, -100.) - 0.2;
  plot.y_max = std::max(10., -2 * plot.y_min);
  write_svg(out, plot);
}

/// Plots the energies of simple crystals of each element against the shortest distance.
void write_crystal_plot(std::ostream& out, FitResult const& result) {
  using Space = Kokkos::DefaultExecutionSpace;
  auto const& symbols = result.potential.basis->elements().symbols();
  Space const space;
  Evaluator<Space> evaluator(space, result.potential);
  Plot plot{
      "Simple crystals", "shortest distance, Å", "energy relative to free atoms, eV/atom", {}};
  double lowest = 0;
  for (std::size_t e = 0; e < symbols.size(); ++e) {
    int const number = *atomic_number(symbols[e]);
    for (Crystal const& crystal : simple_crystals(number, number)) {
      if (symbols.size() > 1 && crystal.name != "fcc" && crystal.name != "bcc")
        continue;
      PlotSeries series{
          symbols[e] + " " + crystal.name, {}, false, symbols.size() > 1 && crystal.name == "bcc"};
      std::vector<Structure> structures;
      for (int k = 0; k <= 90; ++k)
        structures.push_back(crystal.scaled(0.4 + 0.012 * k));
      auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
      for (int k = 0; k <= 90; ++k) {
        double const energy =
            predictions[k].energies.front() - result.potential.reference_energy[e];
        series.points.emplace_back((0.4 + 0.012 * k) * 2 * covalent_radius(number), energy);
        lowest = std::min(lowest, energy);
      }
      plot.series.push_back(std::move(series));
    }
  }
  plot.y_min = std::max(1.15 * lowest, -100.) - 0.2;
  plot.y_max = std::max(10., -2 * plot.y_min);
  write_svg(out, plot);
}

void write_compression_table(std::ostream& out, FitResult const& result) {
  if (result.compression.empty())
    return;
  long const rising = std::count_if(result.compression.begin(), result.compression.end(),
                                    [](CompressionCheck const& c) { return c.rises(); });
  out << fmt::format(
      "<p>Under compression, the energies of {} of {} crystals, dimers and pairs rise: of crystals "
      "and "
      "dimers from the densities of the data to distances of 0.4 times the sum of covalent radii, "
      "of the "
      "closest atoms in the data, pushed together, to 0.7 times their distance.</p>\n",
      rising, result.compression.size());
  if (rising == static_cast<long>(result.compression.size()))
    return;
  out << "<table><thead><tr><th>crystal</th><th>from, Å</th><th>rises down to, Å</th>"
         "<th>then falls by, eV/atom</th></tr></thead><tbody>\n";
  for (CompressionCheck const& c : result.compression)
    if (!c.rises())
      out << fmt::format("<tr><td>{}{} {}</td><td>{:.2f}</td><td>{:.2f}</td><td>{:.3g}</td></tr>\n",
                         c.a, c.a == c.b ? "" : "-" + c.b, c.crystal, c.start, c.rises_down_to,
                         c.fall);
  out << "</tbody></table>\n";
}

void write_dynamics_table(std::ostream& out, FitResult const& result) {
  if (result.dynamics.empty())
    return;
  std::string sentence = dynamics_sentence(result.dynamics);
  sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  out << "<h2>Molecular dynamics</h2>\n<p>" << sentence
      << ". Each moves at 1.5 times the temperature at which it was sampled, as far as its forces "
         "tell, between 300 and 3000 K.</p>\n"
         "<table><thead><tr><th>structure</th><th>simulated cell</th><th>K</th><th>ps</th>"
         "<th>outcome</th></tr></thead><tbody>\n";
  for (TrialRun const& run : result.dynamics)
    out << fmt::format("<tr><td>{}</td><td>{}</td><td>{:.0f}</td><td>{:.2g}</td><td>{}</td></tr>\n",
                       xml_escaped(run.place), run.formula, run.temperature, run.time,
                       !run.collapsed ? "stable"
                       : run.a.empty()
                           ? "collapses"
                           : fmt::format("collapses, {}-{} {:.2f} Å", run.a, run.b, run.distance));
  out << "</tbody></table>\n";
}

void write_radial_plot(std::ostream& out, FitResult const& result) {
  AceBasis const& basis = *result.potential.basis;
  auto const& bond = basis.specification().bond(0, 0);
  RadialBasis const radial(bond.radial);
  int const count = std::min(radial.size(), 6);
  Plot plot{fmt::format("Radial functions g_k, {} ({} of {})", radial_name(bond.radial.kind), count,
                        radial.size()),
            "distance, Å",
            "g",
            {}};
  for (int k = 0; k < count; ++k)
    plot.series.push_back({fmt::format("k = {}", k + 1), {}, false, false});
  for (double const r : dimer_distances(0.05 * radial.cutoff(), radial.cutoff(), 240, false))
    radial.evaluate(r, [&](int k, double g, double) {
      if (k < count)
        plot.series[k].points.emplace_back(r, g);
    });
  write_svg(out, plot);
}

} // namespace

void write_html_report(std::ostream& out, FitResult const& result, ReportContents const& contents) {
  out << "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>"
      << xml_escaped(contents.title) << "</title>\n"
      << style << "</head><body>\n";
  write_summary(out, result, contents);
  out << "<h2>Errors</h2>\n";
  write_error_table(out, result);
  write_uncertainty(out, result);
  write_error_plots(out, contents);
  write_ladder_plot(out, result);
  out << "<h2>Short range</h2>\n";
  write_compression_table(out, result);
  out << "<div class='row'>\n";
  write_crystal_plot(out, result);
  write_dimer_plot(out, result, contents);
  out << "</div>\n";
  write_dynamics_table(out, result);
  out << "<h2>Radial functions</h2>\n";
  write_radial_plot(out, result);
  out << "<h2>Input</h2>\n<pre>" << xml_escaped(contents.input) << "</pre>\n</body></html>\n";
}

} // namespace kolace
