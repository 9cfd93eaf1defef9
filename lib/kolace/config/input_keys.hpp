// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kolace {

/// One key of input.yaml. The reader accepts exactly these keys, and the reference pages are
/// written from them.
struct InputKey {
  enum class Use {
    honored,
    ignored ///< accepted without effect on a linear fit; listed in the output
  };
  std::string_view section; ///< dotted path of the map that holds the key; empty: top level
  std::string_view name;
  std::string_view type;          ///< with its unit, e.g. "number, eV"
  std::string_view default_value; ///< empty: none
  std::string_view text;          ///< one or more sentences
  Use use = Use::honored;
};

/// A map of input.yaml, with the text that introduces its keys.
struct InputSection {
  std::string_view path;
  std::string_view title;
  std::string_view text;
};

/// A value of fit.solver.type.
struct InputSolver {
  std::string_view name;
  std::string_view text;         ///< the objective
  std::vector<std::string> keys; ///< accepted beside `type`
};

/// All keys, section by section, in the order of the documentation.
std::span<InputKey const> input_keys();
std::span<InputSection const> input_sections();
std::span<InputSolver const> input_solvers();

/// Names of the keys of a section, for YamlValue::accept_only.
std::vector<std::string> keys_of(std::string_view section);

/// Names of the keys of a section that are accepted and ignored.
std::vector<std::string> ignored_keys_of(std::string_view section);

} // namespace kolace
