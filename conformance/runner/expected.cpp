// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reads a list of expected failures.
#include "expected.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "glob.hpp"

namespace pvm::runner {
namespace {

using conformance::ParseError;
using nlohmann::json;

/// Reads the members of one file; the first problem stays.
class Reader {
 public:
  Reader(const std::string& path, const std::set<std::string>& known_ids) : path_(path), known_ids_(known_ids) {}

  std::variant<std::vector<ExpectedFailure>, ParseError> read(const json& root) {
    if (!has_members(root, "", {"schema", "expected"}, {})) return *problem_;
    if (root["schema"] != 1) return ParseError{path_, "/schema", "this program reads schema 1"};
    if (!root["expected"].is_array()) return ParseError{path_, "/expected", "must be an array"};
    std::vector<ExpectedFailure> entries;
    for (const json& entry : root["expected"]) {
      const std::string place = std::string("/expected/").append(std::to_string(entries.size()));
      if (!has_members(entry, place, {"id", "reason"}, {"link"})) return *problem_;
      for (const auto& [name, value] : entry.items()) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty())
          return ParseError{path_, member(place, name), "must be a string with something in it"};
      }
      entries.push_back({entry["id"], entry["reason"], entry.value("link", "")});
      const auto fits = [&](const std::string& id) { return glob_match(entries.back().glob, id); };
      if (std::none_of(known_ids_.begin(), known_ids_.end(), fits)) return ParseError{path_, place + "/id", "fits no case of the suite"};
    }
    return entries;
  }

 private:
  using Names = std::vector<std::string>;

  static std::string member(std::string place, const std::string& name) { return place.append("/").append(name); }

  bool has_members(const json& object, const std::string& place, const Names& needed, const Names& allowed) {
    if (!object.is_object()) return fail(place, "must be an object");
    for (const std::string& name : needed) {
      if (!object.contains(name)) return fail(place, "lacks the member '" + name + "'");
    }
    for (const auto& [name, value] : object.items()) {
      const bool known = std::count(needed.begin(), needed.end(), name) + std::count(allowed.begin(), allowed.end(), name) != 0;
      if (!known) return fail(member(place, name), "unknown member");
    }
    return true;
  }

  bool fail(std::string place, std::string reason) {
    problem_ = ParseError{path_, std::move(place), std::move(reason)};
    return false;
  }

  const std::string& path_;
  const std::set<std::string>& known_ids_;
  std::optional<ParseError> problem_;
};

}  // namespace

std::variant<std::vector<ExpectedFailure>, ParseError> parse_expected(const std::string& text, const std::string& path,
                                                                      const std::set<std::string>& known_ids) {
  try {
    return Reader(path, known_ids).read(json::parse(text));
  } catch (const json::exception& error) {
    return ParseError{path, "", error.what()};
  }
}

}  // namespace pvm::runner
