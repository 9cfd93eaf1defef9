// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yaml_tape.hpp>

#include <kolace/io/detail/text.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace::detail {

std::string_view TapeValue::text() const {
  if (kind() != Kind::scalar)
    fail("expected a single value");
  return node().text;
}

void TapeValue::fail(std::string const& message) const {
  throw InputError(*file_ + ":" + std::to_string(line()) + ": " +
                   (key_.empty() ? "" : key_ + ": ") + message);
}

std::size_t TapeValue::find(std::string_view key) const {
  if (kind() != Kind::map)
    fail("expected a map");
  for (std::size_t at = index_ + 1; at < node().end;) {
    std::size_t const value = tape_->nodes[at].end;
    if (tape_->nodes[at].kind == Kind::scalar && tape_->nodes[at].text == key)
      return value;
    at = tape_->nodes[value].end;
  }
  return 0;
}

bool TapeValue::has(std::string_view key) const {
  return find(key) != 0;
}

TapeValue TapeValue::required(std::string_view key) const {
  std::size_t const at = find(key);
  if (at == 0)
    fail("expected the key '" + std::string(key) + "'");
  return {*file_, *tape_, at, (key_.empty() ? "" : key_ + ".") + std::string(key)};
}

double TapeValue::number() const {
  double value = 0;
  if (!parse_double(text(), value) || !std::isfinite(value))
    fail("expected a finite number, got '" + std::string(text()) + "'");
  return value;
}

int TapeValue::integer() const {
  long value = 0;
  if (!parse_integer(text(), value) || value < std::numeric_limits<int>::min() ||
      value > std::numeric_limits<int>::max())
    fail("expected an integer, got '" + std::string(text()) + "'");
  return static_cast<int>(value);
}

std::vector<double> TapeValue::numbers() const {
  std::vector<double> values;
  for_each([&](TapeValue const& item) { values.push_back(item.number()); });
  return values;
}

std::vector<int> TapeValue::integers() const {
  std::vector<int> values;
  for_each([&](TapeValue const& item) { values.push_back(item.integer()); });
  return values;
}

namespace {

constexpr int deepest = 64;
constexpr int end_of_text = -1;

class Parser {
public:
  using Visit = std::function<void(KeyPath const&, TapeValue const&)>;
  using VisitItem = std::function<void(KeyPath const&, UnparsedItem const&)>;

  Parser(std::string const& file, std::string_view text, YamlTape& tape)
      : file_(file), text_(text), tape_(tape) {}

  void run(std::function<int(std::string_view)> const& depth_of, Visit const& visit,
           VisitItem const& visit_item) {
    visit_ = &visit;
    visit_item_ = &visit_item;
    int const column = next_token();
    if (column == end_of_text)
      fail("the file is empty");
    if (text_.substr(at_, 3) == "---") {
      at_ += 3;
      next_token();
    }
    split_map(column_of(at_), [&](std::string const& key) { return depth_of(key); });
    if (next_token() != end_of_text)
      fail("unexpected text '" + std::string(rest_of_line()) + "'");
  }

  void parse(UnparsedItem const& item) {
    at_ = item.at;
    line_start_ = item.line_start;
    line_ = item.line;
    tape_.nodes.clear();
    block(item.column + 1, 0);
    if (next_token() != end_of_text)
      fail("unexpected text '" + std::string(rest_of_line()) + "'");
  }

private:
  [[noreturn]] void fail(std::string const& message) const {
    throw InputError(file_ + ":" + std::to_string(line_) + ": " + message);
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  bool blank_at(std::size_t ahead) const {
    char const c = peek(ahead);
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  int column_of(std::size_t at) const { return static_cast<int>(at - line_start_); }
  std::string_view rest_of_line() const {
    return text_.substr(at_, std::min<std::size_t>(text_.find_first_of("\r\n", at_) - at_, 40));
  }

  /// Skips blanks, line ends and comments. Returns the column of the next token.
  int next_token() {
    while (at_ < text_.size()) {
      char const c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at_;
      } else if (c == '#' &&
                 (at_ == line_start_ || text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return column_of(at_);
      }
    }
    return end_of_text;
  }

  std::size_t open(YamlTape::Kind kind, std::string_view text = {}) {
    if (tape_.nodes.size() > (std::size_t{1} << 27))
      fail("one value has more than 100 million entries");
    tape_.nodes.push_back({kind, text, line_, tape_.nodes.size() + 1});
    return tape_.nodes.size() - 1;
  }
  void close(std::size_t node) { tape_.nodes[node].end = tape_.nodes.size(); }

  bool dash() const { return peek() == '-' && blank_at(1); }

  bool at_flow() const { return peek() == '[' || peek() == '{' || peek() == '"' || peek() == '\''; }

  /// Reads the flow value at the cursor, unless it is a key, that is, followed by a colon on the
  /// same line.
  bool flow_is_key(int depth) {
    std::size_t const at = at_, size = tape_.nodes.size(), start = line_start_;
    long const line = line_;
    flow(depth);
    while (peek() == ' ')
      ++at_;
    if (line_ != line || peek() != ':' || !blank_at(1))
      return false;
    at_ = at, line_start_ = start;
    tape_.nodes.resize(size);
    return true;
  }

  /// True if the token at the cursor is plain text followed by a colon on the same line.
  bool at_plain_key() const {
    std::size_t const end = std::min(text_.find('\n', at_), text_.size());
    for (std::size_t k = at_; k < end; ++k)
      if (text_[k] == ':' && (k + 1 >= text_.size() || text_[k + 1] == ' ' ||
                              text_[k + 1] == '\n' || text_[k + 1] == '\r'))
        return true;
    return false;
  }

  /// True if the token at the cursor is a key. Reads nothing.
  bool at_key() {
    if (!at_flow())
      return at_plain_key();
    std::size_t const at = at_, size = tape_.nodes.size(), start = line_start_;
    long const line = line_;
    bool const is_key = flow_is_key(0);
    at_ = at, line_ = line, line_start_ = start;
    tape_.nodes.resize(size);
    return is_key;
  }

  /// A plain scalar up to its end in this context.
  std::string_view plain(bool in_flow) {
    std::size_t const begin = at_;
    while (at_ < text_.size()) {
      char const c = text_[at_];
      if (c == '\n' || c == '\r' || (c == ':' && blank_at(1)) ||
          (c == '#' && text_[at_ - 1] == ' ') || (in_flow && (c == ',' || c == ']' || c == '}')))
        break;
      ++at_;
    }
    std::size_t end = at_;
    while (end > begin && (text_[end - 1] == ' ' || text_[end - 1] == '\t'))
      --end;
    if (end == begin)
      fail("expected a value, got '" + std::string(rest_of_line()) + "'");
    return text_.substr(begin, end - begin);
  }

  std::string_view quoted() {
    char const mark = text_[at_++];
    std::size_t const end = text_.find(mark, at_);
    std::string_view const inside = text_.substr(at_, end - at_);
    if (end == std::string_view::npos || inside.find('\n') != std::string_view::npos)
      fail("unclosed quote");
    if (inside.find('\\') != std::string_view::npos)
      fail("escapes in quotes are not supported");
    at_ = end + 1;
    return inside;
  }

  /// A value in flow style: [..], {..} or a scalar.
  void flow(int depth) {
    if (depth > deepest)
      fail("values are nested too deeply");
    char const c = peek();
    if (c == '"' || c == '\'') {
      open(YamlTape::Kind::scalar, quoted());
      return;
    }
    if (c != '[' && c != '{') {
      long const line = line_;
      std::size_t const node = open(YamlTape::Kind::scalar);
      tape_.nodes[node].text = plain(true);
      tape_.nodes[node].line = line;
      return;
    }
    bool const map = c == '{';
    char const closing = map ? '}' : ']';
    std::size_t const node = open(map ? YamlTape::Kind::map : YamlTape::Kind::list);
    ++at_;
    while (true) {
      if (next_token() == end_of_text)
        fail(std::string("the file ends before '") + closing + "'");
      if (peek() == closing)
        break;
      flow(depth + 1);
      if (map) {
        next_token();
        if (peek() != ':')
          fail("expected ':' after a key");
        ++at_;
        if (next_token() == end_of_text)
          fail("the file ends before '}'");
        flow(depth + 1);
      }
      if (next_token() == end_of_text)
        fail(std::string("the file ends before '") + closing + "'");
      if (peek() == ',')
        ++at_;
      else if (peek() != closing)
        fail(std::string("expected ',' or '") + closing + "', got '" + std::string(rest_of_line()) +
             "'");
    }
    ++at_;
    close(node);
  }

  /// Reads the key at the cursor and its colon, and moves the cursor past them.
  void key() {
    if (at_flow())
      flow(0);
    else
      open(YamlTape::Kind::scalar, plain(false));
    while (peek() == ' ')
      ++at_;
    if (peek() != ':' || !blank_at(1))
      fail("expected ':' after a key");
    ++at_;
  }

  /// A value whose lines are indented by `indent` columns or more.
  void block(int indent, int depth) {
    if (depth > deepest)
      fail("values are nested too deeply");
    int const column = next_token();
    if (column < indent) {
      open(YamlTape::Kind::scalar, ""); // no value: null
      return;
    }
    if (dash()) {
      std::size_t const node = open(YamlTape::Kind::list);
      while (next_token() == column && dash()) {
        ++at_;
        block(column + 1, depth + 1);
      }
      close(node);
      return;
    }
    bool const in_flow = at_flow();
    if (in_flow ? flow_is_key(depth) : at_plain_key()) {
      std::size_t const node = open(YamlTape::Kind::map);
      while (next_token() == column && !dash()) {
        key();
        block(value_indent(column), depth + 1);
      }
      close(node);
    } else if (!in_flow) {
      open(YamlTape::Kind::scalar, plain(false));
    }
  }

  /// Smallest indentation of a key's value: lists may begin at the column of their key.
  int value_indent(int column) { return next_token() == column && dash() ? column : column + 1; }

  void emit() {
    (*visit_)(path_, TapeValue(file_, tape_, 0, path_.empty() ? "" : path_.front()));
    tape_.nodes.clear();
  }

  /// Moves the cursor from the dash of an item to the end of the item, which is handed on.
  void emit_item(int column) {
    UnparsedItem item{{}, at_, line_start_, line_, column};
    for (bool inside = true; inside;) {
      std::size_t const end = text_.find('\n', at_);
      if (end == std::string_view::npos) {
        at_ = text_.size();
        break;
      }
      line_start_ = at_ = end + 1;
      ++line_;
      std::size_t const first = std::min(text_.find_first_not_of(" \t", at_), text_.size());
      inside = first == text_.size() || text_[first] == '\n' || text_[first] == '\r' ||
               text_[first] == '#' || column_of(first) > column;
    }
    item.text = text_.substr(0, at_);
    (*visit_item_)(path_, item);
  }

  /// Splits the map at this column into entries, each as deep as `depth_of` gives for its key.
  template <class DepthOf> void split_map(int column, DepthOf const& depth_of) {
    std::vector<std::string> seen;
    while (next_token() == column && !dash()) {
      std::size_t const begin = at_;
      tape_.nodes.clear();
      key();
      std::string name(text_.substr(begin, at_ - 1 - begin));
      name.erase(name.find_last_not_of(' ') + 1);
      if (std::find(seen.begin(), seen.end(), name) != seen.end())
        fail("duplicate key '" + name + "'");
      seen.push_back(name);
      tape_.nodes.clear();
      path_.push_back(name);
      split(value_indent(column), depth_of(name));
      path_.pop_back();
    }
    if (next_token() != end_of_text && column_of(at_) > column)
      fail("unexpected indentation");
  }

  void split(int indent, int depth) {
    int const column = next_token();
    bool const nested = depth > 0 && column != end_of_text && column >= indent && peek() != '{' &&
                        !(peek() == '[' && !at_key());
    if (nested && dash()) {
      while (next_token() == column && dash()) {
        ++at_;
        if (*visit_item_) {
          emit_item(column);
        } else {
          block(column + 1, 0);
          emit();
        }
      }
    } else if (nested && at_key()) {
      split_map(column, [&](std::string const&) { return depth - 1; });
    } else {
      block(indent, 0);
      emit();
    }
  }

  std::string const& file_;
  std::string_view text_;
  std::size_t at_ = 0, line_start_ = 0;
  long line_ = 1;
  YamlTape& tape_;
  KeyPath path_;
  Visit const* visit_ = nullptr;
  VisitItem const* visit_item_ = nullptr;
};

} // namespace

TapeValue UnparsedItem::parse(std::string const& file, std::string const& key,
                              YamlTape& tape) const {
  Parser(file, text, tape).parse(*this);
  return {file, tape, 0, key};
}

void for_each_piece(std::string const& file, std::string_view text,
                    std::function<int(std::string_view key)> const& depth_of,
                    std::function<void(KeyPath const&, TapeValue const&)> const& visit,
                    std::function<void(KeyPath const&, UnparsedItem const&)> const& visit_item) {
  YamlTape tape;
  Parser(file, text, tape).run(depth_of, visit, visit_item);
}

} // namespace kolace::detail
