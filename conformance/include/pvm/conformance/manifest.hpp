// SPDX-License-Identifier: Apache-2.0 OR MIT
// The manifest: which files and cases make up a version of the suite, and the proof that released cases never change.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/error.hpp"

namespace pvm::conformance {

/// Case id -> digest, the first 16 hexadecimal digits of the SHA-256 of compact_case.
using CaseDigests = std::map<std::string, std::string>;

struct ManifestFile {
  std::string path;    ///< Relative to the manifest, "/" as separator: "vectors/rv64-1/alu.json".
  std::string sha256;  ///< Of the file's bytes.
  ref::Semantics semantics = ref::Semantics::rv64_1;
  std::string group;
  u32 count = 0;
  std::vector<std::string> clauses;  ///< Every clause of its cases, sorted.
  std::vector<std::string> needs;    ///< JSON member "requires": every one of its cases', sorted.
  CaseDigests cases;
  bool operator==(const ManifestFile&) const = default;
};

struct Manifest {
  std::string suite;                ///< Semantic version of the suite, "1.0.0".
  std::string spec;                 ///< Version of the document.
  std::vector<ManifestFile> files;  ///< Sorted by path.
  /// Released cases that were found wrong and taken out, with the reason. Their ids are never used again.
  std::map<std::string, std::string> withdrawn;
  bool operator==(const Manifest&) const = default;
};

/// A frozen copy of the ids and digests of one version.
struct Release {
  std::string suite;
  std::string spec;
  CaseDigests cases;
  bool operator==(const Release&) const = default;
};

/// First 16 hexadecimal digits of the SHA-256 of compact_case.
std::string case_digest(const Case& c);

/// The manifest's entry for one file, from its parsed form and its bytes.
ManifestFile describe_file(const VectorFile& file, const std::string& path, std::string_view bytes);

/// Reads all of `root`/vectors/**.json and describes them. An earlier manifest's `withdrawn` is to be carried over by the caller.
std::variant<Manifest, std::vector<ParseError>> build_manifest(const std::filesystem::path& root, const std::string& suite,
                                                               const std::string& spec);
/// The release file for a manifest.
Release release_of(const Manifest& manifest);

std::variant<Manifest, ParseError> parse_manifest(std::string_view text, const std::string& path);
std::variant<Release, ParseError> parse_release(std::string_view text, const std::string& path);
std::string print_manifest(const Manifest& manifest);
std::string print_release(const Release& release);

/// read_text and parse_manifest of `root`/manifest.json.
std::variant<Manifest, ParseError> load_manifest(const std::filesystem::path& root);

/// Checks everything below `root`: manifest.json, every listed file (bytes, counts, clauses, requires, ids, digests), that no vector
/// file is unlisted, that ids are unique, and that each case of each releases/*.json is still there unchanged or withdrawn.
/// Empty: all is well.
std::vector<ParseError> verify(const std::filesystem::path& root);

}  // namespace pvm::conformance
