// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/regularization.hpp>

#include <string>

namespace kolace {

/// What is wrong with labels that disagree with the others.
enum class LabelFault {
  none,    ///< they agree, or the data cannot tell
  sign,    ///< the opposite sign agrees
  unit,    ///< multiplied by LabelAgreement::slope they agree
  zero,    ///< all are zero, although the others are not
  per_atom ///< energies that do not grow with the number of atoms
};

/// Agreement of labels with a fit to labels of other kinds.
struct LabelAgreement {
  double slope = 0; ///< regression slope of predictions on labels; 1 if sign and unit are right
  double correlation = 0; ///< cosine of the angle between predictions and labels
  LabelFault fault = LabelFault::none;
  std::string unit; ///< what the labels look like; may be empty
};

namespace detail {

/// Agreement of virials with a fit to energies and forces alone. A fit that does not know the
/// pressure, e.g. at a single volume, may contradict right virials: they are at fault only if in a
/// joint fit virials of the other sign or unit agree better.
/// @param without choice of a fit without virials
/// @param shares those of the joint fit
LabelAgreement agreement_of_virials(SolverFactors const& factors, DesignFactors const& all,
                                    RegularizationChoice const& without, LossShares shares,
                                    RidgeWeights const& weights);

/// Agreement of energies with a fit to forces alone, and with the numbers of atoms. They are at
/// fault only if in a joint fit energies of the other sign or unit agree much better; which of the
/// two kinds is wrong remains open. Without a fault if there are few energies, if all forces are
/// zero, or if free-atom energies are given rather than fitted.
LabelAgreement agreement_of_energies(SolverFactors const& factors, DesignFactors const& all,
                                     RidgeWeights const& weights,
                                     std::vector<StructureRecord> const& records);

} // namespace detail
} // namespace kolace
