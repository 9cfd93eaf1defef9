// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yace_functions.hpp>

#include <kolace/core/host_threads.hpp>
#include <kolace/io/detail/species_blocks.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

namespace kolace::detail {
namespace {

constexpr int largest_rank = 12;
constexpr std::size_t functions_per_task = 512;

std::vector<int> bounded_list(TapeValue const& value, std::size_t count, int low, int high) {
  std::vector<int> numbers;
  numbers.reserve(count);
  value.for_each([&](TapeValue const& item) { numbers.push_back(bounded(item, low, high)); });
  if (numbers.size() != count)
    value.fail("expected " + std::to_string(count) + " numbers, got " +
               std::to_string(numbers.size()));
  return numbers;
}

std::size_t hash_of(CBasisFunction const& f) {
  std::size_t hash = static_cast<std::size_t>(f.center);
  for (auto const* list : {&f.species, &f.n, &f.l})
    for (int const x : *list)
      hash = (hash ^ static_cast<std::size_t>(x)) * 0x9e3779b97f4a7c15u + (hash >> 29);
  return hash;
}

/// Calls work(task, first, last) for parts of [0, n) on the host threads.
void for_each_part(
    std::string const& label, std::size_t n,
    std::function<void(std::size_t task, std::size_t first, std::size_t last)> const& work) {
  std::size_t const tasks = (n + functions_per_task - 1) / functions_per_task;
  for_each_on_host(label, static_cast<int>(tasks), [&](int k) {
    std::size_t const task = static_cast<std::size_t>(k), first = task * functions_per_task;
    work(task, first, std::min(n, first + functions_per_task));
  });
}

} // namespace

bool YaceFunctions::Equal::operator()(std::uint32_t a, std::uint32_t b) const {
  CBasisFunction const &x = (*sums)[a].function, &y = (*sums)[b].function;
  return x.center == y.center && x.species == y.species && x.n == y.n && x.l == y.l;
}

YaceFunctions::Sum YaceFunctions::parse(int center, TapeValue const& value) const {
  int const n_elements = static_cast<int>(species_.size());
  int const rank = bounded(value.required("rank"), 1, largest_rank);
  int const count = bounded(value.required("num_ms_combs"), 0, 100000000);
  if (species_[bounded(value.required("mu0"), 0, n_elements - 1)] != center)
    value.required("mu0").fail("does not match the element of its list");
  CBasisFunction f;
  f.center = center;
  f.n_densities = bounded(value.required("ndensity"), 1, largest_n_densities);
  if (f.n_densities != n_densities_[center])
    value.required("ndensity")
        .fail("expected " + std::to_string(n_densities_[center]) +
              " (that of the embedding), got " + std::to_string(f.n_densities));
  std::size_t const size = rank;
  f.species = bounded_list(value.required("mus"), size, 0, n_elements - 1);
  for (int& mu : f.species)
    mu = species_[mu];
  f.n = bounded_list(value.required("ns"), size, 1, largest_n);
  f.l = bounded_list(value.required("ls"), size, 0, largest_l);
  f.m = bounded_list(value.required("ms_combs"), size * count, -largest_l, largest_l);
  f.c = value.required("ctildes").numbers();
  if (f.c.size() != static_cast<std::size_t>(count) * f.n_densities)
    value.required("ctildes").fail(
        "expected " + std::to_string(static_cast<long>(count) * f.n_densities) +
        " numbers (num_ms_combs times ndensity), got " + std::to_string(f.c.size()));
  if (std::accumulate(f.l.begin(), f.l.end(), 0) % 2 != 0)
    value.required("ls").fail("the sum of l must be even");
  sort_factors(f);
  std::size_t const hash = hash_of(f);
  return {std::move(f), value.line(), hash};
}

void YaceFunctions::add(Sum&& sum) {
  sums_.push_back(std::move(sum));
  auto const [entry, fresh] = known_.insert(static_cast<std::uint32_t>(sums_.size() - 1));
  if (fresh)
    return;
  CBasisFunction const& further = sums_.back().function;
  CBasisFunction& function = sums_[*entry].function;
  function.m.insert(function.m.end(), further.m.begin(), further.m.end());
  function.c.insert(function.c.end(), further.c.begin(), further.c.end());
  sums_.pop_back();
}

void YaceFunctions::read(int center, TapeValue const& function) {
  add(parse(center, function));
}

void YaceFunctions::read(int center, std::span<UnparsedItem const> functions) {
  std::vector<Sum> parsed(functions.size());
  for_each_part("kolace::io: functions of a .yace file", functions.size(),
                [&](std::size_t, std::size_t first, std::size_t last) {
                  YamlTape tape;
                  for (std::size_t k = first; k < last; ++k)
                    parsed[k] = parse(center, functions[k].parse(path_, "functions", tape));
                });
  sums_.reserve(sums_.size() + parsed.size());
  known_.reserve(sums_.size() + parsed.size());
  for (Sum& sum : parsed)
    add(std::move(sum));
}

YaceFunctions::Coupled YaceFunctions::coupled() {
  std::size_t const tasks = (sums_.size() + functions_per_task - 1) / functions_per_task;
  std::vector<std::set<CBasisConverter::Key>> keys(tasks);
  for_each_part("kolace::io: couplings of a .yace file", sums_.size(),
                [&](std::size_t task, std::size_t first, std::size_t last) {
                  for (std::size_t k = first; k < last; ++k)
                    keys[task].insert(CBasisConverter::key(sums_[k].function));
                });
  for (std::size_t task = 1; task < tasks; ++task)
    keys[0].merge(keys[task]);
  CBasisConverter converter;
  if (tasks > 0)
    converter.prepare(keys[0]);
  std::vector<Coupled> parts(tasks);
  for_each_part(
      "kolace::io: sums of a .yace file", sums_.size(),
      [&](std::size_t task, std::size_t first, std::size_t last) {
        Coupled& part = parts[task];
        for (std::size_t k = first; k < last; ++k)
          try {
            part.residue =
                std::max(part.residue,
                         converter.append(sums_[k].function, part.functions, part.coefficients));
            sums_[k].function = {}; // free memory: files may be large
          } catch (InputError const& error) {
            throw InputError({path_, 0, sums_[k].line}, std::string("functions: ") + error.what());
          }
      });
  known_.clear();
  sums_.clear();
  Coupled all;
  for (Coupled& part : parts) {
    all.residue = std::max(all.residue, part.residue);
    std::ranges::move(part.functions, std::back_inserter(all.functions));
    std::ranges::move(part.coefficients, std::back_inserter(all.coefficients));
  }
  return all;
}

} // namespace kolace::detail
