// SPDX-License-Identifier: Apache-2.0 OR MIT
// Strict reading of JSON: no duplicate members, bounded depth, exact integers, and a place for each error.
#pragma once

#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "pvm/conformance/error.hpp"
#include "pvm/conformance/hex.hpp"

namespace pvm::conformance {

using Json = nlohmann::json;

/// Parses any bytes as one JSON value. Never throws. Refuses invalid UTF-8, a byte order mark, duplicate members, text after the
/// value, and nesting deeper than `max_depth`; the place is "line:column". Integers beyond 64 bits become floating point numbers,
/// which no reading function below accepts.
std::variant<Json, ParseError> parse_json(std::string_view text, const std::string& path, u32 max_depth = 32);

/// Collects the first error of a reading; later ones are consequences and dropped.
class Problem {
 public:
  explicit Problem(std::string path) : path_(std::move(path)) {}
  void report(std::string place, std::string reason);
  bool failed() const { return error_.has_value(); }
  /// The error; only if failed().
  const ParseError& error() const { return *error_; }

 private:
  std::string path_;
  std::optional<ParseError> error_;
};

/// A value of a document and the way to it. A reading function that meets something else reports it to the Problem and returns a
/// harmless value. A Reader refers to its parent: it must not outlive it.
class Reader {
 public:
  Reader(const Json& value, Problem& problem) : value_(&value), problem_(&problem) {}

  /// JSON pointer of this value.
  std::string place() const;
  void fail(std::string reason) const;
  /// The same for a place below this value, "/a/0".
  void fail_below(const std::string& below, std::string reason) const;
  bool failed() const { return problem_->failed(); }

  /// Checks that this is an object with no other members than these.
  void only(std::initializer_list<std::string_view> members) const;
  /// A member, if it is there.
  std::optional<Reader> find(std::string_view key) const;
  /// A member that must be there.
  Reader need(std::string_view key) const;
  /// The number of members; anything but an object is an error and has none.
  std::size_t member_count() const;
  /// Calls `visit` for each member of this object, in the order of the keys.
  void each_member(const std::function<void(const std::string&, const Reader&)>& visit) const;

  /// Calls `visit` for each element of this array.
  void each_element(const std::function<void(const Reader&)>& visit) const;
  /// The number of elements; anything but an array is an error and has none.
  std::size_t size() const;
  Reader element(std::size_t index) const;

  bool is_null() const { return value_->is_null(); }
  bool is_object() const { return value_->is_object(); }
  bool is_array() const { return value_->is_array(); }

  std::string text() const;
  bool boolean() const;
  u64 number_u64() const;
  i64 number_i64() const;
  u32 number_u32() const;
  u64 hex_u64() const;
  i64 hex_i64() const;
  Bytes hex_bytes() const;
  /// A name that `parse` knows.
  template <typename Parse>
  auto named(Parse parse) const -> typename decltype(parse(std::string_view{}))::value_type {
    const std::string name = text();
    const auto value = parse(name);
    if (!value && !failed()) fail("unknown name \"" + name + "\"");
    return value ? *value : typename decltype(parse(std::string_view{}))::value_type{};
  }

 private:
  Reader(const Json& value, Problem& problem, const Reader* parent, std::string_view key, std::size_t index)
      : value_(&value), problem_(&problem), parent_(parent), key_(key), index_(index) {}

  const Json* value_;
  Problem* problem_;
  const Reader* parent_ = nullptr;
  std::string_view key_;  // an element of an array if its data() is null
  std::size_t index_ = 0;
};

}  // namespace pvm::conformance
