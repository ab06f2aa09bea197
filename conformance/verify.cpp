// SPDX-License-Identifier: Apache-2.0 OR MIT
// The checks of a whole suite against its manifest and its releases.
#include <algorithm>
#include <system_error>

#include "manifest_files.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/manifest.hpp"
#include "pvm/conformance/sha256.hpp"

namespace pvm::conformance {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> json_files_below(const fs::path& root, const char* folder, std::vector<ParseError>& errors) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root / folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path().lexically_relative(root).generic_string());
  }
  if (error) errors.push_back({(root / folder).string(), "", error.message()});
  std::sort(paths.begin(), paths.end());
  return paths;
}

// An id as a part of a JSON pointer.
std::string pointer_part(const std::string& id) {
  std::string part;
  for (const char character : id) {
    if (character == '/') {
      part += "~1";
    } else {
      part += character;
    }
  }
  return part;
}

class Verifier {
 public:
  explicit Verifier(fs::path root) : root_(std::move(root)), manifest_path_((root_ / manifest_name).string()) {}

  std::vector<ParseError> verify() {
    const auto manifest = load_manifest(root_);
    if (const auto* error = std::get_if<ParseError>(&manifest)) return {*error};
    check(std::get<Manifest>(manifest));
    return std::move(errors_);
  }

 private:
  void complain(const std::string& path, std::string place, std::string reason) {
    errors_.push_back({path, std::move(place), std::move(reason)});
  }

  void check(const Manifest& manifest) {
    for (std::size_t index = 0; index < manifest.files.size(); ++index) {
      check_file(manifest.files[index], "/files/" + std::to_string(index));
    }
    check_unlisted(manifest);
    for (const std::string& path : release_files_below(root_, errors_)) check_release(manifest, path);
    for (const auto& [id, reason] : manifest.withdrawn) {
      if (all_cases_.contains(id))
        complain(manifest_path_, "/withdrawn/" + pointer_part(id), "the withdrawn id " + id + " is used by a case");
    }
  }

  void check_file(const ManifestFile& listed, const std::string& place) {
    auto text = read_text(root_ / listed.path);
    if (auto* error = std::get_if<ParseError>(&text)) return errors_.push_back(std::move(*error));
    const std::string path = (root_ / listed.path).string();
    const auto file = parse_file(std::get<std::string>(text), path);
    if (const auto* error = std::get_if<ParseError>(&file)) return errors_.push_back(*error);
    const ManifestFile actual = describe_file(std::get<VectorFile>(file), listed.path, std::get<std::string>(text));
    check_entry(listed, actual, place);
    for (const auto& [id, digest] : actual.cases) {
      if (!all_cases_.emplace(id, digest).second) complain(path, "", "the id " + id + " is used in another file too");
    }
  }

  // Says which member of the manifest's entry is stale.
  void check_entry(const ManifestFile& listed, const ManifestFile& actual, const std::string& place) {
    const auto differs = [&](const char* member, bool different, const std::string& reason) {
      if (different) complain(manifest_path_, place + "/" + member, listed.path + ": " + reason);
    };
    differs("sha256", listed.sha256 != actual.sha256, "the file's SHA-256 is " + actual.sha256);
    differs("semantics", listed.semantics != actual.semantics, "the file is for " + std::string(ref::name_of(actual.semantics)));
    differs("group", listed.group != actual.group, "the file's group is \"" + actual.group + "\"");
    differs("count", listed.count != actual.count, "the file has " + std::to_string(actual.count) + " cases");
    differs("clauses", listed.clauses != actual.clauses, "not the sorted list of the clauses of the file's cases");
    differs("requires", listed.needs != actual.needs, "not the sorted list of what the file's cases require");
    for (const auto& [id, digest] : actual.cases) {
      const auto entry = listed.cases.find(id);
      differs("cases", entry == listed.cases.end(), "lacks the case " + id);
      differs("cases", entry != listed.cases.end() && entry->second != digest, "the digest of " + id + " is " + digest);
    }
    for (const auto& [id, digest] : listed.cases) differs("cases", !actual.cases.contains(id), "the file has no case " + id);
  }

  void check_unlisted(const Manifest& manifest) {
    for (const std::string& path : vector_files_below(root_, errors_)) {
      const bool listed = std::any_of(manifest.files.begin(), manifest.files.end(), [&](const auto& file) { return file.path == path; });
      if (!listed) complain((root_ / path).string(), "", "isn't listed in the manifest");
    }
  }

  void check_release(const Manifest& manifest, const std::string& path) {
    const std::string full_path = (root_ / path).string();
    auto text = read_text(full_path);
    if (auto* error = std::get_if<ParseError>(&text)) return errors_.push_back(std::move(*error));
    const auto parsed = parse_release(std::get<std::string>(text), full_path);
    if (const auto* error = std::get_if<ParseError>(&parsed)) return errors_.push_back(*error);
    const Release& release = std::get<Release>(parsed);
    if (fs::path(path).stem() != release.suite) complain(full_path, "/suite", "must be the file's name without .json");
    for (const auto& [id, digest] : release.cases) {
      if (manifest.withdrawn.contains(id)) continue;
      const auto now = all_cases_.find(id);
      if (now == all_cases_.end()) {
        complain(full_path, "/cases/" + pointer_part(id),
                 "the released case " + id + " is gone; it must stay, or be withdrawn in the manifest");
      } else if (now->second != digest) {
        complain(full_path, "/cases/" + pointer_part(id), "the released case " + id + " has changed: its digest is now " + now->second);
      }
    }
  }

  fs::path root_;
  std::string manifest_path_;
  std::vector<ParseError> errors_;
  CaseDigests all_cases_;
};

}  // namespace

std::vector<std::string> vector_files_below(const fs::path& root, std::vector<ParseError>& errors) {
  return json_files_below(root, "vectors", errors);
}

std::vector<std::string> release_files_below(const fs::path& root, std::vector<ParseError>& errors) {
  std::error_code error;
  if (!fs::exists(root / "releases", error) && !error) return {};
  return json_files_below(root, "releases", errors);
}

std::vector<ParseError> verify(const fs::path& root) {
  return Verifier(root).verify();
}

}  // namespace pvm::conformance
