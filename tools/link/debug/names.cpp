// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "debug/names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "ir.hpp"

namespace pvm::link {

namespace {

/// Longer names are read by nobody.
constexpr std::size_t longest_name = 4096;

// How long a name may become. It can double with every two references to what stands before them.
u64 longest_expansion(std::string_view symbol) {
  constexpr u64 most_doublings = 32;
  u64 references = 0;
  std::size_t digits = 0;
  bool in_reference = false;
  for (const char c : symbol) {
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    if (c == '_' && in_reference) ++references;
    if (c == 'S' || c == 'T') {
      in_reference = true;
      digits = 0;
    } else if (!is_digit || ++digits > 4) {
      in_reference = false;
    }
  }
  return u64{symbol.size()} << std::min(references / 2 + 1, most_doublings);
}

std::string demangled(const std::string& symbol) {
  constexpr u64 longest_work = u64{1} << 18;
  if (!symbol.starts_with("_Z") || symbol.size() > longest_name || longest_expansion(symbol) > longest_work) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || !text) return symbol;
  std::string name(text.get());
  return name.size() > longest_name ? symbol : name;
}

bool is_hash(std::string_view part) {
  constexpr std::size_t length = 17;
  if (part.size() != length || part[0] != 'h') return false;
  return part.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

/// The older of Rust's two manglings puts a hash behind the name, and what C++ names can't hold between dollar signs.
struct Escape {
  std::string_view code, text;
};
constexpr Escape escapes[] = {{"$LT$", "<"},  {"$GT$", ">"},  {"$LP$", "("},  {"$RP$", ")"},  {"$RF$", "&"},  {"$BP$", "*"},  {"$C$", ","},
                              {"$u20$", " "}, {"$u5b$", "["}, {"$u5d$", "]"}, {"$u7b$", "{"}, {"$u7d$", "}"}, {"$u27$", "'"}, {"..", "::"}};

std::string without_escapes(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const Escape* found = std::find_if(std::begin(escapes), std::end(escapes), [&](const Escape& e) { return name.starts_with(e.code); });
    if (found != std::end(escapes)) {
      out += found->text;
      name.remove_prefix(found->code.size());
    } else {
      // A part that begins with an escape has an underscore before it.
      if (!name.starts_with("_$")) out += name.front();
      name.remove_prefix(1);
    }
  }
  return out;
}

FunctionName split(const std::string& name) {
  int depth = 0;
  std::size_t place = std::string::npos;
  for (std::size_t at = 0; at + 1 < name.size(); ++at) {
    const char c = name[at];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (c == '(') break;
    if (depth == 0 && c == ':' && name[at + 1] == ':') place = at;
  }
  if (place == std::string::npos) return {"", name};
  return {name.substr(0, place), name.substr(place + 2)};
}

}  // namespace

FunctionName readable_name(const std::string& symbol) {
  const FunctionName name = split(demangled(symbol));
  return is_hash(name.function) ? split(without_escapes(name.space)) : name;
}

std::string readable_path(const std::string& path) {
  constexpr std::string_view home = "/home/";
  if (!path.starts_with(home)) return path;
  const std::size_t end = path.find('/', home.size());
  return end == std::string::npos ? path : "~" + path.substr(end);
}

}  // namespace pvm::link
