// SPDX-License-Identifier: BSD-3-Clause
// Files that ranks read together give what one rank reads alone. Run with mpiexec.
#include "support/temporary_folder.hpp"

#include <kolace/dataset/dataset.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstdio>
#include <sstream>

#include <mpi.h>
#include <zlib.h>

namespace {

using namespace kolace;

std::string lines_of(int n_atoms, double shift) {
  std::ostringstream out;
  for (int i = 0; i < n_atoms; ++i)
    out << "C " << 1.7 * i << ' ' << shift << " 0.25 0.5 -0.5 " << i << '\n';
  return out.str();
}

std::string frames(int count, int largest) {
  std::ostringstream out;
  for (int k = 0; k < count; ++k) {
    int const n = 1 + (7 * k) % largest;
    out << n
        << "\nLattice=\"400 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3:forces:R:3 energy="
        << k << " config_type=\"" << (k % 3 ? "some" : "other") << "\"\n"
        << lines_of(n, 0.01 * k);
  }
  return out.str();
}

std::string with_crlf(std::string const& text) {
  std::string result;
  for (char const c : text)
    result += c == '\n' ? "\r\n" : std::string(1, c);
  return result;
}

std::string compressed(std::string const& path, std::string const& text) {
  gzFile const file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return path;
}

/// Everything that a pass over the data tells, or the error; names of files without their folder.
std::string contents(std::vector<std::string> const& files, Communicator const& ranks,
                     std::size_t memory, bool skip) {
  std::ostringstream out;
  out.precision(17);
  Dataset::Options options;
  options.ranks = ranks;
  options.memory_limit = memory;
  options.skip_bad_frames = skip;
  try {
    Dataset const data(files, options);
    out << data.fingerprint();
    auto const pass = data.for_each([&](Frame const& frame) {
      Structure const& s = frame.structure;
      out << s.place.text() << ' ' << frame.position << ' ' << s.config_type << ' '
          << s.energy.value_or(-1) << '\n';
      for (std::size_t i = 0; i < s.n_atoms(); ++i)
        out << s.positions[i][0] << ' ' << s.positions[i][1] << ' '
            << (s.forces.empty() ? 0 : s.forces[i][2]) << '\n';
      for (InfoEntry const& entry : frame.info)
        out << entry.key << '=' << entry.value << ' ';
    });
    for (auto const& [label, count] : pass.labels)
      out << label << ' ' << count << '\n';
    for (std::string const& message : pass.skipped)
      out << message << '\n';
  } catch (InputError const& error) {
    std::string text = error.what();
    out << text.substr(0, text.find(" (rank"));
  }
  // Messages carry the name that the reading rank knows; mkdtemp's names have equal lengths.
  std::string const folder = files.front().substr(0, files.front().rfind('/'));
  std::string const begin = folder.substr(0, folder.size() - 6);
  std::string text = out.str();
  for (std::size_t at = 0; (at = text.find(begin, at)) != text.npos;)
    text.erase(at, folder.size());
  return text;
}

int differences(test::TemporaryFolder const& folder, Communicator const& ranks) {
  std::string const many = frames(200, 23), few = frames(2, 3), one = frames(1, 40);
  std::string bad = many;
  bad.replace(bad.find("0.25", bad.size() / 2), 4, "zero");
  std::string short_frame = many; // an atom is missing in the middle
  std::size_t const line = short_frame.find("\nC ", short_frame.size() / 3) + 1;
  short_frame.erase(line, short_frame.find('\n', line) + 1 - line);
  std::string numbered; // comments that look like counts of atoms
  for (int k = 0; k < 60; ++k)
    numbered += "4\n4\n" + [&] {
      std::string lines;
      for (int i = 0; i < 4; ++i)
        lines += "C " + std::to_string(2 * i) + " " + std::to_string(k) + " 0\n";
      return lines;
    }();
  std::string blank = many;
  for (std::size_t at = 0; (at = blank.find("\n1\n", at)) != blank.npos; at += 4)
    blank.insert(at, "\n \n");
  std::string cut = many.substr(0, many.size() - 30), open = many;
  open.pop_back();
  auto const file = [&](char const* name, std::string const& text) {
    return folder.write(name, text);
  };
  std::vector<std::vector<std::string>> const cases{
      {file("many.xyz", many)},
      {file("few.xyz", few)},
      {file("one.xyz", one)},
      {file("bad.xyz", bad)},
      {file("short.xyz", short_frame)},
      {file("numbered.xyz", numbered)},
      {file("blank.xyz", blank)},
      {file("crlf.xyz", with_crlf(many))},
      {file("cut.xyz", cut)},
      {file("open.xyz", open)},
      {file("empty.xyz", "")},
      {file("spaces.xyz", "\n \n\n")},
      {file("text.xyz", std::string(3000, 'a') + '\n')},
      {compressed(folder.file("packed.xyz.gz"), many)},
      {file("a.xyz", one), compressed(folder.file("b.xyz.gz"), many), file("c.xyz", few),
       file("d.xyz", many), compressed(folder.file("e.xyz.gz"), few), file("f.xyz", one)},
      {folder.file("absent.xyz")}};
  int different = 0;
  for (auto const& files : cases)
    for (bool const skip : {false, true})
      for (std::size_t const memory : {std::size_t{0}, std::size_t{1}}) {
        std::string const alone = contents(files, Communicator::alone(), memory, skip);
        std::string const together = contents(files, ranks, memory, skip);
        if (alone != together) {
          ++different;
          auto const at = static_cast<std::size_t>(
              std::mismatch(alone.begin(), alone.end(), together.begin(), together.end()).first -
              alone.begin());
          std::printf("rank %d: %s differs (skip %d, memory %zu) at %zu: '%.60s', alone '%.60s'\n",
                      ranks.rank(), files.front().c_str(), skip, memory, at,
                      together.c_str() + std::min(at, together.size()), alone.c_str() + at);
        }
      }
  return different;
}

} // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int different = 0, all = 0;
  {
    Kokkos::ScopeGuard const kokkos(argc, argv);
    Communicator const ranks;
    test::TemporaryFolder const folder; // of each rank: names differ, contents do not
    different = differences(folder, ranks);
  }
  MPI_Allreduce(&different, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  MPI_Finalize();
  return all == 0 ? 0 : 1;
}
