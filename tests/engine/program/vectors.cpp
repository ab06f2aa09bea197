// SPDX-License-Identifier: Apache-2.0 OR MIT
// The programs of the conformance vectors, each with its configuration.
#include "vectors.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "pvm/conformance/json_io.hpp"

namespace pvm::testing {
namespace {

std::vector<std::filesystem::path> vector_files() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PVM_VECTORS)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

// What tells configurations apart, in one value that can be ordered.
auto key_of(const ref::Config& config, const std::vector<ref::u8>& bytes) {
  return std::tuple(config.semantics, config.container, config.gas_model, config.memory_cost, config.metering, config.page_size,
                    config.aux_size, config.dynamic_paging, config.strict, config.arguments, bytes);
}

std::vector<VectorProgram> read_programs() {
  std::vector<VectorProgram> programs;
  std::set<decltype(key_of({}, {}))> seen;
  for (const auto& path : vector_files()) {
    const auto file = conformance::load_file(path);
    if (!std::holds_alternative<conformance::VectorFile>(file)) return {};
    for (const conformance::Case& c : std::get<conformance::VectorFile>(file).cases) {
      const ref::Config config = conformance::full_config(c.semantics, c.config, c.program.container);
      if (seen.insert(key_of(config, c.program.bytes)).second) programs.push_back({c.id, config, c.program.bytes});
    }
  }
  return programs;
}

}  // namespace

const std::vector<VectorProgram>& vector_programs() {
  static const std::vector<VectorProgram> programs = read_programs();
  return programs;
}

}  // namespace pvm::testing
