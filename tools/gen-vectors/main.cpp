// SPDX-License-Identifier: Apache-2.0 OR MIT
// gen-vectors: writes conformance/vectors and the manifest, or checks that they are what it would write.
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "pvm/conformance/json_io.hpp"
#include "suite.hpp"

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "Usage: gen-vectors [--out DIR] [--check]\n"
    "\n"
    "Writes DIR/vectors/<semantics>/<group>.json and DIR/manifest.json. The same sources give the same bytes on every machine.\n"
    "\n"
    "  --out DIR  the conformance directory (default: conformance)\n"
    "  --check    write nothing; fail if a file differs from what would be written, is missing, or is one too many\n"
    "\n"
    "Exit codes: 0 done (or nothing differs), 1 a case contradicts the reference interpreter (or files differ), 2 usage or unwritable "
    "file.\n";

struct Options {
  fs::path out = "conformance";
  bool check = false;
  bool help = false;
};

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
    } else {
      return std::nullopt;
    }
  }
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
  return options->check ? check(options->out, suite) : write(options->out, suite);
}
