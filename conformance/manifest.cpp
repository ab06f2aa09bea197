// SPDX-License-Identifier: Apache-2.0 OR MIT
// Manifests and releases: describing, reading, writing.
#include "pvm/conformance/manifest.hpp"

#include <algorithm>
#include <set>

#include "case_reader.hpp"
#include "json_text.hpp"
#include "manifest_files.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/sha256.hpp"

namespace pvm::conformance {
namespace fs = std::filesystem;
namespace {

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// "1.0.0": three numbers without leading zeros.
bool is_semver(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    const bool digits = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || part.size() > 9 || (part.size() > 1 && part.front() == '0')) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 3;
    text.remove_prefix(dot + 1);
  }
}

std::string read_version(const Reader& at) {
  std::string version = at.text();
  if (!is_semver(version)) at.fail("must be a semantic version like \"1.0.0\"");
  return version;
}

std::string read_hex(const Reader& at, std::size_t digits) {
  std::string text = at.text();
  if (!is_hex(text, digits)) at.fail("must be " + std::to_string(digits) + " lowercase hexadecimal digits");
  return text;
}

CaseDigests read_digests(const Reader& at) {
  CaseDigests digests;
  at.each_member([&](const std::string& id, const Reader& digest) { digests.emplace(id, read_hex(digest, digest_digits)); });
  return digests;
}

// A manifest must not lead out of its folder.
std::string read_path(const Reader& at) {
  std::string path = at.text();
  const fs::path parsed(path);
  const bool leads_out = std::find(parsed.begin(), parsed.end(), "..") != parsed.end();
  if (path.empty() || parsed.is_absolute() || leads_out || path.find('\\') != std::string::npos) {
    at.fail("must be a relative path below the manifest");
  }
  return path;
}

ManifestFile read_manifest_file(const Reader& at) {
  at.only({"path", "sha256", "semantics", "group", "count", "clauses", "requires", "cases"});
  ManifestFile file;
  file.path = read_path(at.need("path"));
  file.sha256 = read_hex(at.need("sha256"), 64);
  file.semantics = at.need("semantics").named(ref::semantics_named);
  file.group = at.need("group").text();
  file.count = at.need("count").number_u32();
  file.clauses = read_texts(at.need("clauses"));
  file.needs = read_texts(at.need("requires"));
  file.cases = read_digests(at.need("cases"));
  if (file.count != file.cases.size()) at.need("count").fail("must be the number of cases, " + std::to_string(file.cases.size()));
  return file;
}

void check_schema(const Reader& at) {
  const Reader schema = at.need("schema");
  if (schema.number_u32() != schema_version) schema.fail("must be " + std::to_string(schema_version));
}

Manifest read_manifest(const Reader& at) {
  at.only({"schema", "suite", "spec", "files", "withdrawn"});
  Manifest manifest;
  check_schema(at);
  manifest.suite = read_version(at.need("suite"));
  manifest.spec = read_version(at.need("spec"));
  at.need("files").each_element([&](const Reader& element) {
    manifest.files.push_back(read_manifest_file(element));
    const std::size_t count = manifest.files.size();
    const bool sorted = count < 2 || manifest.files[count - 2].path < manifest.files[count - 1].path;
    if (!sorted) element.need("path").fail("must come after the path before it: sorted, each once");
  });
  if (const auto withdrawn = at.find("withdrawn")) {
    withdrawn->each_member([&](const std::string& id, const Reader& reason) {
      if (reason.text().empty()) reason.fail("must give the reason");
      manifest.withdrawn.emplace(id, reason.text());
    });
  }
  return manifest;
}

Release read_release(const Reader& at) {
  at.only({"schema", "suite", "spec", "cases"});
  check_schema(at);
  return {read_version(at.need("suite")), read_version(at.need("spec")), read_digests(at.need("cases"))};
}

template <typename Value>
std::variant<Value, ParseError> parse_with(std::string_view text, const std::string& path, Value (*read)(const Reader&)) {
  auto json = parse_json(text, path);
  if (auto* error = std::get_if<ParseError>(&json)) return std::move(*error);
  Problem problem(path);
  Value value = read(Reader(std::get<Json>(json), problem));
  if (problem.failed()) return problem.error();
  return value;
}

OrderedJson digests_json(const CaseDigests& digests) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [id, digest] : digests) json[id] = digest;
  return json;
}

OrderedJson file_json(const ManifestFile& file) {
  OrderedJson json = OrderedJson::object();
  json["path"] = file.path;
  json["sha256"] = file.sha256;
  json["semantics"] = ref::name_of(file.semantics);
  json["group"] = file.group;
  json["count"] = file.count;
  json["clauses"] = file.clauses;
  json["requires"] = file.needs;
  json["cases"] = digests_json(file.cases);
  return json;
}

}  // namespace

std::string case_digest(const Case& c) {
  return sha256_hex(compact_case(c)).substr(0, digest_digits);
}

ManifestFile describe_file(const VectorFile& file, const std::string& path, std::string_view bytes) {
  ManifestFile entry;
  entry.path = path;
  entry.sha256 = sha256_hex(bytes);
  entry.semantics = file.semantics;
  entry.group = file.group;
  entry.count = static_cast<u32>(file.cases.size());
  std::set<std::string> clauses, needs;
  for (const Case& c : file.cases) {
    clauses.insert(c.clauses.begin(), c.clauses.end());
    needs.insert(c.needs.begin(), c.needs.end());
    entry.cases.emplace(c.id, case_digest(c));
  }
  entry.clauses.assign(clauses.begin(), clauses.end());
  entry.needs.assign(needs.begin(), needs.end());
  return entry;
}

std::variant<Manifest, std::vector<ParseError>> build_manifest(const fs::path& root, const std::string& suite, const std::string& spec) {
  std::vector<ParseError> errors;
  Manifest manifest{suite, spec, {}, {}};
  for (const std::string& path : vector_files_below(root, errors)) {
    auto text = read_text(root / path);
    if (auto* error = std::get_if<ParseError>(&text)) {
      errors.push_back(std::move(*error));
      continue;
    }
    const auto file = parse_file(std::get<std::string>(text), (root / path).string());
    if (const auto* error = std::get_if<ParseError>(&file)) {
      errors.push_back(*error);
      continue;
    }
    manifest.files.push_back(describe_file(std::get<VectorFile>(file), path, std::get<std::string>(text)));
  }
  if (!errors.empty()) return errors;
  return manifest;
}

Release release_of(const Manifest& manifest) {
  Release release{manifest.suite, manifest.spec, {}};
  for (const ManifestFile& file : manifest.files) release.cases.insert(file.cases.begin(), file.cases.end());
  return release;
}

std::variant<Manifest, ParseError> parse_manifest(std::string_view text, const std::string& path) {
  return parse_with<Manifest>(text, path, read_manifest);
}

std::variant<Release, ParseError> parse_release(std::string_view text, const std::string& path) {
  return parse_with<Release>(text, path, read_release);
}

std::string print_manifest(const Manifest& manifest) {
  OrderedJson json = OrderedJson::object();
  json["schema"] = schema_version;
  json["suite"] = manifest.suite;
  json["spec"] = manifest.spec;
  json["files"] = OrderedJson::array();
  for (const ManifestFile& file : manifest.files) json["files"].push_back(file_json(file));
  if (!manifest.withdrawn.empty()) {
    json["withdrawn"] = OrderedJson::object();
    for (const auto& [id, reason] : manifest.withdrawn) json["withdrawn"][id] = reason;
  }
  return layout_text(json, 3) + "\n";
}

std::string print_release(const Release& release) {
  OrderedJson json = OrderedJson::object();
  json["schema"] = schema_version;
  json["suite"] = release.suite;
  json["spec"] = release.spec;
  json["cases"] = digests_json(release.cases);
  return layout_text(json, 2) + "\n";
}

std::variant<Manifest, ParseError> load_manifest(const fs::path& root) {
  const fs::path path = root / manifest_name;
  auto text = read_text(path);
  if (auto* error = std::get_if<ParseError>(&text)) return std::move(*error);
  return parse_manifest(std::get<std::string>(text), path.string());
}

}  // namespace pvm::conformance
