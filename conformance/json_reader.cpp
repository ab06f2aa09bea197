// SPDX-License-Identifier: Apache-2.0 OR MIT
// Strict reading of JSON over nlohmann's event parser, which doesn't throw.
#include "pvm/conformance/json_reader.hpp"

#include <algorithm>
#include <limits>

namespace pvm::conformance {
namespace {

// Error texts quote hostile bytes: keep what a terminal can show.
std::string printable(std::string_view text) {
  constexpr std::size_t longest = 160;
  std::string result;
  for (const char character : text.substr(0, longest)) result += character >= ' ' && character <= '~' ? character : '?';
  return text.size() > longest ? result + "..." : result;
}

std::string line_and_column(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1);
}

// The parser's message without its own prefix and place.
std::string syntax_reason(std::string_view message) {
  const std::size_t prefix = message.find("] ");
  if (prefix != std::string_view::npos) message.remove_prefix(prefix + 2);
  if (message.starts_with("parse error at line")) {
    const std::size_t place = message.find(": ");
    if (place != std::string_view::npos) message.remove_prefix(place + 2);
  }
  return printable(message);
}

// Builds the value; stops at the first thing that isn't allowed.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(u32 max_depth) : max_depth_(max_depth) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (stack_.back()->contains(name)) {
      reason = "duplicate member \"" + printable(name) + "\"";
      return false;
    }
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    reason = syntax_reason(error.what());
    error_position = position;
    return false;
  }

  Json root;
  std::string reason;
  std::size_t error_position = std::string::npos;

 private:
  Json* place(Json value) {
    if (stack_.empty()) {
      root = std::move(value);
      return &root;
    }
    Json& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    Json& member = parent[key_];
    member = std::move(value);
    return &member;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (stack_.size() == max_depth_) {
      reason = "nested deeper than " + std::to_string(max_depth_) + " levels";
      return false;
    }
    stack_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  u32 max_depth_;
  std::string key_;
  std::vector<Json*> stack_;
};

// Counts what the parser has taken, so that an error which it didn't find itself has a place too.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *furthest_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

std::string escaped_key(std::string_view key) {
  std::string text;
  for (const char character : key) {
    if (character == '~') {
      text += "~0";
    } else if (character == '/') {
      text += "~1";
    } else {
      text += character;
    }
  }
  return printable(text);
}

const Json& null_value() {
  static const Json value;
  return value;
}

}  // namespace

std::variant<Json, ParseError> parse_json(std::string_view text, const std::string& path, u32 max_depth) {
  if (text.starts_with("\xef\xbb\xbf")) return ParseError{path, "1:1", "starts with a byte order mark"};
  // The event parser takes a zero byte for the end.
  const std::size_t zero = text.find('\0');
  if (zero != std::string_view::npos) return ParseError{path, line_and_column(text, zero), "a zero byte"};
  Builder builder(max_depth);
  const char* furthest = text.data();
  const bool parsed =
      Json::sax_parse(CountingIterator(text.data(), &furthest), CountingIterator(text.data() + text.size(), &furthest), &builder);
  if (parsed) return std::move(builder.root);
  std::size_t position = static_cast<std::size_t>(furthest - text.data());
  if (builder.error_position != std::string::npos) position = builder.error_position;
  if (position > 0) --position;  // both count the byte that was read last
  return ParseError{path, line_and_column(text, position), builder.reason};
}

void Problem::report(std::string place, std::string reason) {
  if (!error_) error_ = ParseError{path_, std::move(place), std::move(reason)};
}

std::string Reader::place() const {
  if (!parent_) return "";
  return parent_->place() + "/" + (key_.data() ? escaped_key(key_) : std::to_string(index_));
}

void Reader::fail(std::string reason) const {
  fail_below("", std::move(reason));
}

void Reader::fail_below(const std::string& below, std::string reason) const {
  if (!failed()) problem_->report(place() + below, printable(reason));
}

void Reader::only(std::initializer_list<std::string_view> members) const {
  if (!is_object()) return fail("must be an object");
  for (const auto& [key, member] : value_->items()) {
    if (std::find(members.begin(), members.end(), key) == members.end()) return fail("unknown member \"" + key + "\"");
  }
}

std::optional<Reader> Reader::find(std::string_view key) const {
  if (!is_object()) {
    fail("must be an object");
    return std::nullopt;
  }
  const auto member = value_->find(key);
  if (member == value_->end()) return std::nullopt;
  return Reader(*member, *problem_, this, key, 0);
}

Reader Reader::need(std::string_view key) const {
  if (const auto member = find(key)) return *member;
  fail("lacks member \"" + std::string(key) + "\"");
  return Reader(null_value(), *problem_, this, key, 0);
}

std::size_t Reader::member_count() const {
  if (is_object()) return value_->size();
  fail("must be an object");
  return 0;
}

void Reader::each_member(const std::function<void(const std::string&, const Reader&)>& visit) const {
  if (!is_object()) return fail("must be an object");
  for (auto member = value_->begin(); member != value_->end() && !failed(); ++member) {
    visit(member.key(), Reader(member.value(), *problem_, this, member.key(), 0));
  }
}

void Reader::each_element(const std::function<void(const Reader&)>& visit) const {
  for (std::size_t index = 0; index < size() && !failed(); ++index) visit(element(index));
}

std::size_t Reader::size() const {
  if (is_array()) return value_->size();
  fail("must be an array");
  return 0;
}

Reader Reader::element(std::size_t index) const {
  const bool inside = is_array() && index < value_->size();
  if (!inside) fail("must be an array with more than " + std::to_string(index) + " elements");
  return Reader(inside ? (*value_)[index] : null_value(), *problem_, this, {}, index);
}

std::string Reader::text() const {
  if (value_->is_string()) return value_->get_ref<const std::string&>();
  fail("must be a string");
  return "";
}

bool Reader::boolean() const {
  if (value_->is_boolean()) return value_->get<bool>();
  fail("must be true or false");
  return false;
}

u64 Reader::number_u64() const {
  if (value_->is_number_unsigned()) return value_->get<u64>();
  fail("must be an integer from 0 to 2^64-1");
  return 0;
}

i64 Reader::number_i64() const {
  if (value_->is_number_integer()) {
    const bool too_large = value_->is_number_unsigned() && value_->get<u64>() > u64{std::numeric_limits<i64>::max()};
    if (!too_large) return value_->get<i64>();
  }
  fail("must be an integer from -2^63 to 2^63-1");
  return 0;
}

u32 Reader::number_u32() const {
  if (value_->is_number_unsigned() && value_->get<u64>() <= std::numeric_limits<u32>::max()) return value_->get<u32>();
  fail("must be an integer from 0 to 2^32-1");
  return 0;
}

u64 Reader::hex_u64() const {
  const std::string spelling = text();
  if (const auto value = parse_hex_u64(spelling)) return *value;
  fail("must be a number like \"0x1f\": lowercase, no leading zeros, 64 bits at most");
  return 0;
}

i64 Reader::hex_i64() const {
  const std::string spelling = text();
  if (const auto value = parse_hex_i64(spelling)) return *value;
  fail("must be a number like \"0x1f\" or \"-0x1\": lowercase, no leading zeros, from -2^63 to 2^63-1");
  return 0;
}

Bytes Reader::hex_bytes() const {
  const std::string spelling = text();
  if (auto value = parse_hex_bytes(spelling)) return *std::move(value);
  fail("must be bytes like \"00ff\": two lowercase hexadecimal digits each");
  return {};
}

}  // namespace pvm::conformance
