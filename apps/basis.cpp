// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/model/basis_builder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kolace::apps {
namespace {

struct BasisArguments {
  std::vector<std::string> elements;
  std::vector<int> nradmax, lmax;
  long limit = 0;
  bool list = false;
};

void basis(BasisArguments const& arguments) {
  ElementSet const elements(arguments.elements);
  if (elements.size() > 12)
    throw InputError("--elements: expected 1 to 12 elements");
  BlockLimits const limits{arguments.nradmax, arguments.lmax};
  check_limits(limits, elements.size(), [](bool radial, std::string const& message) {
    throw InputError((radial ? "--nradmax: " : "--lmax: ") + message);
  });
  if (arguments.limit < 0)
    throw InputError("--functions-per-element: must be non-negative");
  std::vector<std::optional<BlockLimits>> const every(elements.size(), limits);
  auto const result =
      build_basis(elements, std::vector<BondSpecification>(elements.size() * elements.size()),
                  make_blocks(elements.size(), every), static_cast<std::size_t>(arguments.limit));
  std::vector<int> per_rank(result->max_rank() + 1, 0);
  for (BasisFunction const& f : result->functions()) {
    ++per_rank[f.rank()];
    if (arguments.list)
      fmt::print("rank {}  {}\n", f.rank(), describe(f, elements));
  }
  for (int rank = 1; rank <= result->max_rank(); ++rank)
    fmt::print("rank {} (body order {}): {}\n", rank, rank + 1, per_rank[rank]);
  fmt::print("total {}\n", result->size());
}

} // namespace

Run add_basis(CLI::App& app) {
  auto arguments = std::make_shared<BasisArguments>();
  CLI::App* const command = app.add_subcommand("basis", "Count and list the functions of a basis");
  command->add_option("--elements", arguments->elements, "Chemical symbols")
      ->required()
      ->delimiter(',');
  command
      ->add_option("--nradmax", arguments->nradmax,
                   "Number of radial functions for each rank, e.g. 45,8,4,3")
      ->required()
      ->delimiter(',');
  command->add_option("--lmax", arguments->lmax, "Largest l for each rank, e.g. 0,3,3,2")
      ->required()
      ->delimiter(',');
  command->add_option("--functions-per-element", arguments->limit,
                      "Keep N functions per element, in power order (default: all)");
  command->add_flag("--list", arguments->list,
                    "Print every function: rank, elements (center first), n, l, L");
  command->footer("The rank is the number of neighbors in a product; body order = rank + 1.\n"
                  "Example: kolace basis --elements C --nradmax 45,8,4,3 --lmax 0,3,3,2");
  return [arguments] { basis(*arguments); };
}

} // namespace kolace::apps
