// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the parts of a suite lie below its root.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pvm/conformance/error.hpp"

namespace pvm::conformance {

inline constexpr const char* manifest_name = "manifest.json";
inline constexpr std::size_t digest_digits = 16;

/// Relative paths, sorted, with "/" as separator; a folder that can't be read is added to the errors.
std::vector<std::string> vector_files_below(const std::filesystem::path& root, std::vector<ParseError>& errors);
/// The same for releases/. None if the folder isn't there.
std::vector<std::string> release_files_below(const std::filesystem::path& root, std::vector<ParseError>& errors);

}  // namespace pvm::conformance
