// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/api/fit.hpp>

#include <kolace/api/fit_warnings.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/report/report.hpp>

#include <functional>
#include <sstream>
#include <utility>

namespace kolace {

struct Fit::State {
  FitResult result;
  std::vector<std::string> notes;
  std::string text, report;
};

namespace {

FitErrors errors_of(ErrorTable const& table) {
  ErrorSums const& sums = table.total;
  return {.n_structures = sums.n_structures,
          .n_energies = sums.n_energies(),
          .n_forces = sums.n_forces(),
          .n_virials = sums.n_virials(),
          .energy_rmse = sums.energy_rmse(),
          .energy_mae = sums.energy_mae(),
          .force_rmse = sums.force_rmse(),
          .force_mae = sums.force_mae(),
          .virial_rmse = sums.virial_rmse(),
          .virial_mae = sums.virial_mae()};
}

Fit fit_with(FitSettings const& settings,
             std::function<FitInput(FitInputOptions const&)> const& read) {
  Context const& context = settings.context;
  std::optional<FactorSet> factors;
  FitInput input;
  std::string data;
  context.ranks.together([&] {
    FitInputOptions options{.skip_bad_frames = settings.skip_bad_frames,
                            .memory_limit = settings.memory_limit,
                            .ranks = context.ranks,
                            .train = settings.train,
                            .test = settings.test};
    if (!settings.factors.empty()) {
      factors = read_factor_set(settings.factors);
      options.factors = &*factors;
      data = factors->run;
    }
    input = read(options);
    data += input.train.fingerprint() + input.test.fingerprint();
  });
  if (!context.ranks.agree(data))
    throw InputError("the ranks read different data under the same names");
  auto state = std::make_shared<Fit::State>();
  FitResult& result = state->result;
  result = factors ? fit_factors(context, *factors, input.basis, input.options)
                   : fit_potential(context, input.train, input.test, input.basis, input.options);
  result.potential.spline_width = input.spline_width;
  for (AcePotential& member : result.committee)
    member.spline_width = input.spline_width;
  if (context.ranks.is_root()) {
    auto const dimers = check_dimers(result);
    result.warnings = all_warnings(input, result, dimers);
    state->notes = input.notes;
    state->text = format_report(result);
    std::ostringstream report;
    write_report(report, result, dimers);
    state->report = report.str();
  }
  return Fit(std::move(state));
}

} // namespace

Fit::Fit(std::shared_ptr<State const> state) : state_(std::move(state)) {}

AcePotential const& Fit::potential() const {
  return state_->result.potential;
}
std::vector<AcePotential> const& Fit::committee() const {
  return state_->result.committee;
}
FitErrors Fit::train() const {
  return errors_of(state_->result.train);
}
std::optional<FitErrors> Fit::test() const {
  if (!state_->result.test)
    return std::nullopt;
  return errors_of(*state_->result.test);
}
std::vector<std::string> const& Fit::warnings() const {
  return state_->result.warnings;
}
std::vector<std::string> const& Fit::notes() const {
  return state_->notes;
}
std::string const& Fit::text() const {
  return state_->text;
}
std::string const& Fit::report() const {
  return state_->report;
}

Fit fit(std::string const& input, FitSettings const& settings) {
  return fit_with(settings,
                  [&](FitInputOptions const& options) { return parse_fit_input(input, options); });
}

Fit fit_file(std::string const& path, FitSettings const& settings) {
  return fit_with(settings,
                  [&](FitInputOptions const& options) { return read_fit_input(path, options); });
}

} // namespace kolace
