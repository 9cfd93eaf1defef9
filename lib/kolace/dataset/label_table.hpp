#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/options.hpp>
#include <kolace/structure/element_set.hpp>

#include <set>
#include <string>
#include <vector>

namespace kolace {

/// What a pass over the labels keeps of a structure: a few numbers.
struct StructureRecord {
  long index = 0; ///< among the data set's structures, from 0
  int n_atoms = 0;
  int config_type = 0; ///< of LabelTable::config_types
  bool has_energy = false, has_forces = false, has_virial = false, dropped = false;
  double energy = 0;                          ///< eV, total
  double reference_share = 0;                 ///< eV, of the baseline, where there is one
  bool is_bulk = false;                       ///< periodic in three directions
  double volume_per_atom = 0;                 ///< Angstrom^3, 0 without a cell
  std::vector<int> composition;               ///< atoms of each element
  double force_weight_sum = 0;                ///< sum over atoms of the policy's factor
  double force_sum = 0, force_square_sum = 0; ///< of |F| over atoms
  double largest_force = 0;                   ///< |F|, eV/A
  /// In a LabelTable those of the data files; in TrainingData with all that weighting does to them.
  double energy_weight = 1, virial_weight = 1, force_weight = 1;

  bool has_labels() const { return has_energy || has_forces || has_virial; }
};

/// The labels of a data set, structure by structure.
struct LabelTable {
  std::vector<StructureRecord> records; ///< by index
  std::vector<std::string> config_types;
  std::vector<std::vector<double>> isolated; ///< [n_elements] energies of free atoms, eV
  std::set<std::string> energy_like_keys;    ///< of frames without an energy, that look like one
  long n_contradicting_virials = 0;          ///< frames with a virial and a stress that differ
  Dataset::Pass pass;
  std::string source; ///< the first file, for messages

  /// Index of a config_type; a new one is added.
  int config_type(std::string const& name);
  long n_labelled() const;
};

/// One pass over a data set.
/// @param cutoff within which a free atom has no images, Angstrom
/// @param baseline_energy of a structure without E0, eV; none: 0
/// @param needs_energies energy-based weighting refuses frames without an energy
/// @throws InputError for bad data
LabelTable read_label_table(Dataset const& data, ElementSet const& elements, double cutoff,
                            Weighting const& weighting,
                            std::function<double(Structure const&)> const& baseline_energy = {},
                            bool needs_energies = true);

/// What each structure costs, in units of an atom, to share them out.
std::vector<double> costs_of(std::vector<StructureRecord> const& records);

/// Factor of one atom's force weight within its structure.
double force_factor(Weighting const& weighting, Structure const& structure, std::size_t atom);

/// A weighting as text, without the weights of groups: equal texts mean equal weights.
std::string weighting_text(Weighting const& weighting);

} // namespace kolace
