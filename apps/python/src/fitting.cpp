// SPDX-License-Identifier: BSD-3-Clause
#include "module.hpp"

#include <kolace/api/fit.hpp>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <functional>
#include <optional>

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

nb::dict fit(std::string const& path, std::optional<std::string> const& factors,
             bool skip_bad_frames, std::size_t memory_mb, nb::object progress) {
  initialize();
  Reporter reporter(std::move(progress));
  std::optional<Fit> fitted;
  try {
    nb::gil_scoped_release const others_run;
    fitted = fit_file(
        path, {.factors = factors.value_or(""),
               .skip_bad_frames = skip_bad_frames,
               .memory_limit = memory_mb << 20,
               .context = {.ranks = Communicator::alone(), .progress = std::ref(reporter)}});
  } catch (InputError const&) {
    reporter.rethrow();
    throw;
  }
  nb::list committee;
  for (AcePotential const& member : fitted->committee())
    committee.append(potential_object(member));
  nb::dict result;
  result["potential"] = potential_object(fitted->potential());
  result["committee"] = committee;
  result["report"] = fitted->report();
  result["text"] = fitted->text();
  result["warnings"] = fitted->warnings();
  result["notes"] = fitted->notes();
  return result;
}

} // namespace

void add_fitting(nb::module_& module) {
  module.def("fit", &fit, nb::arg("path"), nb::arg("factors").none(), nb::arg("skip_bad_frames"),
             nb::arg("memory_mb"), nb::arg("progress").none());
}

} // namespace kolace::python
