// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/dataset.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/dataset/detail/read_frames.hpp>
#include <kolace/dataset/detail/read_in_parts.hpp>
#include <kolace/dataset/frame_store.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

#include <zlib.h>

namespace kolace {

Dataset Dataset::subset(std::function<bool(long)> keep) const {
  Dataset part(*this);
  if (keep_)
    part.keep_ = [before = keep_, keep = std::move(keep)](long i) { return before(i) && keep(i); };
  else
    part.keep_ = std::move(keep);
  return part;
}

Dataset Dataset::prepared(std::function<bool(Frame&)> prepare) const {
  Dataset result(*this);
  result.options_.prepare = std::move(prepare);
  return result;
}

namespace {

constexpr std::size_t default_memory_limit = std::size_t{256} << 20;

/// Checks that a structure passed by a calling code is usable.
/// @throws InputError with the reason if it is not
void check_structure(Structure const& s) {
  auto const expect = [&](bool fits, char const* otherwise) {
    if (!fits)
      throw InputError(s.place, otherwise);
  };
  auto const are_finite = [](std::vector<Vec3> const& vectors) {
    return std::all_of(vectors.begin(), vectors.end(), [](Vec3 const& v) {
      return std::isfinite(v[0]) && std::isfinite(v[1]) && std::isfinite(v[2]);
    });
  };
  std::size_t const n = s.n_atoms();
  expect(n > 0, "a structure needs at least one atom");
  expect(s.positions.size() == n, "expected one position per atom");
  expect(are_finite(s.positions), "positions must be finite");
  for (int const number : s.numbers)
    expect(number >= 1 && number <= 118, "atomic numbers must be 1 to 118");
  for (int d = 0; d < 3; ++d)
    expect(are_finite({s.cell.vectors[d]}), "cell vectors must be finite");
  expect(valid_periodicity(s.cell),
         "the cell vectors of periodic directions are linearly dependent");
  expect(!s.energy || std::isfinite(*s.energy), "the energy must be finite");
  expect(s.forces.empty() || (s.forces.size() == n && are_finite(s.forces)),
         "expected one finite force per atom");
  for (int v = 0; v < 6; ++v)
    expect(!s.virial || std::isfinite((*s.virial)[v]), "the virial must be finite");
  auto const is_weight = [](double w) { return w >= 0 && std::isfinite(w); };
  expect(is_weight(s.energy_weight) && is_weight(s.force_weight),
         "weights must be finite and non-negative");
  expect(s.force_weights.empty() || s.force_weights.size() == n,
         "expected one force weight per atom");
  for (double const weight : s.force_weights)
    expect(is_weight(weight), "weights must be finite and non-negative");
  if (auto const pair = coincident_atoms(s, 1e-3))
    throw InputError(s.place, "atoms " + std::to_string(pair->first + 1) + " and " +
                                  std::to_string(pair->second + 1) + " coincide");
}

} // namespace

/// Contents of the files, once they have been read.
struct Dataset::Contents {
  std::mutex mutex;
  std::unique_ptr<FrameStore> frames;
  std::vector<DataFile> files;

  void read(std::vector<std::string> const& paths, Options const& options) {
    std::size_t const limit =
        options.memory_limit > 0 ? options.memory_limit : default_memory_limit;
    auto store = std::make_unique<FrameStore>(limit);
    std::vector<DataFile> records;
    if (options.ranks.size() == 1 ||
        !detail::read_in_parts(paths, options, limit / 4, *store, records)) {
      records.clear();
      options.ranks.together([&] {
        for (std::string const& path : paths) {
          int const file = static_cast<int>(records.size());
          detail::FrameSplitter splitter(path);
          bool announced = !options.announce;
          DataFile& record = records.emplace_back();
          record.path = path;
          detail::read_frames(splitter, options.keys, record,
                              [&](StoredFrame const& frame, LabelCounts const& labels) {
                                store->add(frame, labels, file);
                                if (!announced && record.n_bytes > options.large) {
                                  announced = true;
                                  options.announce(path + ": more than " +
                                                   std::to_string(options.large / 1'000'000) +
                                                   " MB of text, reading it takes seconds");
                                }
                              });
        }
      });
    }
    frames = std::move(store);
    files = std::move(records);
  }
};

Dataset::Dataset(std::vector<std::string> files, Options options)
    : files_(std::move(files)), options_(std::move(options)),
      contents_(std::make_shared<Contents>()) {}

Dataset Dataset::of_structures(std::span<Structure const> structures, std::string const& name,
                               Options options) {
  Dataset result({name}, std::move(options));
  Contents& contents = *result.contents_;
  contents.frames = std::make_unique<FrameStore>(
      result.options_.memory_limit > 0 ? result.options_.memory_limit : default_memory_limit);
  DataFile& record = contents.files.emplace_back();
  record.path = name;
  for (Structure const& structure : structures) {
    Frame frame = make_frame(structure);
    frame.structure.place = {name, ++record.n_frames, 0};
    LabelCounts labels;
    StoredFrame stored;
    try {
      check_structure(frame.structure);
      stored = encode(frame);
      if (structure.energy)
        labels["energy from 'energy'"] = 1;
      if (!structure.forces.empty())
        labels["forces from 'forces'"] = 1;
      if (structure.virial)
        labels["virial from 'virial'"] = 1;
    } catch (InputError const& error) {
      stored = {error.what(), {}, false};
    }
    record.n_bytes += stored.structure.size();
    record.checksum = static_cast<std::uint32_t>(
        ::crc32_z(record.checksum, reinterpret_cast<unsigned char const*>(stored.structure.data()),
                  stored.structure.size()));
    contents.frames->add(stored, labels, 0);
  }
  return result;
}

Dataset::Contents const& Dataset::contents() const {
  std::lock_guard<std::mutex> const lock(contents_->mutex);
  if (!contents_->frames)
    contents_->read(files_, options_);
  return *contents_;
}

std::vector<DataFile> const& Dataset::data_files() const {
  static std::vector<DataFile> const none;
  return contents_ ? contents().files : none;
}

std::string Dataset::fingerprint() const {
  std::string text;
  for (DataFile const& file : data_files())
    text += std::to_string(file.n_frames) + " " + std::to_string(file.n_bytes) + " " +
            std::to_string(file.checksum) + "\n";
  return text;
}

Dataset::Pass Dataset::for_each(std::function<void(Frame&)> const& visit, Content content) const {
  Pass pass;
  if (files_.empty())
    return pass;
  Contents const& all = contents();
  std::vector<long> earlier{0}; // number of frames in the preceding files
  for (DataFile const& file : all.files)
    earlier.push_back(earlier.back() + file.n_frames);
  FrameStore::Cursor cursor(*all.frames, files_, content == Content::frames);
  long index = 0;
  while (!cursor.done()) {
    Frame frame;
    std::string message;
    try {
      if (!cursor.next(frame, message))
        throw InputError(message);
      frame.position = earlier[cursor.file()] + frame.structure.place.frame - 1;
      if (options_.check)
        options_.check(frame.structure);
      if (options_.prepare && !options_.prepare(frame)) {
        ++pass.left_out;
        continue;
      }
    } catch (InputError const& error) {
      if (!options_.skip_bad_frames)
        throw;
      pass.skipped.push_back(error.what());
      continue;
    }
    if (!keep_ || keep_(index)) {
      ++pass.frames;
      for (auto const& [label, count] : cursor.labels())
        pass.labels[label] += count;
      visit(frame);
    }
    ++index;
  }
  if (pass.frames == 0)
    throw InputError((files_.size() == 1 ? files_[0] : "the data files") + ": no usable frames");
  return pass;
}

Dataset Dataset::checked(ElementSet const& elements) const {
  Dataset result(*this);
  result.options_.check = [elements](Structure const& s) {
    for (int const number : s.numbers)
      if (elements.species(number) < 0)
        throw InputError(s.place, "element " + element_symbol(number) +
                                      " is not among the potential's elements");
  };
  return result;
}

} // namespace kolace
