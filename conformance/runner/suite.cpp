// SPDX-License-Identifier: Apache-2.0 OR MIT
// Finds, checks and selects the cases to work on.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "glob.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/sha256.hpp"

namespace pvm::runner {
namespace {

namespace fs = std::filesystem;
using conformance::Manifest;
using conformance::ManifestFile;
using conformance::ParseError;

/// A file to be read, and what its manifest says of it.
struct Source {
  fs::path path;
  std::optional<ManifestFile> listed;
};

/// Manifests by directory, read once each.
class Manifests {
 public:
  /// The manifest in `directory`; nullptr: there is none.
  std::variant<const Manifest*, ParseError> in(const fs::path& directory) {
    const auto [entry, is_new] = known_.try_emplace(directory);
    if (is_new && fs::is_regular_file(directory / "manifest.json")) {
      auto loaded = conformance::load_manifest(directory);
      if (auto* error = std::get_if<ParseError>(&loaded)) return std::move(*error);
      entry->second = std::get<Manifest>(std::move(loaded));
    }
    return entry->second ? &*entry->second : nullptr;
  }

  /// What the nearest manifest in the directories above `file` says of it.
  std::variant<std::optional<ManifestFile>, ParseError> entry_of(const fs::path& file) {
    const fs::path absolute = fs::weakly_canonical(file);
    for (fs::path directory = absolute.parent_path(); directory != directory.root_path(); directory = directory.parent_path()) {
      const auto found = in(directory);
      if (const auto* error = std::get_if<ParseError>(&found)) return *error;
      const Manifest* manifest = std::get<const Manifest*>(found);
      if (manifest == nullptr) continue;
      const std::string relative = absolute.lexically_relative(directory).generic_string();
      const auto same = [&](const ManifestFile& listed) { return listed.path == relative; };
      const auto entry = std::find_if(manifest->files.begin(), manifest->files.end(), same);
      if (entry == manifest->files.end()) return std::nullopt;
      return *entry;
    }
    return std::nullopt;
  }

 private:
  std::map<fs::path, std::optional<Manifest>> known_;
};

/// Collects the sources that a selection names.
class Finder {
 public:
  explicit Finder(const Selection& selection, Suite& suite) : selection_(selection), suite_(suite) {}

  std::optional<ParseError> find() {
    if (!selection_.vectors.empty()) {
      for (const std::string& path : selection_.vectors) {
        if (auto error = add(path)) return error;
      }
      return std::nullopt;
    }
    auto root = default_root(this_program());
    if (auto* error = std::get_if<ParseError>(&root)) return std::move(*error);
    return add(std::get<fs::path>(root));
  }

  std::vector<Source> sources;

 private:
  std::optional<ParseError> add(const fs::path& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) return ParseError{path.string(), "", "no such file or directory"};
    if (!fs::is_directory(status)) return add_file(path);
    const auto manifest = manifests_.in(path);
    if (const auto* error = std::get_if<ParseError>(&manifest)) return *error;
    if (const Manifest* found = std::get<const Manifest*>(manifest)) {
      add_listed(path, *found);
      return std::nullopt;
    }
    return add_directory(path);
  }

  void add_listed(const fs::path& root, const Manifest& manifest) {
    suite_.version = manifest.suite;
    suite_.spec = manifest.spec;
    for (const ManifestFile& file : manifest.files) {
      for (const auto& [id, digest] : file.cases) suite_.all_ids.insert(id);
      if (may_hold(file)) sources.push_back({root / file.path, file});
    }
  }

  bool may_hold(const ManifestFile& file) const {
    const auto& wanted = selection_.semantics;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), file.semantics) == wanted.end()) return false;
    return std::any_of(file.cases.begin(), file.cases.end(), [&](const auto& entry) { return is_selected(selection_, entry.first); });
  }

  std::optional<ParseError> add_directory(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::recursive_directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
      if (at->path().extension() == ".json" && at->is_regular_file(failure)) files.push_back(at->path());
    }
    if (failure) return ParseError{directory.string(), "", failure.message()};
    if (files.empty()) return ParseError{directory.string(), "", "no manifest.json and no .json file in this directory"};
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      if (auto error = add_file(file)) return error;
    }
    return std::nullopt;
  }

  std::optional<ParseError> add_file(const fs::path& path) {
    auto entry = manifests_.entry_of(path);
    if (auto* error = std::get_if<ParseError>(&entry)) return std::move(*error);
    sources.push_back({path, std::get<std::optional<ManifestFile>>(std::move(entry))});
    return std::nullopt;
  }

  const Selection& selection_;
  Suite& suite_;
  Manifests manifests_;
};

using Loaded = std::variant<conformance::VectorFile, ParseError>;

Loaded load_source(const Source& source) {
  auto text = conformance::read_text(source.path);
  if (auto* error = std::get_if<ParseError>(&text)) return std::move(*error);
  const std::string& bytes = std::get<std::string>(text);
  if (source.listed) {
    const std::string digest = conformance::sha256_hex(bytes);
    if (digest != source.listed->sha256) {
      return ParseError{source.path.string(), "", "its sha256 is " + digest + " but the manifest says " + source.listed->sha256};
    }
  }
  return conformance::parse_file(bytes, source.path.string());
}

/// Reads all sources, as many at a time as there are processors.
std::vector<Loaded> load_all(const std::vector<Source>& sources) {
  std::vector<Loaded> loaded(sources.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t index = next++; index < sources.size(); index = next++) loaded[index] = load_source(sources[index]);
  };
  std::vector<std::thread> helpers;
  const std::size_t wanted = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), sources.size());
  for (std::size_t count = 1; count < wanted; ++count) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return loaded;
}

bool wants(const Selection& selection, const conformance::Case& c) {
  const auto& wanted = selection.semantics;
  return (wanted.empty() || std::find(wanted.begin(), wanted.end(), c.semantics) != wanted.end()) && is_selected(selection, c.id);
}

std::optional<ParseError> take_cases(const Selection& selection, const Source& source, conformance::VectorFile file, Suite& suite,
                                     std::map<std::string, std::string>& seen) {
  for (std::size_t index = 0; index < file.cases.size(); ++index) {
    conformance::Case& c = file.cases[index];
    const auto [earlier, is_new] = seen.try_emplace(c.id, source.path.string());
    if (!is_new) {
      return ParseError{source.path.string(), "/cases/" + std::to_string(index) + "/id", "'" + c.id + "' is also in " + earlier->second};
    }
    suite.all_ids.insert(c.id);
    if (wants(selection, c)) suite.cases.push_back(std::move(c));
  }
  return std::nullopt;
}

/// Each glob must select something, so that a slip of the pen isn't taken for success.
std::optional<ParseError> check_globs(const Selection& selection, const Suite& suite) {
  for (const std::string& glob : selection.only) {
    const auto fits = [&](const conformance::Case& c) { return selects_case(glob, c.id); };
    if (std::none_of(suite.cases.begin(), suite.cases.end(), fits)) return ParseError{"--only " + glob, "", "selects no case"};
  }
  if (suite.cases.empty()) return ParseError{"", "", "no case is selected"};
  return std::nullopt;
}

}  // namespace

fs::path this_program() {
  std::error_code failure;
  return fs::read_symlink("/proc/self/exe", failure);
}

std::variant<fs::path, ParseError> default_root(const fs::path& program) {
  const fs::path installed = program.parent_path().parent_path() / "share" / "pvm" / "conformance";
  for (const fs::path& root : {installed, fs::path(PVM_CONFORMANCE_SOURCE_DIR)}) {
    if (fs::is_regular_file(root / "manifest.json")) return root;
  }
  return ParseError{(installed / "manifest.json").string(), "",
                    "no such file, nor in " PVM_CONFORMANCE_SOURCE_DIR "; name the vectors with --vectors"};
}

bool is_selected(const Selection& selection, std::string_view id) {
  const auto fits = [&](const std::string& glob) { return selects_case(glob, id); };
  return selection.only.empty() || std::any_of(selection.only.begin(), selection.only.end(), fits);
}

std::variant<Suite, ParseError> load_suite(const Selection& selection) {
  Suite suite;
  Finder finder(selection, suite);
  if (auto error = finder.find()) return std::move(*error);
  std::vector<Loaded> loaded = load_all(finder.sources);
  std::map<std::string, std::string> seen;
  for (std::size_t index = 0; index < loaded.size(); ++index) {
    if (auto* error = std::get_if<ParseError>(&loaded[index])) return std::move(*error);
    auto file = std::get<conformance::VectorFile>(std::move(loaded[index]));
    if (auto error = take_cases(selection, finder.sources[index], std::move(file), suite, seen)) return std::move(*error);
  }
  if (auto error = check_globs(selection, suite)) return std::move(*error);
  return suite;
}

std::variant<Manifest, ParseError> load_manifest_of(const Selection& selection) {
  if (selection.vectors.size() > 1) return ParseError{"--vectors", "", "one directory with a manifest.json is needed here"};
  if (!selection.vectors.empty()) return conformance::load_manifest(selection.vectors.front());
  auto root = default_root(this_program());
  if (auto* error = std::get_if<ParseError>(&root)) return std::move(*error);
  return conformance::load_manifest(std::get<fs::path>(root));
}

}  // namespace pvm::runner
