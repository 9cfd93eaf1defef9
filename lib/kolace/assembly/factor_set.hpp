// SPDX-License-Identifier: BSD-3-Clause
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
  std::string config_type; ///< weighted by its own GroupWeights; empty: all other types
  int fold = 0;            ///< fold of the structures, from 0
  DesignFactors factors;   ///< their rows, with columns for every E0 and the baseline
};

/// Everything a fit needs from one data set after the QR updates.
struct FactorData {
  /// Records of the structures, with the weights of the data files.
  LabelTable labels;
  std::vector<FactorGroup> groups; ///< by config_type, then by fold
  /// Shortest distance of each pair of elements, Angstrom [n_elements^2]; infinite if no pair is
  /// within the cutoff.
  std::vector<double> shortest;
  /// Largest core density of the baseline at an atom of each element, eV [n_elements].
  std::vector<double> largest_core;
  std::vector<DataFile> files; ///< the data files, to recognize data that are in two sets
  /// Frames with atoms much closer than in the others, one sentence each (describe()).
  std::vector<std::string> close_frames;
};

/// One part of an assembly: structure i belongs to the part with number i % of.
struct FactorPart {
  int number = 0; ///< from 0 to of - 1
  int of = 1;     ///< number of parts of the assembly
};

/// The factors of training and test data over a basis and the parameters of their assembly:
/// everything that fits need of the data, whatever the solver, the shares of the kinds of labels,
/// the weights of groups, E0 and the use of the baseline. Fixed are the basis (a subset of it can
/// be fitted), the baseline's parameters and the weights within a group.
struct FactorSet {
  std::shared_ptr<AceBasis const> basis;        ///< its functions are the first columns
  std::shared_ptr<AcePotential const> baseline; ///< null: none
  double spline_width = 0;              ///< node distance of the tables for g_k, Angstrom; 0: none
  std::vector<double> reference_energy; ///< subtracted from the targets, eV [n_elements]
  Weighting weighting;                  ///< without the weights of groups if they are free
  /// True if the weights of groups can be chosen when solving; false for energy-based weighting.
  bool free_group_weights = true;
  /// Lowest energy per atom minus E0 of the training data, the zero of the damped policy, eV.
  double lowest_energy = 0;
  int n_folds = 1;                       ///< folds of the training data; the test data have one
  FactorData train;                      ///< training data
  std::optional<FactorData> test;        ///< test data; none if the assembly had none
  std::vector<FactorPart> parts{{0, 1}}; ///< parts of one assembly that this set contains
  std::string run;                       ///< identifies an assembly; equal for all its parts
  /// Progress of the assembly: training data unfinished (0), test data unfinished (1), complete
  /// (2).
  long stage = 2;
  /// Index of the next structure of the unfinished data; 0 if the assembly is complete.
  long next_structure = 0;

  /// Number of elements of the basis, and of E0 columns.
  int n_elements() const { return basis->elements().size(); }
  /// Numbers, from 1, of the parts of the assembly that are missing; empty if it is complete.
  std::vector<int> missing_parts() const;
};

/// Checks that two sets have the same functions, baseline, tables and weights.
/// @throws InputError that names the difference
void check_compatible(FactorSet const& a, FactorSet const& b);

/// The sum of two sets over the same basis and with the same weights: parts of one assembly, or
/// different data. For different data, the targets of `b` are shifted to the E0 of `a`.
/// @throws InputError if they are incompatible or have a part or file in common
FactorSet merged(FactorSet const& a, FactorSet const& b);

/// Writes HDF5 (CONVENTIONS.md §14) to a temporary file next to it, which is then renamed.
/// @throws InputError if it cannot be written
void write_factor_set(std::string const& path, FactorSet const& set);

/// Reads a factor file written by write_factor_set().
/// @throws InputError if the file cannot be read, is damaged or has another format
FactorSet read_factor_set(std::string const& path);

/// Changes the E0 that is subtracted from the targets, using the E0 columns: target - sum_e shift_e
/// n_e.
void shift_reference(DesignFactors& factors, std::vector<double> const& shift);

/// Selection of columns and targets from factors that have columns of every E0 and the baseline.
struct FactorView {
  std::vector<int> functions;          ///< columns, ascending; empty: all
  std::vector<bool> fitted_elements;   ///< elements whose E0 is an unknown; empty: none
  std::vector<double> reference_shift; ///< E0 of the fit minus that of the set, eV
  bool with_baseline = true;           ///< false: without the baseline, the targets are the labels
};

/// Factors of the chosen functions, then one E0 per element if any is fitted (zero columns for the
/// elements that are not fitted), then the target.
DesignFactors view_of(DesignFactors const& factors, FactorView const& view);

} // namespace kolace
