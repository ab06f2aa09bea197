// SPDX-License-Identifier: Apache-2.0 OR MIT
// Complaints, colours, and safe printing.
#include "output.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

#include "exit_code.hpp"
#include "files.hpp"

namespace pvm::command {
namespace {

void say(const std::string& line) {
  static_cast<void>(std::fflush(stdout));  // in the order of events where both go to the same place
  static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

/// Bytes of the well-formed UTF-8 sequence of a printable character that `text` begins with; 0: there is none.
std::size_t printable_sequence(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  unsigned character = first & (0xffU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0U) != 0x80U) return 0;
    character = character << 6 | (byte(index) & 0x3fU);
  }
  constexpr unsigned smallest[] = {0, 0, 0xa0, 0x800, 0x10000};  // U+0080 to U+009F control terminals
  const bool is_surrogate = character >= 0xd800 && character < 0xe000;
  const bool turns_text_around = (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
  return character >= smallest[length] && character <= 0x10ffff && !is_surrogate && !turns_text_around ? length : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t length = printable_sequence(text);
    if (length == 0) {
      char escape[5];
      static_cast<void>(std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[0]))));
      result += escape;
      length = 1;
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return result;
}

std::string to_text(const Problem& problem) {
  std::string text;
  if (!problem.file.empty()) text += problem.file + ": ";
  if (!problem.place.empty()) text += problem.place + ": ";
  text += problem.reason;
  if (!problem.remedy.empty()) text += "; " + problem.remedy;
  return printable(text);
}

int complain(const Problem& problem) {
  say("pvm: " + to_text(problem) + "\n");
  return exit_bad_input;
}

int complain(std::string_view reason) {
  return complain(Problem{.reason = std::string(reason)});
}

void warn(const Problem& problem) {
  say("pvm: warning: " + to_text(problem) + "\n");
}

int print(std::string_view text) {
  const auto problem = write_output("-", std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  return problem ? complain(*problem) : exit_ok;
}

bool colours_allowed(int fd) {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (refused != nullptr && *refused != '\0') return false;
  return isatty(fd) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

Palette Palette::of_output() {
  return Palette(colours_allowed(STDOUT_FILENO));
}

Palette Palette::of_errors() {
  return Palette(colours_allowed(STDERR_FILENO));
}

std::string Palette::paint(const char* code, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace pvm::command
