// SPDX-License-Identifier: BSD-3-Clause
#include "module.hpp"

#include <kolace/config/input.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/report/report.hpp>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <sstream>

namespace kolace::python {

namespace {

/// Reports progress to Python, and stops if the user interrupts (Ctrl-C).
class Reporter {
public:
  explicit Reporter(nb::object callback) : callback_(std::move(callback)) {}

  void operator()(std::string const& stage, long done, long total) {
    nb::gil_scoped_acquire const held;
    if (PyErr_CheckSignals() != 0)
      stop();
    if (callback_.is_none())
      return;
    try {
      callback_(stage, done, total);
    } catch (nb::python_error& error) {
      error.restore();
      stop();
    }
  }
  /// Rethrows the Python exception that ended the work, if there is one.
  void rethrow() {
    if (!error_)
      return;
    error_->restore();
    throw nb::python_error();
  }

private:
  [[noreturn]] void stop() {
    error_.emplace(); // fetches the current Python exception
    throw InputError("stopped");
  }

  nb::object callback_;
  std::optional<nb::python_error> error_;
};

struct Fitted {
  FitInput input;
  FitResult result;
  std::string report;
};

Fitted fit_file(std::string const& path, std::optional<std::string> const& factors,
                bool skip_bad_frames, std::size_t memory_mb, Context const& context) {
  FitInputOptions options;
  options.skip_bad_frames = skip_bad_frames;
  options.memory_limit = memory_mb << 20;
  std::optional<FactorSet> set;
  if (factors) {
    set = read_factor_set(*factors);
    options.factors = &*set;
  }
  Fitted fitted{read_fit_input(path, options), {}, {}};
  FitInput const& input = fitted.input;
  fitted.result = set ? fit_factors(context, *set, input.basis, input.options)
                      : fit_potential(context, input.train, input.test, input.basis, input.options);
  fitted.result.potential.spline_width = input.spline_width;
  for (AcePotential& member : fitted.result.committee)
    member.spline_width = input.spline_width;
  std::ostringstream report;
  write_report(report, fitted.result, check_dimers(fitted.result));
  fitted.report = report.str();
  return fitted;
}

nb::dict fit(std::string const& path, std::optional<std::string> const& factors,
             bool skip_bad_frames, std::size_t memory_mb, nb::object progress) {
  initialize();
  Reporter reporter(std::move(progress));
  std::optional<Fitted> fitted;
  try {
    nb::gil_scoped_release const others_run;
    fitted = fit_file(path, factors, skip_bad_frames, memory_mb,
                      {.ranks = Communicator::alone(), .progress = std::ref(reporter)});
  } catch (InputError const&) {
    reporter.rethrow();
    throw;
  }
  nb::list committee;
  for (AcePotential& member : fitted->result.committee)
    committee.append(potential_object(std::move(member)));
  nb::dict result;
  result["potential"] = potential_object(std::move(fitted->result.potential));
  result["committee"] = committee;
  result["report"] = fitted->report;
  result["text"] = format_report(fitted->result);
  std::vector<std::string> warnings = fitted->input.warnings;
  warnings.insert(warnings.end(), fitted->result.warnings.begin(), fitted->result.warnings.end());
  result["warnings"] = warnings;
  result["notes"] = fitted->input.notes;
  return result;
}

} // namespace

void add_fitting(nb::module_& module) {
  module.def("fit", &fit, nb::arg("path"), nb::arg("factors").none(), nb::arg("skip_bad_frames"),
             nb::arg("memory_mb"), nb::arg("progress").none());
}

} // namespace kolace::python
