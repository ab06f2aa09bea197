// SPDX-License-Identifier: Apache-2.0 OR MIT
// Shorthands of the tests of lift().
#pragma once

#include <gtest/gtest.h>

#include "print.hpp"
#include "toolchain.hpp"

namespace pvm::link::test {

/// The program, or a failure of the test and an empty program.
inline Program lifted(const std::vector<Bytes>& objects, const LinkOptions& options = {}) {
  auto result = lift_objects(objects, options);
  if (const auto* error = std::get_if<LinkError>(&result)) {
    ADD_FAILURE() << to_text(*error);
    return {};
  }
  return std::move(std::get<Program>(result));
}

/// The error's line, or a failure of the test.
inline std::string refusal(const std::vector<Bytes>& objects, const LinkOptions& options = {}) {
  const auto result = lift_objects(objects, options);
  if (const auto* error = std::get_if<LinkError>(&result)) return to_text(*error);
  ADD_FAILURE() << "accepted:\n" << to_text(std::get<Program>(result));
  return {};
}

/// The text of the block that the first export names.
inline std::string first_block(const Program& program) {
  return program.exports.empty() ? std::string() : line_of(program, program.block(program.exports.front().block));
}

/// A function "main" of these lines, exported; other lines may follow.
inline std::string program_of(const std::string& body, const std::string& more = "", u32 bits = 64) {
  return export_of("main", bits) + ".text\n.globl main\n.type main, @function\nmain:\n" + body + "\n" + more;
}

inline const DataSection& section_named(const Program& program, const std::string& name) {
  for (const DataSection& section : program.sections) {
    if (section.name == name) return section;
  }
  ADD_FAILURE() << "no section " << name;
  static const DataSection none;
  return none;
}

inline void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks " << part;
}

}  // namespace pvm::link::test
