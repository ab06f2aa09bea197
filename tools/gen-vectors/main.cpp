// SPDX-License-Identifier: Apache-2.0 OR MIT
// gen-vectors: writes conformance/vectors and the manifest, or checks that they are what it would write.
#include <filesystem>
#include <iostream>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "pvm/conformance/json_io.hpp"
#include "suite.hpp"

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "Usage: gen-vectors [--out DIR] [--check | --release NUMBER]\n"
    "\n"
    "Writes DIR/vectors/<semantics>/<group>.json and DIR/manifest.json. The same sources give the same bytes on every machine.\n"
    "\n"
    "  --out DIR         the conformance directory (default: conformance)\n"
    "  --check           write nothing; fail if a file differs from what would be written, is missing, or is one too many\n"
    "  --release NUMBER  give the suite this version and freeze its cases in DIR/releases/NUMBER.json, which must not exist yet\n"
    "\n"
    "Exit codes: 0 done (or nothing differs), 1 a case contradicts the reference interpreter (or files differ), 2 usage or unwritable "
    "file.\n";

struct Options {
  fs::path out = "conformance";
  bool check = false;
  bool help = false;
  std::string release;  // empty: none
};

// Three numbers with dots between them; the number becomes a file's name.
bool is_version(const std::string& text) {
  static const std::regex pattern("[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}");
  return std::regex_match(text, pattern);
}

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int index = 1; index < argc; ++index) {
    const std::string argument = argv[index];
    if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else if (argument == "--check") {
      options.check = true;
    } else if (argument == "--out" && index + 1 < argc) {
      options.out = argv[++index];
    } else if (argument == "--release" && index + 1 < argc && is_version(argv[index + 1])) {
      options.release = argv[++index];
    } else {
      return std::nullopt;
    }
  }
  if (options.check && !options.release.empty()) return std::nullopt;
  return options;
}

// Vector files below `out` that the suite doesn't have.
std::vector<std::string> stale_files(const fs::path& out, const pvm::gen::Suite& suite) {
  std::vector<std::string> stale;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(out / "vectors", error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->is_regular_file()) continue;
    const std::string path = entry->path().lexically_relative(out).generic_string();
    if (!suite.files.contains(path)) stale.push_back(path);
  }
  return stale;
}

int check(const fs::path& out, const pvm::gen::Suite& suite) {
  int differences = 0;
  for (const auto& [path, text] : suite.files) {
    const auto found = pvm::conformance::read_text(out / path);
    const auto* present = std::get_if<std::string>(&found);
    if (present != nullptr && *present == text) continue;
    std::cout << (present == nullptr ? "missing: " : "differs: ") << path << '\n';
    ++differences;
  }
  for (const std::string& path : stale_files(out, suite)) {
    std::cout << "one too many: " << path << '\n';
    ++differences;
  }
  return differences == 0 ? 0 : 1;
}

int write(const fs::path& out, const pvm::gen::Suite& suite) {
  for (const auto& [path, text] : suite.files) {
    std::error_code error;
    fs::create_directories((out / path).parent_path(), error);
    if (const auto failed = pvm::conformance::write_text(out / path, text)) {
      std::cerr << pvm::conformance::to_text(*failed) << '\n';
      return 2;
    }
  }
  for (const std::string& path : stale_files(out, suite)) {
    std::error_code error;
    fs::remove(out / path, error);
    std::cout << "removed: " << path << '\n';
  }
  return 0;
}

// Freezes the cases; a release that exists is never written again.
int freeze(const fs::path& out, const pvm::conformance::Manifest& manifest) {
  const fs::path path = out / "releases" / (manifest.suite + ".json");
  std::error_code error;
  if (fs::exists(path, error)) {
    std::cerr << path.string() << ": this release exists already\n";
    return 2;
  }
  fs::create_directories(path.parent_path(), error);
  const auto failed = pvm::conformance::write_text(path, pvm::conformance::print_release(pvm::conformance::release_of(manifest)));
  if (failed) std::cerr << pvm::conformance::to_text(*failed) << '\n';
  return failed ? 2 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> options = parse(argc, argv);
  if (!options || options->help) {
    (options ? std::cout : std::cerr) << usage;
    return options ? 0 : 2;
  }
  const auto loaded = pvm::conformance::load_manifest(options->out);
  pvm::conformance::Manifest previous{.suite = "1.0.0", .spec = "1.0.0", .files = {}, .withdrawn = {}};
  if (const auto* manifest = std::get_if<pvm::conformance::Manifest>(&loaded)) previous = *manifest;
  if (!options->release.empty()) previous.suite = options->release;

  const pvm::gen::Suite suite = pvm::gen::make_suite(previous);
  for (const std::string& error : suite.errors) std::cerr << error << '\n';
  if (!suite.errors.empty()) {
    std::cerr << suite.errors.size() << " contradictions; nothing is written\n";
    return 1;
  }
  std::size_t cases = 0;
  std::size_t bytes = 0;
  for (const auto& file : suite.manifest.files) cases += file.count;
  for (const auto& [path, text] : suite.files) bytes += text.size();
  std::cout << cases << " cases in " << suite.files.size() - 1 << " files, " << bytes << " bytes\n";
  if (options->check) return check(options->out, suite);
  if (!options->release.empty()) {
    if (const int status = freeze(options->out, suite.manifest)) return status;
  }
  return write(options->out, suite);
}
