// SPDX-License-Identifier: Apache-2.0 OR MIT
// Vector files: strict reading, canonical writing. Reading never throws, whatever the bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/error.hpp"

namespace pvm::conformance {

/// Reads the text of a vector file. `path` is used in errors only. Refuses unknown, missing and duplicate members, wrong types,
/// non-canonical numbers, values out of range, inconsistent cases and duplicate ids.
std::variant<VectorFile, ParseError> parse_file(std::string_view text, const std::string& path);

/// Reads one case object, as it stands in a file's "cases".
std::variant<Case, ParseError> parse_case(std::string_view text, ref::Semantics semantics, const std::string& path);

/// The rules between members that parsing also applies: id, requires, gas model given where gas is asserted, lengths, registers.
/// For generators: nullopt, or what is wrong (place relative to the case).
std::optional<ParseError> check_case(const Case& c);

/// The canonical text of a file: the same bytes on any machine; parse_file gives the file back.
std::string print_file(const VectorFile& file);
/// The canonical text of one case, as in a file but not indented, with a final newline.
std::string print_case(const Case& c);
/// The case on one line without spaces: what case digests are taken of.
std::string compact_case(const Case& c);

/// The content of a file, or an error with the system's reason. Refuses what isn't a regular file or is over 256 MiB.
std::variant<std::string, ParseError> read_text(const std::filesystem::path& path);
/// Writes a file as a whole (to a temporary name, then renamed); an error says why not.
std::optional<ParseError> write_text(const std::filesystem::path& path, std::string_view text);
/// read_text and parse_file in one.
std::variant<VectorFile, ParseError> load_file(const std::filesystem::path& path);

}  // namespace pvm::conformance
