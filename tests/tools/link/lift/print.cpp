// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "print.hpp"

#include <cctype>

namespace pvm::link::test {
namespace {

std::string with_names(const Program& program, const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      result += text[at];
      continue;
    }
    std::size_t number = 0;
    for (; at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0; ++at) {
      number = number * 10 + static_cast<std::size_t>(text[at + 1] - '0');
    }
    result += program.sections.at(number).name;
  }
  return result;
}

}  // namespace

std::string line_of(const Program& program, const Value& value) {
  return with_names(program, to_text(value));
}

std::string line_of(const Program& program, const Block& block) {
  std::string text;
  for (const Instruction& instruction : block.body) text += to_text(instruction) + "; ";
  return with_names(program, text + to_text(block.end));
}

}  // namespace pvm::link::test
