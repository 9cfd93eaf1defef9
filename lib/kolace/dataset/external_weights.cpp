// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/external_weights.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/io/line_reader.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>

namespace kolace {
namespace {

struct Row {
  double energy = 1;
  std::vector<double> forces; ///< one number, or one per atom
  long line = 0;
};

[[noreturn]] void fail(std::string const& file, long line, std::string const& message) {
  throw InputError(file + ":" + std::to_string(line) + ": " + message);
}

/// Reads the next line; a line break within quotes does not end it.
bool next_line(LineReader& reader, std::string& line) {
  std::string_view part;
  if (!reader.next(part))
    return false;
  line = part;
  while (std::count(line.begin(), line.end(), '"') % 2 != 0 && reader.next(part))
    (line += ' ') += part;
  return true;
}

/// Fields of a line without surrounding spaces; commas within quotes or brackets do not separate.
std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  int depth = 0;
  for (char const c : line) {
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
    if (c == ',' && !quoted && depth == 0)
      fields.emplace_back();
    else if (c != '\r' && (c != ' ' || !fields.back().empty()))
      fields.back() += c;
  }
  for (std::string& field : fields)
    field.erase(field.find_last_not_of(' ') + 1);
  return fields;
}

std::vector<double> numbers(std::string const& text, std::string const& file, long line,
                            std::string const& column) {
  std::vector<double> values;
  char const* at = text.data();
  char const* const end = at + text.size();
  while (true) {
    while (at < end && std::string_view(" \t,[]()").find(*at) != std::string_view::npos)
      ++at;
    if (at == end)
      return values;
    double value = 0;
    auto const [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || !std::isfinite(value) || value < 0)
      fail(file, line,
           column + ": expected non-negative numbers, got '" + text.substr(0, 40) + "'");
    values.push_back(value);
    at = next;
  }
}

using Table = std::map<long, Row>;

Table read_table(std::string const& file) {
  LineReader reader(file);
  std::string line;
  if (!next_line(reader, line))
    fail(file, 1, "expected a header line with index, w_energy and w_forces");
  auto const header = split(line);
  auto const find = [&](std::string const& name) {
    return std::find(header.begin(), header.end(), name) - header.begin();
  };
  auto const n_columns = static_cast<std::ptrdiff_t>(header.size());
  auto const column = [&](std::string const& name) {
    if (find(name) == n_columns)
      fail(file, 1, "no column " + name + " (expected index, w_energy and w_forces)");
    return static_cast<std::size_t>(find(name));
  };
  // Without a column named `index`, the column with an empty name contains the index.
  std::size_t const index = find("index") == n_columns && find("") < n_columns
                                ? static_cast<std::size_t>(find(""))
                                : column("index"),
                    energy = column("w_energy"), forces = column("w_forces");
  Table table;
  while (next_line(reader, line)) {
    long const number = reader.line_number();
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    auto const fields = split(line);
    if (fields.size() != header.size())
      fail(file, number, "expected as many fields as in the header");
    auto const position = numbers(fields[index], file, number, "index");
    auto const weight = numbers(fields[energy], file, number, "w_energy");
    Row row{0, numbers(fields[forces], file, number, "w_forces"), number};
    if (position.size() != 1 || position[0] != std::floor(position[0]) || position[0] > 1e15)
      fail(file, number, "index: expected an integer, got '" + fields[index] + "'");
    if (weight.size() != 1)
      fail(file, number, "w_energy: expected one number");
    if (row.forces.empty())
      fail(file, number, "w_forces: expected one number, or one per atom");
    row.energy = weight[0];
    if (!table.emplace(static_cast<long>(position[0]), std::move(row)).second)
      fail(file, number, "duplicate index '" + fields[index] + "'");
  }
  if (table.empty())
    fail(file, 1, "no weights");
  return table;
}

} // namespace

Dataset with_external_weights(Dataset const& data, std::string const& file) {
  auto const table = std::make_shared<Table const>(read_table(file));
  Dataset const weighted = data.prepared([table, file](Frame& frame) {
    auto const found = table->find(frame.position);
    if (found == table->end())
      return false;
    Structure& s = frame.structure;
    Row const& row = found->second;
    if (row.forces.size() != 1 && row.forces.size() != s.n_atoms())
      fail(file, row.line,
           "w_forces has " + std::to_string(row.forces.size()) + " numbers, but the frame at " +
               s.place.file + ":" + std::to_string(s.place.line) + " has " +
               std::to_string(s.n_atoms()) + " atoms");
    s.energy_weight *= row.energy;
    s.force_weights.resize(s.n_atoms(), 1.);
    for (std::size_t i = 0; i < s.n_atoms(); ++i)
      s.force_weights[i] *= row.forces[row.forces.size() == 1 ? 0 : i];
    return true;
  });
  long last = -1;
  data.for_each_structure([&](Frame& frame) { last = std::max(last, frame.position); });
  if (auto const beyond = table->upper_bound(last); beyond != table->end())
    fail(file, beyond->second.line,
         "index " + std::to_string(beyond->first) + ": the data contain only " +
             std::to_string(last + 1) + " frames");
  weighted.for_each_structure([](Frame&) {});
  return weighted;
}

} // namespace kolace
