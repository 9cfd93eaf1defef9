#pragma once

#include <kolace/model/ace_potential.hpp>

#include <iosfwd>
#include <string>

namespace kolace {

/// Reads a potential in pacemaker's B-basis format (.yaml, CONVENTIONS.md §5), or the same with
/// `basis: canonical` (.kolace.yaml, §10), which only this library reads; or, where
/// the name ends in .yace, in the C basis, whose sums over m are taken apart into couplings.
///
/// E0 of a .yaml comes from the JSON text `metadata: reference_energy`, 0 where it is absent;
/// spline_width from `global: DeltaSplineBins`, so that evaluating the file gives what ML-PACE and
/// LAMMPS give.
/// @param notes gets what the user should know of the file, one sentence each; may be null
/// @throws InputError with file, line and key
AcePotential read_potential(std::string const& path, std::vector<std::string>* notes = nullptr);

/// The same from text in B-basis format; messages call it `name`.
AcePotential parse_potential(std::string const& text, std::string const& name);

/// Writes that format; numbers read back as the same doubles.
void write_potential(std::ostream& out, AcePotential const& potential);

/// Writes the C basis that LAMMPS' pair_style pace reads (.yace, CONVENTIONS.md §5); E0 in its own
/// field.
/// @throws InputError for a canonical basis
void write_yace(std::ostream& out, AcePotential const& potential);

} // namespace kolace
