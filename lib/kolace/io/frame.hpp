// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/structure.hpp>

#include <map>
#include <string>
#include <vector>

namespace kolace {

/// One `key=value` of a frame's comment line, other than Lattice, Properties and pbc.
struct InfoEntry {
  std::string key;       ///< name before the '='
  std::string value;     ///< text without quotes and escapes
  bool has_value = true; ///< false for a key without a value
  char bracket = 0;      ///< '[' or '{' if the value is in such brackets
  bool operator==(InfoEntry const&) const = default; ///< true if all members are equal
};

/// One per-atom property other than the element and the positions, as text.
struct Column {
  std::string name;                               ///< as in Properties, e.g. "forces"
  char type = 'S';                                ///< S text, R real, I integer, L logical
  int width = 1;                                  ///< words per atom
  std::vector<std::string> words;                 ///< [n_atoms * width]
  bool operator==(Column const&) const = default; ///< true if all members are equal
};

/// A structure and all other content of its frame in a file.
struct Frame {
  Structure structure;         ///< atoms, cell and labels
  std::vector<InfoEntry> info; ///< entries of the comment line in their order, labels included
  std::vector<Column> columns; ///< per-atom properties in their order, labels included
  long position = 0;           ///< index among all frames of a Dataset's files, from 0

  /// First entry with this key; null if there is none.
  InfoEntry const* find_info(std::string const& key) const;
  /// First column of this name; null if there is none.
  Column const* find_column(std::string const& name) const;
};

/// Keys of energies, forces and virials. Empty: auto-detected, in this order: REF_*, then energy /
/// forces, force / virial, virials, stress, then free_energy.
struct LabelKeys {
  std::string energy; ///< total energy of the frame, eV
  std::string forces; ///< column of forces, eV/A
  std::string virial; ///< eV
  std::string stress; ///< eV/A^3, positive in tension; used if `virial` is empty
};

/// Number of frames that took a label from a key, e.g. {"energy from 'REF_energy'", 12}.
using LabelCounts = std::map<std::string, long>;

/// Prefix of the entry of LabelCounts for stresses of frames without a cell, which give no virial.
inline constexpr char const* stress_without_cell = "stress without a cell, not used,";

/// Sets the structure's labels and weights from info and columns.
///
/// Virial: nine numbers (rows) or six (xx yy zz yz xz xy), eV. Stress: the same, eV/A^3, positive
/// in tension: W = -V · stress.
/// @throws InputError (with the frame's place) for labels that are not finite numbers or have the
/// wrong length
void read_labels(Frame& frame, LabelKeys const& keys, LabelCounts* counts = nullptr);

/// Configured keys under which read_labels() found nothing, as "energy key 'x'".
std::vector<std::string> absent_label_keys(LabelKeys const& keys, LabelCounts const& counts);

/// Makes a frame with the structure's labels and weights in info and columns.
Frame make_frame(Structure const& structure);

/// True if two frames are equal apart from structure.place and position.
bool same_content(Frame const& a, Frame const& b);

} // namespace kolace
