#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/io/dataset.hpp>
#include <kolace/structure/element_set.hpp>

#include <set>
#include <string>
#include <vector>

namespace kolace {

/// What the first pass keeps of a structure: a few numbers.
struct StructureRecord {
  int n_atoms = 0;
  bool has_energy = false, has_forces = false, has_virial = false, dropped = false;
  double energy = 0;            ///< eV, total
  double reference_share = 0;   ///< eV, of the reference potential, where E0 is found by it
  bool is_bulk = false;         ///< periodic in three directions
  double volume_per_atom = 0;   ///< Angstrom^3, 0 without a cell
  std::vector<int> composition; ///< atoms of each element
  double force_weight_sum = 0;  ///< sum over atoms of the policy's factor
  double force_sum = 0, force_square_sum = 0;                    ///< of |F| over atoms
  double largest_force = 0;                                      ///< |F|, eV/A
  double energy_weight = 1, virial_weight = 1, force_weight = 1; ///< after normalisation: see below
};

/// A pass over the labels: E0, weights and kappa.
///
/// After construction, wE_s = energy_weight, wF_si = force_weight · atom_factor(i), and the weight
/// of the virial is virial_weight; each kind sums to one over its rows.
class TrainingData {
public:
  /// @param reference_energy E0 to use; empty: found from `options` (not for Kind::fitted)
  /// @param needs_labels data without anything to learn from, or weights of groups that no frame
  /// has,
  ///        are errors
  /// @throws InputError for bad data and elements without E0
  TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
               FitOptions const& options, std::vector<double> reference_energy = {},
               bool needs_labels = true);

  std::vector<StructureRecord> const& records() const { return records_; }
  /// Subtracted from the energies; a fitted E0 is added to it.
  std::vector<double> const& reference_energy() const { return reference_energy_; }
  /// Is the E0 of this element an unknown of the fit?
  bool fits_reference(int element) const {
    return !fits_reference_.empty() && fits_reference_[element];
  }
  bool fits_reference() const;
  /// Elements with a free atom in the data, and elements whose free atoms differ by more than 1
  /// meV.
  std::vector<int> isolated_elements() const;
  std::vector<int> contradicting_isolated_elements() const;
  /// Combinations of elements that the compositions of frames with energies determine.
  int composition_rank() const { return composition_rank_; }
  /// Is E0 found from the data's energies, not given?
  bool finds_reference() const { return finds_reference_; }
  /// Keys of frames without an energy that look like one.
  std::vector<std::string> energy_like_keys() const {
    return {energy_like_keys_.begin(), energy_like_keys_.end()};
  }
  /// Frames with both a virial and a stress that are not the same.
  long n_contradicting_virials() const { return n_contradicting_virials_; }
  std::string const& reference_source() const { return reference_source_; }
  double kappa() const { return kappa_; } ///< the share of forces that is used
  double kappa_virial() const { return kappa_virial_; }
  Dataset::Pass const& pass() const { return pass_; }
  long n_atoms() const { return n_atoms_; }
  long n_energies() const { return n_energies_; }
  long n_force_atoms() const { return n_force_atoms_; }
  long n_virials() const { return n_virials_; }
  long n_dropped() const { return n_dropped_; }

  /// Mean over the structures of the energy per atom minus E0, eV; 0 without energies.
  double mean_energy() const;

  /// Factor of one atom's force weight within its structure.
  double atom_factor(Structure const& structure, std::size_t atom) const;

private:
  void read(Dataset const& data, ElementSet const& elements, double cutoff,
            FitOptions const& options);
  void choose_reference(ElementSet const& elements, FitOptions const& options);
  /// @param known E0 of these elements are kept
  std::vector<double> composition_least_squares(std::vector<double> reference,
                                                std::vector<bool> const& known) const;
  void shift_to_the_largest_volume(std::vector<double>& reference) const;
  void choose_weights();
  void choose_kappa(FitOptions const& options);
  void check_labels(Dataset const& data, FitOptions const& options) const;
  double corrected_energy(StructureRecord const& record) const;

  Weighting weighting_;
  bool needs_labels_ = true;
  std::vector<StructureRecord> records_;
  std::vector<double> reference_energy_;
  std::vector<bool> fits_reference_; ///< [n_elements] or empty: none
  std::string reference_source_;
  std::vector<std::vector<double>> isolated_; ///< [element] energies of free atoms
  std::set<std::string> config_types_, energy_like_keys_;
  int composition_rank_ = 0;
  bool finds_reference_ = false;
  long n_contradicting_virials_ = 0;
  Dataset::Pass pass_;
  double kappa_ = 0, kappa_virial_ = 0;
  long n_atoms_ = 0, n_energies_ = 0, n_force_atoms_ = 0, n_virials_ = 0, n_dropped_ = 0;
};

} // namespace kolace
