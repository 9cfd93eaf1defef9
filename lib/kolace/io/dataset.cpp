#include <kolace/io/dataset.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/core/host_threads.hpp>
#include <kolace/io/detail/frame_text.hpp>

#include <exception>

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

/// A frame between its text and its visit.
struct Item {
  detail::FrameText text;
  Frame frame;
  LabelCounts labels;
  std::exception_ptr error;
};

/// Lines up the next frames of a file, a few for each thread, in items [0, n); the last may hold
/// why the file cannot be read further. @return is there more?
bool take_frames(detail::FrameSplitter& splitter, std::vector<Item>& items, std::size_t& n) {
  constexpr std::size_t bytes_of_thread = 1 << 17;
  std::size_t const threads = host_threads();
  n = 0;
  for (std::size_t bytes = 0; bytes < bytes_of_thread * threads; ++n) {
    if (n == items.size())
      items.emplace_back();
    Item& item = items[n];
    item.error = nullptr;
    try {
      if (!splitter.next(item.text))
        return false;
    } catch (InputError const&) {
      item.error = std::current_exception();
      ++n;
      return false;
    }
    bytes += item.text.comment.size() + item.text.atoms.size();
  }
  return true;
}

/// Reads what the first n items say, on all threads of the host.
void parse(std::vector<Item>& items, std::size_t n, LabelKeys const& keys) {
  for_each_on_host("kolace::io::parse_frames", static_cast<int>(n), [&](int k) {
    Item& item = items[k];
    if (item.error) // there is no text
      return;
    try {
      item.labels.clear();
      item.frame = detail::parse_frame(item.text, keys, item.labels);
    } catch (...) {
      item.error = std::current_exception();
    }
  });
}

} // namespace

Dataset::Pass Dataset::for_each(std::function<void(Frame&)> const& visit) const {
  Pass pass;
  long index = 0, earlier = 0; // frames of the files before
  std::vector<Item> items;
  for (std::string const& file : files_) {
    detail::FrameSplitter splitter(file);
    std::size_t n = 0;
    for (bool more = true; more;) {
      more = take_frames(splitter, items, n);
      parse(items, n, options_.keys);
      for (std::size_t k = 0; k < n; ++k) {
        Frame& frame = items[k].frame;
        try {
          if (items[k].error)
            std::rethrow_exception(items[k].error);
          for (auto const& [label, count] : items[k].labels)
            pass.labels[label] += count;
          frame.position = earlier + frame.structure.place.frame - 1;
          if (options_.check)
            options_.check(frame.structure);
          if (options_.prepare && !options_.prepare(frame)) {
            ++pass.left_out;
            continue;
          }
        } catch (InputError const& error) {
          if (!options_.skip_bad_frames || splitter.n_frames() == 0)
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
    }
    earlier += splitter.n_frames();
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
