// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/fit_input.hpp>
#include <kolace/config/detail/solver_input.hpp>
#include <kolace/config/detail/weighting_input.hpp>
#include <kolace/config/input_keys.hpp>
#include <kolace/fit/regularization.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace kolace::detail {
namespace {

void read_loss(YamlValue const& loss, FitOptions& options) {
  if (!loss.defined())
    return;
  accept_keys(loss, keys_of("fit.loss"));
  for (char const* key : {"w1_coeffs", "w2_coeffs"}) // weights of functions in the penalties
    if (loss.has(key) && loss[key].number() != 0 && loss[key].number() != 1)
      loss[key].fail("penalties weigh all functions equally (expected 0 or 1); for weights by n "
                     "and l use fit.solver: {type: ridge, prior: ...}");
  if (YamlValue const v = loss["kappa"]; v.defined()) {
    if (v.is_scalar() && v.text() == "auto") {
      options.kappa.reset();
    } else {
      options.kappa = v.number();
      if (*options.kappa < 0 || *options.kappa > 1)
        v.fail("expected a number from 0 to 1 or auto, got '" + v.text() + "'");
    }
  }
  auto const not_negative = [&](char const* key, double& target) {
    if (YamlValue const v = loss[key]; v.defined()) {
      target = v.number();
      if (target < 0)
        v.fail("expected a non-negative number, got '" + v.text() + "'");
    }
  };
  not_negative("kappa_virial", options.kappa_virial);
  options.asks_for_virials = loss.has("kappa_virial");
  not_negative("L2_coeffs", options.l2);
  not_negative("L1_coeffs", options.l1);
}

/// Reads ladder_step: a number of functions, a fraction (below 1) of those present, or a list of
/// both.
std::optional<LadderOptions> read_ladder(YamlValue const& fit) {
  YamlValue const step = fit["ladder_step"], type = fit["ladder_type"];
  if (!step.defined()) {
    if (type.defined())
      type.fail("requires ladder_step");
    return {};
  }
  if (step.is_list() && step.numbers().empty())
    step.fail("expected a number of functions, a fraction between 0 and 1, or a list of these");
  LadderOptions ladder;
  for (double const number : step.is_list() ? step.numbers() : std::vector{step.number()}) {
    bool const share = number > 0 && number < 1;
    if (!share && (number < 1 || number > 1e8 || number != std::floor(number)))
      step.fail("expected a number of functions, a fraction between 0 and 1, or a list of these");
    if (share)
      ladder.fraction = number;
    else
      ladder.step = static_cast<long>(number);
  }
  std::string const order = type.defined() ? type.text() : "body_order";
  if (order != "body_order" && order != "power_order")
    type.fail("expected body_order or power_order, got '" + order + "'");
  ladder.order = order == "body_order" ? LadderOptions::Order::body : LadderOptions::Order::power;
  return ladder;
}

/// Sets the prior of the automatic solver, and takes weights from the data if the input has none.
void choose_automatic_solver(YamlValue const& loss, FitOptions& options) {
  options.solver.prior = SmoothnessPrior{.power = 1};
  bool const kappa = loss.defined() && loss["kappa"].defined(),
             virial = loss.defined() && loss["kappa_virial"].defined();
  LossShares const balanced = balanced_shares();
  if (!kappa)
    options.kappa = balanced.kappa;
  if (!virial)
    options.kappa_virial = balanced.kappa_virial;
  options.weights_from_data = !kappa && !virial;
}

} // namespace

void check_trainable(YamlValue const& value, int n_elements) {
  if (!value.defined())
    return;
  std::vector<std::string> words;
  bool every_block = true;
  if (value.is_map()) { // of blocks
    std::array const sizes{"UNARY", "BINARY", "TERNARY", "QUATERNARY", "QUINARY", "SENARY"};
    for (int n = 0; n < n_elements; ++n)
      every_block = every_block && n < static_cast<int>(sizes.size()) && value.has(sizes[n]);
    every_block = every_block || value.has("ALL");
    for (std::string const& block : value.keys())
      for (std::string const& word : value[block].texts())
        words.push_back(word);
  } else {
    words = value.texts();
  }
  bool const all = std::all_of(words.begin(), words.end(), [](std::string const& word) {
    return word == "ALL" || word == "func" || word == "all";
  });
  if (words.empty() || !all || !every_block)
    value.fail("all coefficients of functions are fitted, radial functions are not (expected ALL "
               "or func); to keep part of a potential fixed, give it as fit.reference_potential");
}

void read_fit_section(YamlValue const& fit, FitOptions& options,
                      std::vector<std::string>& ignored) {
  if (fit.defined())
    accept_keys(fit, keys_of("fit"));
  read_loss(fit["loss"], options);
  if (fit["solver"].defined() || options.l1 > 0 || options.l2 > 0)
    options.solver = read_solver(fit["solver"], options);
  else
    options.solver.kind = SolverOptions::Kind::automatic;
  bool const automatic = options.solver.kind == SolverOptions::Kind::automatic;
  if (automatic)
    choose_automatic_solver(fit["loss"], options);
  options.ladder = read_ladder(fit);
  bool const given = fit.defined() && fit.has("trial_dynamics");
  options.trial_dynamics = given ? fit["trial_dynamics"].boolean() : automatic;
  options.weighting = read_weighting(fit["weighting"]);
  bool const policy_given = fit["weighting"].defined() && fit["weighting"]["type"].defined();
  if (automatic && !policy_given)
    options.weighting.policy = Weighting::Policy::damped;
  for (std::string const& key : ignored_keys_of("fit"))
    if (fit[key].defined())
      ignored.push_back("fit." + key);
  for (std::string const& key : ignored_keys_of("fit.loss"))
    if (fit["loss"][key].defined())
      ignored.push_back("fit.loss." + key);
}

} // namespace kolace::detail
