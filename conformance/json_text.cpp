// SPDX-License-Identifier: Apache-2.0 OR MIT
// JSON texts with members in a fixed order.
#include "json_text.hpp"

namespace pvm::conformance {
namespace {

constexpr std::size_t line_width = 140;

std::string one_line(const OrderedJson& value) {
  if (!value.is_structured()) return compact_text(value);
  std::string text(1, value.is_object() ? '{' : '[');
  bool first = true;
  for (const auto& [key, member] : value.items()) {
    if (!first) text += ", ";
    first = false;
    if (value.is_object()) text += compact_text(key) + ": ";
    text += one_line(member);
  }
  return text + (value.is_object() ? '}' : ']');
}

struct Layout {
  std::string text;

  // `column`: where the value begins; `key`: its name in the object around it.
  void add(const OrderedJson& value, std::size_t indent, std::size_t column, const std::string& key, int open_levels) {
    std::string line = one_line(value);
    const bool must_open = open_levels > 0 && value.is_structured() && !value.empty();
    const bool fits = column + line.size() < line_width || key == "regs" || !value.is_structured();
    if (!must_open && fits) {
      text += line;
      return;
    }
    open(value, indent + 2, open_levels - 1);
    text += '\n' + std::string(indent, ' ') + (value.is_object() ? '}' : ']');
  }

  void open(const OrderedJson& value, std::size_t indent, int open_levels) {
    text += value.is_object() ? '{' : '[';
    bool first = true;
    for (const auto& [key, member] : value.items()) {
      text += first ? "\n" : ",\n";
      first = false;
      text += std::string(indent, ' ');
      const std::string name = value.is_object() ? compact_text(key) + ": " : "";
      text += name;
      add(member, indent, indent + name.size(), value.is_object() ? key : "", open_levels);
    }
  }
};

}  // namespace

std::string compact_text(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string layout_text(const OrderedJson& value, int open_levels) {
  Layout layout;
  layout.add(value, 0, 0, "", open_levels);
  return std::move(layout.text);
}

}  // namespace pvm::conformance
