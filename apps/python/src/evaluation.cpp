// SPDX-License-Identifier: BSD-3-Clause
#include "module.hpp"

#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/basis_builder.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <mutex>
#include <new>
#include <optional>
#include <sstream>

namespace kolace::python {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
template <class T, class... Shape>
using Input = nb::ndarray<T const, nb::c_contig, nb::device::cpu, Shape...>;

/// Structures as arrays: the atoms of all structures one after the other.
struct Arrays {
  Input<int, nb::ndim<1>> numbers;           ///< atomic numbers [n_atoms]
  Input<double, nb::shape<-1, 3>> positions; ///< Angstrom [n_atoms][3]
  Input<double, nb::shape<-1, 3, 3>> cells;  ///< rows, Angstrom [n_structures][3][3]
  Input<bool, nb::shape<-1, 3>> periodic;    ///< [n_structures][3]
  /// First atom of each structure, then n_atoms [n_structures + 1].
  Input<long, nb::ndim<1>> offsets;
};

std::vector<Structure> structures_of(Arrays const& arrays) {
  std::size_t const n = arrays.cells.shape(0), n_atoms = arrays.numbers.shape(0);
  auto const offset = [&](std::size_t s) { return static_cast<std::size_t>(arrays.offsets(s)); };
  bool fits = arrays.periodic.shape(0) == n && arrays.positions.shape(0) == n_atoms &&
              arrays.offsets.shape(0) == n + 1 && offset(0) == 0 && offset(n) == n_atoms;
  for (std::size_t s = 0; fits && s < n; ++s)
    fits = arrays.offsets(s) <= arrays.offsets(s + 1);
  if (!fits)
    throw InputError(
        "the arrays of numbers, positions, cells and periodicity have inconsistent shapes");
  std::vector<Structure> structures(n);
  for (std::size_t s = 0; s < n; ++s) {
    Structure& structure = structures[s];
    structure.place = {.file = "images[" + std::to_string(s) + "]"};
    for (int x = 0; x < 3; ++x) {
      structure.cell.periodic[x] = arrays.periodic(s, x);
      for (int y = 0; y < 3; ++y)
        structure.cell.vectors[x][y] = arrays.cells(s, x, y);
    }
    for (std::size_t i = offset(s); i < offset(s + 1); ++i) {
      if (arrays.numbers(i) < 1 || arrays.numbers(i) > 118)
        throw InputError(
            structure.place,
            "atom " + std::to_string(i - offset(s)) +
                " is not a chemical element (expected an atomic number from 1 to 118)");
      structure.numbers.push_back(arrays.numbers(i));
      structure.positions.push_back(
          {arrays.positions(i, 0), arrays.positions(i, 1), arrays.positions(i, 2)});
      for (double const x : structure.positions.back())
        if (!std::isfinite(x))
          throw InputError(structure.place, "the position of atom " +
                                                std::to_string(i - offset(s)) + " is not finite");
    }
  }
  return structures;
}

/// A potential with its evaluation tables, which are made on first use.
class Potential {
public:
  explicit Potential(AcePotential potential) : potential_(std::move(potential)) {}

  AcePotential const& potential() const { return potential_; }
  AceBasis const& basis() const { return *potential_.basis; }

  nb::tuple evaluate(Arrays const& arrays, bool single) {
    initialize();
    auto const structures = structures_of(arrays);
    HostResults results;
    {
      nb::gil_scoped_release const others_run;
      std::lock_guard<std::mutex> const mine(mutex_);
      Space const space;
      auto& evaluator = evaluators_[single];
      if (!evaluator)
        evaluator = std::make_unique<Evaluator<Space>>(
            space, potential_, single ? Precision::float32 : Precision::float64);
      results = evaluate_structures(space, *evaluator, structures);
    }
    return nb::make_tuple(as_array(results.energies), as_array(results.forces),
                          as_array(results.virials));
  }

  /// Values B of every atom [n_atoms][n_functions].
  nb::object basis_values(Arrays const& arrays) {
    initialize();
    auto const structures = structures_of(arrays);
    Matrix<Kokkos::HostSpace> values;
    {
      nb::gil_scoped_release const others_run;
      std::lock_guard<std::mutex> const mine(mutex_);
      Space const space;
      auto const batch = StructureBatch<Space>::create(space, structures, basis().elements());
      auto const list = build_neighbor_list(space, batch, basis().cutoff());
      values = Kokkos::create_mirror_view_and_copy(
          Kokkos::HostSpace(), assembler(space).basis_values(space, batch, list));
      space.fence("kolace::python: basis values are returned to the host");
    }
    return as_array(values);
  }

  nb::tuple design_rows(Arrays const& arrays) {
    initialize();
    auto const structures = structures_of(arrays);
    Matrix<Kokkos::HostSpace> host[3];
    {
      nb::gil_scoped_release const others_run;
      std::lock_guard<std::mutex> const mine(mutex_);
      Space const space;
      auto const batch = StructureBatch<Space>::create(space, structures, basis().elements());
      auto const list = build_neighbor_list(space, batch, basis().cutoff());
      auto const rows = [&](std::string const& label, int count) {
        return Matrix<Space>(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label), count,
                             basis().size());
      };
      Matrix<Space> const made[3] = {rows("kolace::python::energy_rows", batch.n_structures),
                                     rows("kolace::python::force_rows", 3 * batch.n_atoms),
                                     rows("kolace::python::virial_rows", 6 * batch.n_structures)};
      assembler(space)(space, batch, list, {}, made[0], made[1], made[2]);
      space.fence("kolace::python: design rows are returned to the host");
      for (int k = 0; k < 3; ++k)
        host[k] = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), made[k]);
    }
    return nb::make_tuple(as_array(host[0]), as_array(host[1]), as_array(host[2]));
  }

private:
  /// Assembler for the basis without core repulsion, which has no columns; created on first use.
  DesignAssembler<Space>& assembler(Space const& space) {
    if (!assembler_)
      assembler_ = std::make_unique<DesignAssembler<Space>>(space, without_core(basis()),
                                                            potential_.spline_width);
    return *assembler_;
  }

  AcePotential potential_;
  std::mutex mutex_; ///< tables and workspace serve one Python thread at a time
  std::unique_ptr<Evaluator<Space>> evaluators_[2]; ///< in doubles and in floats
  std::unique_ptr<DesignAssembler<Space>> assembler_;
};

/// Extrapolation grades for an active set; the tables are made on first use.
class Grades {
public:
  Grades(std::string const& path, AcePotential const& potential)
      : potential_(potential), set_(read_active_set(path, *potential.basis)) {}
  /// From the result of state().
  explicit Grades(std::pair<std::string, nb::bytes> const& state)
      : potential_(parse_potential(state.first, "a pickled active set")),
        set_(parse_active_set({state.second.c_str(), state.second.size()}, "a pickled active set",
                              *potential_.basis)) {}

  /// The texts of the two files, for copies and other processes.
  std::pair<std::string, nb::bytes> state() const {
    std::ostringstream potential, set;
    write_potential(potential, potential_);
    write_active_set(set, set_, *potential_.basis);
    std::string const bytes = set.str();
    return {potential.str(), nb::bytes(bytes.data(), bytes.size())};
  }

  /// Grade of every atom [n_atoms].
  nb::object evaluate(Arrays const& arrays) {
    initialize();
    auto const structures = structures_of(arrays);
    HostResults::OnHost<double*> grades;
    {
      nb::gil_scoped_release const others_run;
      std::lock_guard<std::mutex> const mine(mutex_);
      Space const space;
      if (!grade_)
        grade_.emplace(space, potential_.basis, set_, potential_.spline_width);
      grades = decltype(grades)("kolace::python::grades", arrays.numbers.shape(0));
      std::size_t atom = 0;
      for (auto const& list :
           extrapolation_grades(space, *grade_, std::span<Structure const>(structures)))
        for (double const grade : list)
          grades(atom++) = grade;
    }
    return as_array(grades);
  }

private:
  AcePotential potential_;
  ActiveSet set_;
  std::mutex mutex_; ///< tables and workspace serve one Python thread at a time
  std::optional<ExtrapolationGrade<Space>> grade_;
};

} // namespace

nb::object potential_object(AcePotential potential) {
  return nb::cast(new Potential(std::move(potential)), nb::rv_policy::take_ownership);
}

void add_evaluation(nb::module_& module) {
  using Numbers = Input<int, nb::ndim<1>>;
  using Positions = Input<double, nb::shape<-1, 3>>;
  using Cells = Input<double, nb::shape<-1, 3, 3>>;
  using Periodic = Input<bool, nb::shape<-1, 3>>;
  using Offsets = Input<long, nb::ndim<1>>;
  auto const with = [](auto const& call) {
    return [call](Potential& self, Numbers numbers, Positions positions, Cells cells,
                  Periodic periodic, Offsets offsets) {
      return call(self, Arrays{numbers, positions, cells, periodic, offsets});
    };
  };
  nb::class_<Potential>(module, "Potential", "An ACE potential, from read_potential or fit.")
      .def_prop_ro(
          "elements", [](Potential const& p) { return p.basis().elements().symbols(); },
          "Chemical symbols in alphabetical order.")
      .def_prop_ro(
          "cutoff", [](Potential const& p) { return p.basis().cutoff(); },
          "Largest cutoff radius of any pair of elements, Angstrom.")
      .def_prop_ro(
          "n_functions", [](Potential const& p) { return p.basis().size(); },
          "Number of functions, of all elements together.")
      .def_prop_ro(
          "body_order", [](Potential const& p) { return p.basis().max_rank() + 1; },
          "Largest number of atoms in a term of the energy.")
      .def_prop_ro(
          "coefficients", [](Potential const& p) { return as_array(p.potential().coefficients); },
          "Coefficients of the (first) density, [n_functions]; in eV if the potential is linear.")
      .def_prop_ro(
          "reference_energy",
          [](Potential const& p) { return as_array(p.potential().reference_energy); },
          "Energies of free atoms, eV [n_elements].")
      .def_prop_ro(
          "functions",
          [](Potential const& p) {
            std::vector<std::string> lines;
            for (BasisFunction const& f : p.basis().functions())
              lines.push_back(describe(f, p.basis().elements()));
            return lines;
          },
          "One line for each function: central element, neighbors, n, l, L.")
      .def(
          "write",
          [](Potential const& p, std::string const& path) {
            bool const yace = path.ends_with(".yace");
            if (!yace && !path.ends_with(".yaml"))
              throw InputError(path + ": expected a file name that ends in .yaml or .yace");
            write_file(path, [&](std::ostream& out) {
              yace ? write_yace(out, p.potential()) : write_potential(out, p.potential());
            });
          },
          nb::arg("path"), "Writes .yaml or .yace; the file extension selects the format.")
      .def("__repr__",
           [](Potential const& p) {
             return fmt::format(
                 "<kolace.Potential of {}: {} functions, body order {}, cutoff {} A>",
                 fmt::join(p.basis().elements().symbols(), ", "), p.basis().size(),
                 p.basis().max_rank() + 1, p.basis().cutoff());
           })
      // The text of the file, for copies and other processes.
      .def("__getstate__",
           [](Potential const& p) {
             std::ostringstream text;
             write_potential(text, p.potential());
             return text.str();
           })
      .def("__setstate__",
           [](Potential& p, std::string const& text) {
             initialize();
             new (&p) Potential(parse_potential(text, "a pickled potential"));
           })
      .def("_evaluate", with([](Potential& p, Arrays const& a) { return p.evaluate(a, false); }))
      .def("_evaluate_single",
           with([](Potential& p, Arrays const& a) { return p.evaluate(a, true); }))
      .def("_basis_values", with([](Potential& p, Arrays const& a) { return p.basis_values(a); }))
      .def("_design_rows", with([](Potential& p, Arrays const& a) { return p.design_rows(a); }));
  nb::class_<Grades>(module, "ActiveSet",
                     "An active set of a potential's training data, from read_active_set.")
      .def("__getstate__", &Grades::state)
      .def("__setstate__",
           [](Grades& g, std::pair<std::string, nb::bytes> const& state) {
             initialize();
             new (&g) Grades(state);
           })
      .def("_grades", [](Grades& self, Numbers numbers, Positions positions, Cells cells,
                         Periodic periodic, Offsets offsets) {
        return self.evaluate(Arrays{numbers, positions, cells, periodic, offsets});
      });
  module.def("read_active_set", [](std::string const& path, Potential const& potential) {
    initialize();
    return new Grades(path, potential.potential());
  });
  module.def("read_potential", [](std::string const& path) {
    initialize();
    std::vector<std::string> notes;
    AcePotential potential = read_potential(path, &notes);
    return nb::make_tuple(potential_object(std::move(potential)), notes);
  });
}

} // namespace kolace::python
