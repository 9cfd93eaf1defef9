// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/solver_input.hpp>
#include <kolace/config/input_keys.hpp>

#include <algorithm>
#include <map>

namespace kolace::detail {
namespace {

using Kind = SolverOptions::Kind;
using Choice = SolverOptions::Choice;

Kind kind_of(std::string_view name) {
  static std::map<std::string_view, Kind> const kinds{
      {"automatic", Kind::automatic}, {"least_squares", Kind::least_squares},
      {"ridge", Kind::ridge},         {"truncated_svd", Kind::truncated_svd},
      {"l1", Kind::elastic_net},      {"elastic_net", Kind::elastic_net},
      {"evidence", Kind::evidence},   {"ard", Kind::ard},
      {"lbfgs", Kind::lbfgs},         {"lsqr", Kind::lsqr}};
  return kinds.at(name);
}

void read_prior(YamlValue const& value, SolverOptions& options) {
  if (!value.defined() || (value.is_scalar() && value.text() == "none"))
    return;
  options.prior.emplace();
  if (value.is_scalar()) {
    if (value.text() != "smooth")
      value.fail("expected none, smooth or a map of power or decay, l_weight, rank_factor");
    return;
  }
  accept_keys(value, keys_of("fit.solver.prior"));
  auto const read = [&](char const* key, double& target, double most) {
    if (YamlValue const v = value[key]; v.defined()) {
      target = v.number();
      if (!(target >= 0 && target <= most))
        v.fail("out of range (expected 0 to " + std::to_string(static_cast<int>(most)) + ")");
    }
  };
  read("power", options.prior->power, 10);
  read("decay", options.prior->decay, 2);
  if (value["power"].defined() && value["decay"].defined())
    value["decay"].fail("conflicts with power (give one of the two)");
  read("l_weight", options.prior->l_weight, 1000);
  read("rank_factor", options.prior->rank_factor, 1000);
  if (options.prior->rank_factor == 0)
    value["rank_factor"].fail("expected a number above 0");
}

void read_choice(YamlValue const& solver, SolverOptions& options) {
  YamlValue const strength = solver["strength"], choose = solver["choose"];
  bool const automatic = !strength.defined() || (strength.is_scalar() && strength.text() == "auto");
  if (!automatic) {
    options.strength = strength.number();
    if (options.strength < 0)
      strength.fail("expected a non-negative number or auto");
    if (choose.defined())
      choose.fail("conflicts with a number for strength (give one of the two)");
    return;
  }
  options.choice = Choice::gcv;
  if (choose.defined()) {
    std::string const name = choose.text();
    if (name == "validation")
      options.choice = Choice::validation;
    else if (name == "evidence")
      options.choice = Choice::evidence;
    else if (name == "folds")
      options.choice = Choice::folds;
    else if (name != "gcv")
      choose.fail("expected gcv, evidence, validation or folds, got '" + name + "'");
    if (options.choice == Choice::evidence && options.kind != Kind::ridge)
      choose.fail("evidence is available for ridge only");
  }
  if (YamlValue const folds = solver["folds"]; folds.defined()) {
    if (options.choice != Choice::folds)
      folds.fail("requires choose: folds");
    if (folds.integer() < 2 || folds.integer() > 100)
      folds.fail("expected an integer from 2 to 100");
    options.folds = static_cast<int>(folds.integer());
  }
}

} // namespace

SolverOptions read_solver(YamlValue const& solver, FitOptions const& fit) {
  SolverOptions options;
  if (!solver.defined())
    return options;
  YamlValue const type = solver.is_scalar() ? solver : solver.required("type");
  std::string const name = type.text();
  auto const known = input_solvers();
  auto const found =
      std::find_if(known.begin(), known.end(), [&](auto const& d) { return name == d.name; });
  if (found == known.end()) {
    std::string names;
    for (auto const& d : known)
      names += (names.empty() ? "" : ", ") + std::string(d.name);
    type.fail("unknown solver '" + name + "' (expected one of: " + names + ")");
  }
  options.kind = kind_of(name);
  bool const loss_l1 = options.kind == Kind::least_squares || options.kind == Kind::lbfgs;
  bool const loss_l2 = loss_l1 || options.kind == Kind::elastic_net || options.kind == Kind::lsqr;
  if ((fit.l1 > 0 && !loss_l1) || (fit.l2 > 0 && !loss_l2))
    type.fail("'" + name + "' has its own regularization; set loss.L1_coeffs" +
              (loss_l2 ? "" : " and loss.L2_coeffs") + " to 0");
  if (name == "elastic_net" && fit.l2 == 0)
    type.fail("elastic_net takes its quadratic penalty from loss.L2_coeffs, which is 0; set it, or "
              "use l1");
  if (solver.is_scalar()) {
    if (std::find(found->keys.begin(), found->keys.end(), "choose") != found->keys.end())
      options.choice = Choice::gcv;
    return options;
  }
  std::vector<std::string> accepted = found->keys;
  accepted.insert(accepted.begin(), "type");
  accept_keys(solver, accepted);
  if (std::find(accepted.begin(), accepted.end(), "choose") != accepted.end())
    read_choice(solver, options);
  read_prior(solver["prior"], options);
  if (YamlValue const v = solver["iterations"]; v.defined()) {
    if (v.integer() < 1 || v.integer() > 10000000)
      v.fail("expected an integer from 1 to 10000000");
    options.max_iterations = static_cast<int>(v.integer());
  }
  if (YamlValue const v = solver["tolerance"]; v.defined()) {
    options.tolerance = v.number();
    if (!(options.tolerance > 0 && options.tolerance < 1))
      v.fail("expected a number between 0 and 1");
  }
  if (YamlValue const v = solver["committee"]; v.defined()) {
    if (v.integer() < 0 || v.integer() > 1000)
      v.fail("expected an integer from 0 to 1000");
    options.committee = static_cast<int>(v.integer());
  }
  if (YamlValue const v = solver["start"]; v.defined()) {
    options.start = v.number();
    if (!(options.start >= 0 && options.start < 1e6))
      v.fail("expected a non-negative number");
  }
  if (YamlValue const v = solver["seed"]; v.defined())
    options.seed = static_cast<std::uint64_t>(v.integer());
  return options;
}

} // namespace kolace::detail
