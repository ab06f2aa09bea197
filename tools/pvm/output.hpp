// SPDX-License-Identifier: Apache-2.0 OR MIT
// What all subcommands print alike: complaints, colours, and names that come from a blob.
#pragma once

#include <string>
#include <string_view>

namespace pvm::command {

/// Why a subcommand can't do what it was asked for. Empty members are left out of the line.
struct Problem {
  std::string file = {};    ///< The file to blame, as the user named it.
  std::string place = {};   ///< Where in it: "line 3", ".text+0x12 (main)".
  std::string reason = {};  ///< What is wrong, without a full stop.
  std::string remedy = {};  ///< What the user can do.
};

/// One line: "prog.pvm: offset 12: bad_varint; link it again". Control characters are escaped.
std::string to_text(const Problem& problem);

/// Prints "pvm: FILE: PLACE: REASON; REMEDY" to standard error and returns exit_bad_input.
int complain(const Problem& problem);
/// Prints "pvm: REASON" likewise.
int complain(std::string_view reason);
/// Prints "pvm: warning: FILE: PLACE: REASON; REMEDY" to standard error.
void warn(const Problem& problem);

/// Writes all of `text` to standard output; returns exit_ok, or complains and returns exit_bad_input.
int print(std::string_view text);

/// `text` with everything that isn't a printable ASCII character or well-formed UTF-8 written as \xNN, so that a name out of a blob can't
/// talk to the terminal.
std::string printable(std::string_view text);

/// May what goes to this file descriptor be coloured? Only on a terminal, and not if NO_COLOR is set and not empty, or TERM is "dumb".
bool colours_allowed(int fd);

/// Colours for one output: plain text where colours aren't allowed.
class Palette {
 public:
  explicit Palette(bool on) : on_(on) {}
  /// For standard output.
  static Palette of_output();
  /// For standard error.
  static Palette of_errors();

  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  std::string blue(std::string_view text) const { return paint("34", text); }
  std::string cyan(std::string_view text) const { return paint("36", text); }
  bool is_on() const { return on_; }

 private:
  std::string paint(const char* code, std::string_view text) const;
  bool on_;
};

}  // namespace pvm::command
