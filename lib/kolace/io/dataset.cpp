#include <kolace/io/dataset.hpp>

#include <kolace/core/elements.hpp>

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

Dataset::Pass Dataset::for_each(std::function<void(Frame&)> const& visit) const {
  Pass pass;
  long index = 0, earlier = 0; // frames of the files before
  for (std::string const& file : files_) {
    ExtxyzReader reader(file, options_.keys);
    Frame frame;
    while (true) {
      try {
        if (!reader.next(frame))
          break;
        frame.position = earlier + reader.frames_read() - 1;
        if (options_.check)
          options_.check(frame.structure);
        if (options_.prepare && !options_.prepare(frame)) {
          ++pass.left_out;
          continue;
        }
      } catch (InputError const& error) {
        if (!options_.skip_bad_frames || reader.frames_read() == 0)
          throw;
        pass.skipped.push_back(error.what());
        continue;
      }
      if (!keep_ || keep_(index)) {
        ++pass.frames;
        visit(frame);
      }
      ++index;
    }
    earlier += reader.frames_read();
    for (auto const& [label, count] : reader.label_counts())
      pass.labels[label] += count;
  }
  if (pass.frames == 0 && !files_.empty())
    throw InputError((files_.size() == 1 ? files_[0] : "the data files") +
                     ": no usable frame is left");
  return pass;
}

Dataset checked(Dataset const& data, ElementSet const& elements) {
  Dataset::Options options = data.options();
  options.check = [elements](Structure const& s) {
    for (int const number : s.numbers)
      if (elements.species(number) < 0)
        throw InputError(s.place, "element " + element_symbol(number) +
                                      " is not among the potential's elements");
  };
  return Dataset(data.files(), options);
}

} // namespace kolace
