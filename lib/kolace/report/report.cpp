// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/counted.hpp>
#include <kolace/report/report.hpp>

#include <kolace/core/version.hpp>
#include <kolace/linalg/kernels_version.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <ostream>

#include <sys/resource.h>

namespace kolace {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json errors_json(ErrorSums const& sums, FitResult const& result, double penalty) {
  return {{"n_structures", sums.n_structures},
          {"n_atoms", sums.n_atoms},
          {"loss", sums.loss(result.kappa, result.kappa_virial) + penalty},
          {"energy_rmse_mev_per_atom", number_or_null(1000 * sums.energy_rmse())},
          {"energy_mae_mev_per_atom", number_or_null(1000 * sums.energy_mae())},
          {"force_rmse_mev_per_a", number_or_null(1000 * sums.force_rmse())},
          {"force_mae_mev_per_a", number_or_null(1000 * sums.force_mae())},
          {"virial_rmse_mev_per_atom", number_or_null(1000 * sums.virial_rmse())},
          {"virial_mae_mev_per_atom", number_or_null(1000 * sums.virial_mae())}};
}

Json groups_json(ErrorTable const& table, FitResult const& result) {
  Json groups = Json::object();
  for (auto const& [name, sums] : table.by_config_type)
    groups[name] = errors_json(sums, result, result.solver.penalty);
  return groups;
}

std::string milli(double value) {
  return std::isfinite(value) ? fmt::format("{:.2f}", 1000 * value) : "-";
}

Json uncertainty_json(FitResult const& result) {
  if (!result.calibration)
    return nullptr;
  Calibration const& c = *result.calibration;
  Json json{{"structures_left_out", c.n_structures},
            {"left_out_energies", c.n_energies},
            {"left_out_force_components", c.n_forces},
            {"energy_coverage", number_or_null(c.energy_coverage)},
            {"force_coverage", number_or_null(c.force_coverage)},
            {"test", nullptr}};
  if (result.test_deviations) {
    DeviationTable const& d = *result.test_deviations;
    json["test"] = {{"median_energy_std_mev_per_atom", number_or_null(1000 * d.median_energy)},
                    {"median_force_std_mev_per_a", number_or_null(1000 * d.median_force)},
                    {"energy_coverage", number_or_null(d.energy_coverage)},
                    {"force_coverage", number_or_null(d.force_coverage)}};
  }
  return json;
}

Json solver_json(FitResult const& result) {
  SolverResult const& solver = result.solver;
  Json json{{"type", solver.name},
            {"strength", solver.strength},
            {"chosen_by", solver.score_name.empty() ? Json(nullptr) : Json(solver.score_name)},
            {"degrees_of_freedom", number_or_null(solver.degrees_of_freedom)},
            {"n_nonzero", solver.n_nonzero},
            {"n_without_data", solver.n_without_data},
            {"n_predicted", solver.n_predicted},
            {"coefficient_norm", result.coefficient_norm}};
  if (!solver.scores.empty()) {
    json["scores"] = Json::array();
    for (auto const& [strength, score] : solver.scores)
      json["scores"].push_back({strength, number_or_null(score)});
  }
  if (solver.log_evidence)
    json["log_evidence"] = *solver.log_evidence;
  if (!solver.curve.empty()) {
    json["iterations"] = solver.curve.back().iteration;
    json["converged"] = solver.converged;
  }
  return json;
}

Json ladder_json(FitResult const& result) {
  Json ladder = Json::array();
  for (LadderStep const& step : result.ladder) {
    double const penalty = step.solver.penalty;
    ladder.push_back(
        {{"n_functions", step.n_functions},
         {"body_order", step.body_order},
         {"rank", step.solver.solution.rank},
         {"condition", number_or_null(step.solver.solution.condition)},
         {"strength", step.solver.strength},
         {"n_nonzero", step.solver.n_nonzero},
         {"coefficient_norm", step.coefficient_norm},
         {"train", errors_json(step.train.total, result, penalty)},
         {"test", step.test ? errors_json(step.test->total, result, penalty) : Json(nullptr)}});
  }
  return ladder;
}

std::string solver_lines(FitResult const& result) {
  SolverResult const& solver = result.solver;
  if (solver.name == "least_squares" && solver.n_nonzero == result.n_functions)
    return {};
  std::string text = fmt::format("solver {}", solver.name);
  if (solver.strength > 0)
    text += fmt::format("   strength {:.4g}{}", solver.strength,
                        solver.score_name.empty() ? "" : " (" + solver.score_name + ")");
  if (std::isfinite(solver.degrees_of_freedom))
    text += fmt::format("   degrees of freedom {:.1f}", solver.degrees_of_freedom);
  text += fmt::format("   non-zero coefficients {}", solver.n_nonzero);
  if (solver.n_without_data > 0)
    text += fmt::format(" ({} without data, {})", counted(solver.n_without_data, "function"),
                        solver.n_predicted == 0 ? "set to 0"
                                                : fmt::format("{} of them predicted from similar "
                                                              "ones, the others set to 0",
                                                              solver.n_predicted));
  if (!solver.curve.empty())
    text += fmt::format("   iterations {}", solver.curve.back().iteration);
  text += "\n";
  auto const percent = [](double share) {
    return std::isfinite(share) ? fmt::format("{:.0f} %", 100 * share) : "-";
  };
  if (result.calibration)
    text += fmt::format("uncertainty: calibrated on {} left out one by one ({}, {})\n",
                        counted(result.calibration->n_structures, "structure"),
                        counted(result.calibration->n_energies, "energy"),
                        counted(result.calibration->n_forces, "force component"));
  if (result.test_deviations) {
    DeviationTable const& d = *result.test_deviations;
    text += fmt::format("predicted deviations on the test set (medians): {} meV/atom, {} meV/A; {} "
                        "of the energies and {} of the force components lie within one deviation\n",
                        milli(d.median_energy), milli(d.median_force), percent(d.energy_coverage),
                        percent(d.force_coverage));
  }
  return text;
}

/// Table of at most a dozen models of the path for the console; ladder.csv has all of them.
std::string ladder_lines(FitResult const& result) {
  std::size_t const n = result.ladder.size(), every = (n + 11) / 12;
  std::string text;
  for (std::size_t k = 0; k < n; ++k) {
    if ((n - 1 - k) % every != 0)
      continue;
    if (text.empty())
      text = "path:     N_f   K   loss train   E meV/atom   F meV/A   loss test   E meV/atom   F "
             "meV/A\n";
    LadderStep const& step = result.ladder[k];
    text += fmt::format("{:>13} {:>3}", step.n_functions, step.body_order);
    for (ErrorTable const* table : {&step.train, step.test ? &*step.test : nullptr})
      if (table)
        text +=
            fmt::format("   {:>10.4e} {:>12} {:>9}",
                        table->total.loss(result.kappa, result.kappa_virial) + step.solver.penalty,
                        milli(table->total.energy_rmse()), milli(table->total.force_rmse()));
    text += "\n";
  }
  return text;
}

std::string error_line(std::string const& name, ErrorSums const& s) {
  return fmt::format("{:<24.24} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}\n", name,
                     s.n_structures, milli(s.energy_rmse()), milli(s.energy_mae()),
                     milli(s.force_rmse()), milli(s.force_mae()), milli(s.virial_rmse()),
                     milli(s.virial_mae()));
}

} // namespace

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void write_report(std::ostream& out, FitResult const& result, std::vector<DimerCheck> const& dimers,
                  ResultFiles const& files) {
  BuildInfo const build = build_info();
  Json report;
  report["schema"] = 1;
  report["n_functions"] = result.n_functions;
  report["rows"] = result.rows_energy + result.rows_forces + result.rows_virial;
  report["rows_by_kind"] = {{"energy", result.rows_energy},
                            {"forces", result.rows_forces},
                            {"virial", result.rows_virial}};
  bool const has_factor = result.solver.solution.rank > 0; // lsqr has no factor
  report["rank"] = has_factor ? Json(result.solver.solution.rank) : Json(nullptr);
  report["condition"] = has_factor ? Json(result.solver.solution.condition) : Json(nullptr);
  report["solver"] = solver_json(result);
  report["uncertainty"] = uncertainty_json(result);
  report["kappa"] = result.kappa;
  report["kappa_virial"] = result.kappa_virial;
  report["reference_energy"] = Json::object();
  for (int e = 0; e < result.potential.basis->elements().size(); ++e)
    report["reference_energy"][result.potential.basis->elements().symbols()[e]] =
        result.potential.reference_energy[e];
  report["reference_energy_source"] = result.reference_source;
  double const penalty = result.solver.penalty;
  report["errors_from"] = result.from_factors ? "factors" : "rows";
  report["train"] = errors_json(result.train.total, result, penalty);
  report["test"] = result.test ? errors_json(result.test->total, result, penalty) : Json(nullptr);
  report["by_config_type"] = groups_json(result.train, result);
  if (result.test)
    report["test_by_config_type"] = groups_json(*result.test, result);
  report["dimers"] = Json::array();
  for (DimerCheck const& check : dimers)
    report["dimers"].push_back({{"elements", {check.a, check.b}},
                                {"shortest_distance_a", check.shortest},
                                {"rises_down_to_a", check.rises_down_to},
                                {"largest_fall_ev", check.fall},
                                {"largest_fall_at_a", check.repels_below}});
  report["compression"] = Json::array();
  for (CompressionCheck const& check : result.compression)
    report["compression"].push_back({{"crystal", check.crystal},
                                     {"elements", {check.a, check.b}},
                                     {"from_a", check.start},
                                     {"to_a", check.end},
                                     {"rises", check.rises()},
                                     {"rises_down_to_a", check.rises_down_to},
                                     {"largest_fall_ev_per_atom", number_or_null(check.fall)}});
  report["dynamics"] = Json::array();
  for (TrialRun const& run : result.dynamics)
    report["dynamics"].push_back({{"structure", run.place},
                                  {"formula", run.formula},
                                  {"temperature_k", run.temperature},
                                  {"time_ps", run.time},
                                  {"collapsed", run.collapsed}});
  report["warnings"] = result.warnings;
  report["run"] = files.run;
  report["files"] = files.names;
  report["checksums"] = Json::object();
  for (auto const& [name, checksum] : files.checksums)
    report["checksums"][name] = fmt::format("{:08x}", checksum);
  if (!result.ladder.empty())
    report["ladder"] = ladder_json(result);
  report["labels"] = result.labels;
  report["skipped_frames"] = result.skipped_frames;
  report["dropped_structures"] = result.n_dropped;
  report["seconds"] = Json::object();
  for (auto const& [stage, seconds] : result.seconds)
    report["seconds"][stage] = seconds;
  report["atoms_per_second"] = result.atoms_per_second;
  report["peak_rss_mb"] = peak_memory_mb();
  report["backend"] = build.backend;
  report["threads"] = build.threads;
  report["version"] = build.version;
  report["git_hash"] = build.git_hash;
  report["kokkos_version"] = build.kokkos_version;
  report["kokkos_kernels_version"] = kokkos_kernels_version();
  // A config_type may contain bytes that are not valid UTF-8.
  out << report.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void write_learning_curve(std::ostream& out, SolverResult const& result) {
  out << "iteration,train,validation";
  for (std::string const& name : result.watched)
    out << "," << name << "_rmse_mev_per_" << (name.ends_with("force") ? "a" : "atom");
  out << "\n";
  for (LearningPoint const& point : result.curve) {
    out << fmt::format("{},{},{}", point.iteration, point.train,
                       std::isfinite(point.validation) ? fmt::format("{}", point.validation) : "");
    for (double const square : point.watched)
      out << fmt::format(",{}", 1000 * std::sqrt(square));
    out << "\n";
  }
}

void write_ladder(std::ostream& out, FitResult const& result) {
  bool first = true;
  for (Json const& step : ladder_json(result)) {
    std::string header, line;
    auto const add = [&](std::string const& name, Json const& value) {
      header += (header.empty() ? "" : ",") + name;
      line += (line.empty() ? "" : ",") + (value.is_null() ? std::string() : value.dump());
    };
    for (auto const& [key, value] : step.items())
      if (!value.is_object() && key != "test")
        add(key, value);
    for (char const* set : {"train", "test"})
      for (auto const& [key, value] : step["train"].items())
        add(std::string(set) + "_" + key, step[set].is_null() ? Json(nullptr) : step[set][key]);
    out << (first ? header + "\n" : "") << line << "\n";
    first = false;
  }
}

std::string format_errors(ErrorTable const& table, std::string const& name) {
  std::string text = error_line(name, table.total);
  if (table.by_config_type.size() > 1)
    for (auto const& [group, sums] : table.by_config_type)
      text += error_line("  " + group, sums);
  return text;
}

std::string error_header() {
  return fmt::format("{:<24} {:>8} {:>21} {:>21} {:>21}\n", "", "", "energy meV/atom",
                     "forces meV/A", "virial meV/atom") +
         fmt::format("{:<24} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "", "frames",
                     "RMSE", "MAE", "RMSE", "MAE", "RMSE", "MAE");
}

std::string format_report(FitResult const& result) {
  std::string text = error_header() + format_errors(result.train, "train");
  if (result.test)
    text += format_errors(*result.test, "test");
  if (result.from_factors)
    text += "(from factors: root-mean-square errors, weighted as in the loss)\n";
  Solution const& solution = result.solver.solution;
  text +=
      fmt::format("\nfunctions {}   rows {} (energy {}, forces {}, virial {})", result.n_functions,
                  result.rows_energy + result.rows_forces + result.rows_virial, result.rows_energy,
                  result.rows_forces, result.rows_virial);
  text += solution.rank > 0
              ? fmt::format("   rank {}   condition {:.2e}\n", solution.rank, solution.condition)
              : "   rank and condition unknown\n";
  text += solver_lines(result);
  text += ladder_lines(result);
  text += fmt::format("loss {:.10g}   kappa {:.6g}   kappa_virial {:.6g}   E0 {}\n",
                      result.train.total.loss(result.kappa, result.kappa_virial) +
                          result.solver.penalty,
                      result.kappa, result.kappa_virial, result.reference_source);
  text += "seconds:";
  for (auto const& [stage, seconds] : result.seconds)
    text += fmt::format(" {} {:.2f}", stage, seconds);
  BuildInfo const build = build_info();
  if (!result.from_factors)
    text += fmt::format("   {:.0f} atoms/s", result.atoms_per_second);
  text += fmt::format("   peak memory {:.0f} MB\n", peak_memory_mb());
  text += fmt::format("kolace {} ({}), Kokkos {}, {}, {}\n", build.version, build.git_hash,
                      build.kokkos_version, build.backend, counted(build.threads, "thread"));
  return text;
}

} // namespace kolace
