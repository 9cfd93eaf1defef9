#pragma once

#include <kolace/dataset/label_table.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Sums over a data set's rows of the weights of each kind, before they are normalized.
struct WeightSums {
  double energy = 0, forces = 0, virial = 0;
};

/// A pass over the labels: E0, weights and kappa.
///
/// After construction, wE_s = energy_weight, wF_si = force_weight · atom_factor(i), and the weight
/// of the virial is virial_weight; each kind sums to one over its rows.
class TrainingData {
public:
  /// What the labels of a fit depend on besides the options.
  struct Context {
    /// E0 to use, eV; empty: found from the options (not for Kind::fitted).
    std::vector<double> reference_energy{};
    /// Elements whose E0 is not known are unknowns of the fit (Kind::automatic): what they start
    /// from need not be precise.
    bool fits_unknown_reference = false;
    /// Energy of a reference potential without E0, eV, where E0 is found by least squares; none: 0.
    std::function<double(Structure const&)> baseline_energy{};
    /// Energy per atom from which the damped policy counts, eV; none: the lowest of the data.
    std::optional<double> lowest_energy{};
    /// Data without anything to learn from, or weights of groups that no frame has, are errors.
    bool needs_labels = true;
  };

  /// @throws InputError for bad data and elements without E0
  TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
               LabelOptions const& options, Context const& context);
  TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
               LabelOptions const& options)
      : TrainingData(data, elements, cutoff, options, Context()) {}
  /// Of labels that were read before.
  TrainingData(LabelTable labels, ElementSet const& elements, LabelOptions const& options,
               Context const& context);

  LabelTable const& labels() const { return labels_; }
  WeightSums const& weight_sums() const { return sums_; }
  std::vector<StructureRecord> const& records() const { return labels_.records; }
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
    return {labels_.energy_like_keys.begin(), labels_.energy_like_keys.end()};
  }
  /// Frames with both a virial and a stress that are not the same.
  long n_contradicting_virials() const { return labels_.n_contradicting_virials; }
  std::string const& reference_source() const { return reference_source_; }
  double kappa() const { return kappa_; } ///< the share of forces that is used
  double kappa_virial() const { return kappa_virial_; }
  Dataset::Pass const& pass() const { return labels_.pass; }
  long n_atoms() const { return n_atoms_; }
  long n_energies() const { return n_energies_; }
  long n_force_atoms() const { return n_force_atoms_; }
  long n_virials() const { return n_virials_; }
  long n_dropped() const { return n_dropped_; }

  /// Lowest energy per atom minus E0, eV; infinite without energies.
  double lowest_energy() const;
  /// Mean over the structures of the energy per atom minus E0, eV; 0 without energies.
  double mean_energy() const;

  /// Factor of one atom's force weight within its structure.
  double atom_factor(Structure const& structure, std::size_t atom) const;

private:
  void choose_reference(ElementSet const& elements, LabelOptions const& options);
  /// @param known E0 of these elements are kept
  std::vector<double> composition_least_squares(std::vector<double> reference,
                                                std::vector<bool> const& known) const;
  void shift_to_the_largest_volume(std::vector<double>& reference) const;
  void choose_weights();
  void choose_kappa(LabelOptions const& options);
  void check_labels(LabelOptions const& options) const;
  double corrected_energy(StructureRecord const& record) const;

  Weighting weighting_;
  Context context_;
  LabelTable labels_;
  std::vector<double> reference_energy_;
  std::vector<bool> fits_reference_; ///< [n_elements] or empty: none
  std::string reference_source_;
  int composition_rank_ = 0;
  bool finds_reference_ = false;
  WeightSums sums_;
  double kappa_ = 0, kappa_virial_ = 0;
  long n_atoms_ = 0, n_energies_ = 0, n_force_atoms_ = 0, n_virials_ = 0, n_dropped_ = 0;
};

} // namespace kolace
