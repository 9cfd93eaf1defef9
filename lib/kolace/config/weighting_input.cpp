// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/weighting_input.hpp>
#include <kolace/config/input_keys.hpp>

#include <array>

namespace kolace::detail {
namespace {

constexpr char const* uniform = "UniformWeightingPolicy";
constexpr char const* energy_based = "EnergyBasedWeightingPolicy";
constexpr char const* external = "ExternalWeightingPolicy";

std::string policy_name(YamlValue const& value) {
  return value["type"].defined() ? value["type"].text() : uniform;
}

/// Choice for one of a few words; `fallback` if the key is absent.
template <class Choice, std::size_t n>
Choice choose(YamlValue const& value, std::array<std::pair<char const*, Choice>, n> const& words,
              Choice fallback) {
  if (!value.defined())
    return fallback;
  std::string const text = value.text();
  std::string accepted;
  for (auto const& [word, choice] : words) {
    if (text == word)
      return choice;
    accepted += std::string(accepted.empty() ? "" : ", ") + word;
  }
  value.fail("expected one of " + accepted + ", got '" + text + "'");
}

/// True if the key is absent or has pacemaker's word for "not set".
bool is_none(YamlValue const& value) {
  return !value.defined() ||
         (value.is_scalar() && (value.text() == "None" || value.text() == "none"));
}

void read_energy_based(YamlValue const& value, Weighting& weighting) {
  auto const positive = [&](char const* key, double& target) {
    if (YamlValue const v = value[key]; !is_none(v)) {
      target = v.number();
      if (!(target > 0))
        v.fail("expected a positive number");
    }
  };
  positive("DE", weighting.energy_softening);
  positive("DF", weighting.force_softening);
  positive("DEup", weighting.energy_limit);
  positive("DFup", weighting.force_limit);
  positive("DElow", weighting.low_energy);
  if (YamlValue const v = value["wlow"]; !is_none(v)) {
    weighting.low_share = v.number();
    if (!(*weighting.low_share > 0 && *weighting.low_share <= 1))
      v.fail("expected a fraction above 0 and up to 1, or None");
  }
  auto const count = [&](char const* key, long& target) {
    if (YamlValue const v = value[key]; !is_none(v) && v.integer() != -1) {
      target = v.integer();
      if (target < 1)
        v.fail("expected a positive number of structures");
    }
  };
  count("nfit", weighting.n_structures);
  count("n_lower", weighting.n_low);
  count("n_upper", weighting.n_up);
  if (weighting.n_structures >= 0 && (weighting.n_low >= 0 || weighting.n_up >= 0))
    value["nfit"].fail("conflicts with n_lower and n_upper (give nfit or these)");
  weighting.zero = choose(value["energy"],
                          std::array{std::pair{"convex_hull", Weighting::Zero::convex_hull},
                                     std::pair{"cohesive", Weighting::Zero::lowest}},
                          weighting.zero);
  weighting.kept = choose(value["reftype"],
                          std::array{std::pair{"all", Weighting::Kept::all},
                                     std::pair{"bulk", Weighting::Kept::bulk},
                                     std::pair{"cluster", Weighting::Kept::clusters}},
                          weighting.kept);
  if (YamlValue const v = value["seed"]; !is_none(v)) {
    if (v.integer() < 0)
      v.fail("expected a non-negative integer");
    weighting.seed = static_cast<std::uint64_t>(v.integer());
  }
}

void read_groups(YamlValue const& groups, Weighting& weighting) {
  for (std::string const& group : groups.keys()) {
    GroupWeights& weights = weighting.by_config_type[group];
    YamlValue const entry = groups[group];
    if (entry.is_scalar()) {
      weights.energy = weights.forces = weights.virial = entry.number();
    } else {
      accept_keys(entry, keys_of("fit.weighting.config_type"));
      for (auto const& [key, target] :
           {std::pair{"energy", &weights.energy}, std::pair{"forces", &weights.forces},
            std::pair{"virial", &weights.virial}})
        if (entry[key].defined())
          *target = entry[key].number();
    }
    if (weights.energy < 0 || weights.forces < 0 || weights.virial < 0)
      entry.fail("expected non-negative weights");
  }
}

} // namespace

Weighting read_weighting(YamlValue const& value) {
  Weighting weighting;
  if (!value.defined())
    return weighting;
  std::string const name = policy_name(value);
  if (name == energy_based) {
    weighting.policy = Weighting::Policy::energy_based;
  } else if (name == external) {
    value.required("filename");
  } else if (name != uniform) {
    value["type"].fail(std::string("expected ") + uniform + ", " + energy_based + " or " +
                       external + ", got '" + name + "'");
  }
  std::vector<std::string> accepted = keys_of("fit.weighting");
  for (std::string const& key : keys_of("fit.weighting." + name)) // none of the uniform policy
    accepted.push_back(key);
  accept_keys(value, accepted);
  if (name == energy_based)
    read_energy_based(value, weighting);
  if (value["config_type"].defined())
    read_groups(value["config_type"], weighting);
  return weighting;
}

YamlValue external_weights_file(YamlValue const& weighting) {
  return weighting["filename"];
}

} // namespace kolace::detail
