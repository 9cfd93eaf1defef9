// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "reference/dual.hpp"

#include <array>
#include <string>
#include <vector>

/// @file
/// Independent, sequential implementation of CONVENTIONS.md: closed formulas, complex
///   harmonics, sums over m-vectors, derivatives by dual numbers. Slow and simple; shares no code
///   with the library.

namespace kolace::oracle {

/// Radial functions of one bond, as defined in the conventions.
struct Radial {
  std::string kind;
  double lambda, cutoff, width;
  int size;
  double r_in = 0, delta_in = 0;
};

/// g_1 .. g_size at r.
template <class T> std::vector<T> radial_functions(Radial const& radial, T r);

/// Complex harmonics Y~_lm, 4 pi-normalized, Condon-Shortley phase, by the explicit sum.
/// @param n unit vector
template <class T> Complex<T> harmonic(int l, int m, std::array<T, 3> const& n);

/// Clebsch-Gordan coefficient by lowering operators and orthogonality.
double clebsch_gordan(int l1, int m1, int l2, int m2, int L, int M);

struct Atom {
  int species;
  std::array<double, 3> position;
};

/// Any structure; `periodic` is false in open directions.
struct Configuration {
  std::array<std::array<double, 3>, 3> cell{};
  std::array<bool, 3> periodic{};
  std::vector<Atom> atoms;
};

struct Function {
  int center;
  std::vector<int> species, n, l, L;
  double coefficient;
};

struct Model {
  int n_elements;
  std::vector<Radial> radial; ///< [n_elements^2]
  std::vector<Function> functions;
  bool canonical = false; ///< sums over tuples of distinct neighbors
};

struct Result {
  double energy = 0;
  std::vector<double> energies;
  std::vector<std::array<double, 3>> forces;
  std::array<double, 6> virial{};
};

/// Energies; forces and virial by differentiating the energy with respect to each coordinate and
/// strain.
Result evaluate(Model const& model, Configuration const& configuration);

/// A neighbor, found by brute force over images: atom index j and displacement.
struct Neighbor {
  int atom;
  std::array<double, 3> displacement;
};
std::vector<std::vector<Neighbor>> brute_force_neighbors(Configuration const& c, double cutoff);

} // namespace kolace::oracle
