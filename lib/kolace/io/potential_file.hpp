// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>

#include <iosfwd>
#include <string>

namespace kolace {

/// Reads a potential. The file extension selects the format: .yace is the C basis, whose sums over
/// m are converted to coupled functions; all others are pacemaker's B-basis format (.yaml,
/// CONVENTIONS.md §5), also with `basis: canonical` (.kolace.yaml, §10), which only this library
/// reads.
///
/// E0 of a .yaml comes from the JSON text `metadata: reference_energy`; 0 if absent. spline_width
/// comes from `global: DeltaSplineBins`, so that results agree with those of ML-PACE and LAMMPS.
/// @param notes receives remarks on the file for the user, one sentence each; may be null
/// @throws InputError with file, line and key
AcePotential read_potential(std::string const& path, std::vector<std::string>* notes = nullptr);

/// The same from a text in B-basis format; error messages call it `name`.
AcePotential parse_potential(std::string const& text, std::string const& name);

/// Writes the B-basis format; numbers read back as the same doubles.
void write_potential(std::ostream& out, AcePotential const& potential);

/// Writes the C basis for LAMMPS' pair_style pace (.yace, CONVENTIONS.md §5), with E0 in its field.
/// @throws InputError for a canonical basis
void write_yace(std::ostream& out, AcePotential const& potential);

} // namespace kolace
