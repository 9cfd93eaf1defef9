// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/options.hpp>
#include <kolace/structure/element_set.hpp>

#include <set>
#include <string>
#include <vector>

namespace kolace {

/// Summary of one structure's labels, kept after a pass over the data.
struct StructureRecord {
  long index = 0;               ///< index in the data set, from 0
  int n_atoms = 0;              ///< number of atoms
  int config_type = 0;          ///< index into LabelTable::config_types
  bool has_energy = false;      ///< the structure has an energy
  bool has_forces = false;      ///< the structure has forces on all atoms
  bool has_virial = false;      ///< the structure has a virial, or a stress and a cell
  bool dropped = false;         ///< left out by energy-based weighting (weigh_by_energy)
  double energy = 0;            ///< eV, total
  double reference_share = 0;   ///< eV, energy of the baseline; 0 without one
  bool is_bulk = false;         ///< periodic in three directions
  double volume_per_atom = 0;   ///< Angstrom^3, 0 without a cell
  std::vector<int> composition; ///< atoms of each element
  double force_weight_sum = 0;  ///< sum over atoms of the weighting policy's factor
  double force_sum = 0;         ///< sum of |F| over atoms, eV/A
  double force_square_sum = 0;  ///< sum of |F|^2 over atoms, (eV/A)^2
  double largest_force = 0;     ///< largest |F|, eV/A
  /// Weight of the energy. In a LabelTable, the weights are those of the data files; in
  /// TrainingData, all weighting is applied and they are normalized.
  double energy_weight = 1;
  double virial_weight = 1; ///< weight of the virial; 1 in a LabelTable
  double force_weight = 1;  ///< weight of the forces, times a factor per atom (force_factor)

  /// True if the structure has any label.
  bool has_labels() const { return has_energy || has_forces || has_virial; }
};

/// The labels of a data set, structure by structure.
struct LabelTable {
  /// In the order of the data. In a FactorSet, only the structures of its parts.
  std::vector<StructureRecord> records;
  std::vector<std::string> config_types; ///< distinct names in order of appearance; may contain ""
  std::vector<std::vector<double>> isolated; ///< [n_elements] energies of isolated atoms, eV
  std::set<std::string> energy_like_keys;    ///< energy-like keys of frames without an energy
  /// Force-like columns of frames without forces; not kept in a FactorSet.
  std::set<std::string> force_like_columns;
  long n_contradicting_virials = 0; ///< number of frames whose virial and stress differ
  Dataset::Pass pass;               ///< statistics of the pass that read the labels
  std::string source;               ///< the first file, for messages

  /// Index of a config_type; a new one is appended.
  int config_type(std::string const& name);
  /// Number of structures with any label.
  long n_labelled() const;
};

/// Makes one pass over a data set.
/// @param cutoff radius within which an isolated atom must have no images, Angstrom
/// @param baseline_energy energy of the baseline for a structure without E0, eV; none: 0
/// @param needs_energies if true, energy-based weighting refuses frames without an energy
/// @param ranks they share the evaluation of the baseline; every rank gets all labels
/// @throws InputError for bad data
LabelTable read_label_table(Dataset const& data, ElementSet const& elements, double cutoff,
                            Weighting const& weighting,
                            std::function<double(Structure const&)> const& baseline_energy = {},
                            bool needs_energies = true,
                            Communicator const& ranks = Communicator::alone());

/// Cost of each structure in units of one atom, for load balancing; 0 for dropped structures.
std::vector<double> costs_of(std::vector<StructureRecord> const& records);

/// Weighting policy's factor for the force on one atom, times the atom's own force weight.
double force_factor(Weighting const& weighting, Structure const& structure, std::size_t atom);

/// A weighting as text; equal texts mean equal weights. Group weights are included only for the
/// energy-based policy.
std::string weighting_text(Weighting const& weighting);

} // namespace kolace
