// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "debug/names.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace pvm::link {

namespace {

std::string demangled(const std::string& symbol) {
  // Longer names are none that a compiler makes, and the demangler takes its time for them.
  constexpr std::size_t longest = 4096;
  if (!symbol.starts_with("_Z") || symbol.size() > longest) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text ? std::string(text.get()) : symbol;
}

}  // namespace

FunctionName readable_name(const std::string& symbol) {
  const std::string name = demangled(symbol);
  int depth = 0;
  std::size_t split = std::string::npos;
  for (std::size_t at = 0; at + 1 < name.size(); ++at) {
    const char c = name[at];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (c == '(') break;
    if (depth == 0 && c == ':' && name[at + 1] == ':') split = at;
  }
  if (split == std::string::npos) return {"", name};
  return {name.substr(0, split), name.substr(split + 2)};
}

std::string readable_path(const std::string& path) {
  constexpr std::string_view home = "/home/";
  if (!path.starts_with(home)) return path;
  const std::size_t end = path.find('/', home.size());
  return end == std::string::npos ? path : "~" + path.substr(end);
}

}  // namespace pvm::link
