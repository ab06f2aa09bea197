// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "error.hpp"

#include <cstdio>

namespace pvm::link {

std::string to_text(const LinkError& error) {
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!text.empty() && !part.empty()) text += ": ";
    text += part;
  };
  std::string place = error.section;
  if (error.offset) {
    char buffer[24];
    static_cast<void>(std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(*error.offset)));
    place += (place.empty() ? "" : "+") + std::string(buffer);
  }
  if (!error.symbol.empty()) place += (place.empty() ? "" : " ") + ("(" + error.symbol + ")");
  add(error.path);
  add(place);
  add(error.message);
  if (!error.remedy.empty()) text += "; " + error.remedy;
  return text;
}

}  // namespace pvm::link
