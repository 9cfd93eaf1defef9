#pragma once

/// Energy of a bent trimer of carbon, eV, and how far its forces are from adding up to zero, eV/A.
struct Trimer {
  double energy, sum_of_forces;
};
Trimer evaluate_trimer(char const* potential);
