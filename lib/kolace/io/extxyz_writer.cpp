// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/elements.hpp>
#include <kolace/io/detail/comment_line.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <ostream>

namespace kolace {

void write_extxyz(std::ostream& out, Frame const& frame) {
  using detail::shortest;
  Structure const& s = frame.structure;
  out << s.n_atoms() << "\nLattice=\"";
  for (int k = 0; k < 9; ++k)
    out << (k ? " " : "") << shortest(s.cell.vectors[k / 3][k % 3]);
  out << "\" Properties=species:S:1:pos:R:3";
  for (Column const& column : frame.columns)
    out << ":" << column.name << ":" << column.type << ":" << column.width;
  for (InfoEntry const& entry : frame.info)
    out << " " << detail::format_entry(entry);
  out << " pbc=\"";
  for (int d = 0; d < 3; ++d)
    out << (d ? " " : "") << (s.cell.periodic[d] ? "T" : "F");
  out << "\"\n";
  for (std::size_t i = 0; i < s.n_atoms(); ++i) {
    out << element_symbol(s.numbers[i]);
    for (double const x : s.positions[i])
      out << " " << shortest(x);
    for (Column const& column : frame.columns)
      for (int w = 0; w < column.width; ++w)
        out << " " << column.words[i * column.width + w];
    out << "\n";
  }
}

} // namespace kolace
