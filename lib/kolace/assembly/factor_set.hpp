#pragma once

#include <kolace/assembly/design_factors.hpp>
#include <kolace/dataset/label_table.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Factors of the structures of one weight group and one fold.
struct FactorGroup {
  std::string config_type; ///< weighted by its own GroupWeights; empty: all others
  int fold = 0;
  DesignFactors factors;
};

/// Everything a fit needs of one data set, once its rows are folded.
struct FactorData {
  LabelTable labels;
  std::vector<FactorGroup> groups;
  /// Shortest distance of each pair of elements, Angstrom [n_elements^2]; infinite where none lies
  /// within the cutoff.
  std::vector<double> shortest;
  /// Largest core density of the baseline at an atom of each element, eV [n_elements].
  std::vector<double> largest_core;
  std::vector<DataFile> files;
  /// Frames with atoms much closer than in the others, a sentence on each (describe()).
  std::vector<std::string> close_frames;
};

/// What a part of an assembly is: structure i belongs to part i % of.
struct FactorPart {
  int number = 0, of = 1;
};

/// The factors of training and test data over a basis, and what they were made with: all that fits
/// ask of the data, whatever the solver, the shares of the kinds of labels, the weights of groups,
/// E0 and the baseline. What is fixed is the basis (a part of it can be fitted), the baseline's
/// parameters and the weights within a group.
struct FactorSet {
  std::shared_ptr<AceBasis const> basis;
  std::shared_ptr<AcePotential const> baseline; ///< null: none
  double spline_width = 0;                      ///< of the tables for g_k, Angstrom
  std::vector<double> reference_energy;         ///< subtracted from the targets, eV [n_elements]
  Weighting weighting;                          ///< without the weights of groups, if they are free
  /// Can the weights of groups be chosen when solving? Not with energy-based weighting.
  bool free_group_weights = true;
  /// Lowest energy per atom above E0 of the training data, from which the damped policy counts, eV.
  double lowest_energy = 0;
  int n_folds = 1;
  FactorData train;
  std::optional<FactorData> test;
  std::vector<FactorPart> parts{{0, 1}}; ///< of one assembly that are in here
  std::string run;                       ///< identifies an assembly: the same for all its parts
  /// How far an assembly that goes on has come: the next structure of the training data (stage 0)
  /// or of the test data (stage 1); stage 2: complete.
  long stage = 2, next_structure = 0;

  int n_elements() const { return basis->elements().size(); }
  /// Are all parts of an assembly here? Else the numbers of those that are missing, from 1.
  std::vector<int> missing_parts() const;
};

/// The sum of two sets over the same basis and with the same weights: parts of one assembly, or
/// different data, whose folds and targets are brought together.
/// @throws InputError where they do not fit together or a part or file is in both
FactorSet merged(FactorSet const& a, FactorSet const& b);

/// Writes HDF5 (CONVENTIONS.md §14), by way of a temporary file beside it.
/// @throws InputError where it cannot be written
void write_factor_set(std::string const& path, FactorSet const& set);

/// @throws InputError if the file cannot be read, is damaged or of another format
FactorSet read_factor_set(std::string const& path);

/// Changes the E0 that targets are relative to, by the E0 columns: target - sum_e shift_e n_e.
void shift_reference(DesignFactors& factors, std::vector<double> const& shift);

/// Which columns and targets a fit wants of factors that have those of every E0 and the baseline.
struct FactorView {
  std::vector<int> functions;          ///< columns, ascending; empty: all
  std::vector<bool> fitted_elements;   ///< whose E0 is an unknown; empty: none
  std::vector<double> reference_shift; ///< E0 of the fit minus that of the set, eV
  bool with_baseline = true;           ///< false: the fit has none, targets are the labels
};

/// Factors over the chosen functions, then one E0 an element if any is fitted (zero columns for the
/// others), then the target.
DesignFactors view_of(DesignFactors const& factors, FactorView const& view);

} // namespace kolace
