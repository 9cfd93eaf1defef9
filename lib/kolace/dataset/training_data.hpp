// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/label_table.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Sums of the weights of each kind over all rows of a data set, before normalization.
struct WeightSums {
  double energy = 0; ///< over structures with an energy
  double forces = 0; ///< over atoms with a force
  double virial = 0; ///< over structures with a virial
};

/// Labels of a data set with E0, weights and kappa, from one pass over the data.
///
/// After construction, wE_s = energy_weight, wF_si = force_weight · atom_factor(i), and the weight
/// of the virial is virial_weight; the weights of each kind sum to one.
class TrainingData {
public:
  /// Inputs besides the options that determine the labels of a fit.
  struct Inputs {
    /// E0 to use, eV; empty: determined by the options (not for Kind::fitted).
    std::vector<double> reference_energy{};
    /// Unknown E0 are unknowns of the fit (Kind::automatic), so their initial values need not be
    /// precise.
    bool fits_unknown_reference = false;
    /// Energy of the reference potential without E0, eV, used if E0 comes from least squares; none:
    /// 0.
    std::function<double(Structure const&)> baseline_energy{};
    /// Ranks that share the evaluation of these energies.
    Communicator ranks = Communicator::alone();
    /// Zero of the damped policy's energies, eV/atom minus E0; none: the lowest of the data.
    std::optional<double> lowest_energy{};
    /// If true, data without usable labels and weights for groups that no frame belongs to are
    /// errors.
    bool needs_labels = true;
  };

  /// Reads the data.
  /// @param cutoff radius within which an isolated atom must have no images, Angstrom
  /// @throws InputError for bad data and for elements without E0
  TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
               LabelOptions const& options, Inputs const& inputs);
  /// The same with default inputs.
  TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
               LabelOptions const& options)
      : TrainingData(data, elements, cutoff, options, Inputs()) {}
  /// From labels that have already been read.
  TrainingData(LabelTable labels, ElementSet const& elements, LabelOptions const& options,
               Inputs const& inputs);

  /// The labels, with all weighting applied to the records.
  LabelTable const& labels() const { return labels_; }
  /// Sums by which the weights of the records were divided.
  WeightSums const& weight_sums() const { return sums_; }
  /// Records of all structures in the order of the data, dropped ones included.
  std::vector<StructureRecord> const& records() const { return labels_.records; }
  /// E0 that is subtracted from the energies, eV; a fitted E0 is added to it.
  std::vector<double> const& reference_energy() const { return reference_energy_; }
  /// True if E0 of this element is an unknown of the fit.
  bool fits_reference(int element) const {
    return !fits_reference_.empty() && fits_reference_[element];
  }
  /// True if E0 of any element is an unknown of the fit.
  bool fits_reference() const;
  /// Elements with an isolated atom in the data.
  std::vector<int> isolated_elements() const;
  /// Elements whose isolated atoms differ by more than 1 meV.
  std::vector<int> contradicting_isolated_elements() const;
  /// Rank of the compositions of frames with energies: how many combinations of E0 they determine.
  int composition_rank() const { return composition_rank_; }
  /// True if E0 is determined by least squares or by the fit, not given or from isolated atoms.
  bool finds_reference() const { return finds_reference_; }
  /// Keys that look like energies, in frames without an energy.
  std::vector<std::string> energy_like_keys() const {
    return {labels_.energy_like_keys.begin(), labels_.energy_like_keys.end()};
  }
  /// Columns that look like forces, in frames without forces.
  std::vector<std::string> force_like_columns() const {
    return {labels_.force_like_columns.begin(), labels_.force_like_columns.end()};
  }
  /// Number of frames whose virial and stress contradict each other.
  long n_contradicting_virials() const { return labels_.n_contradicting_virials; }
  /// Origin of E0 for reports, e.g. "isolated atoms"; empty if E0 was passed
  /// (Inputs::reference_energy).
  std::string const& reference_source() const { return reference_source_; }
  /// Share of forces in the loss; 0 without forces.
  double kappa() const { return kappa_; }
  /// Weight of the virial term in the loss; 0 without virials.
  double kappa_virial() const { return kappa_virial_; }
  /// Statistics of the pass over the data.
  Dataset::Pass const& pass() const { return labels_.pass; }
  /// Number of atoms in all structures, dropped ones included.
  long n_atoms() const { return n_atoms_; }
  /// Number of energies in structures that are not dropped.
  long n_energies() const { return n_energies_; }
  /// Number of atoms with forces in structures that are not dropped.
  long n_force_atoms() const { return n_force_atoms_; }
  /// Number of virials in structures that are not dropped.
  long n_virials() const { return n_virials_; }
  /// Number of structures that energy-based weighting drops.
  long n_dropped() const { return n_dropped_; }

  /// Lowest energy per atom minus E0, eV; infinite without energies.
  double lowest_energy() const;

  /// Weighting policy's factor for the force on one atom, times the atom's own force weight.
  double atom_factor(Structure const& structure, std::size_t atom) const;

private:
  void choose_reference(ElementSet const& elements, LabelOptions const& options);
  /// @param known elements whose E0 in `reference` is kept
  std::vector<double> composition_least_squares(std::vector<double> reference,
                                                std::vector<bool> const& known) const;
  void shift_to_the_largest_volume(std::vector<double>& reference) const;
  void choose_weights();
  void choose_kappa(LabelOptions const& options);
  void check_labels(LabelOptions const& options) const;
  double corrected_energy(StructureRecord const& record) const;

  Weighting weighting_;
  Inputs inputs_;
  LabelTable labels_;
  std::vector<double> reference_energy_;
  std::vector<bool> fits_reference_; ///< [n_elements]; empty: none is fitted
  std::string reference_source_;
  int composition_rank_ = 0;
  bool finds_reference_ = false;
  WeightSums sums_;
  double kappa_ = 0, kappa_virial_ = 0;
  long n_atoms_ = 0, n_energies_ = 0, n_force_atoms_ = 0, n_virials_ = 0, n_dropped_ = 0;
};

} // namespace kolace
