// SPDX-License-Identifier: Apache-2.0 OR MIT
// What reading the vectors and running them in process takes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace {

using namespace pvm;

std::vector<std::filesystem::path> vector_paths() {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PVM_VECTORS, error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<conformance::Case> all_cases() {
  std::vector<conformance::Case> cases;
  for (const auto& path : vector_paths()) {
    auto file = conformance::load_file(path);
    if (auto* vectors = std::get_if<conformance::VectorFile>(&file)) {
      std::move(vectors->cases.begin(), vectors->cases.end(), std::back_inserter(cases));
    }
  }
  return cases;
}

void read_all_vectors(benchmark::State& state) {
  std::size_t count = 0;
  while (state.KeepRunning()) count = all_cases().size();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(read_all_vectors)->Unit(benchmark::kMillisecond);

void run_all_vectors_on_ref(benchmark::State& state) {
  const auto cases = all_cases();
  std::size_t failed = 0;
  while (state.KeepRunning()) {
    for (const auto& c : cases) failed += compare(c, conformance::run_on_ref(c)).verdict == conformance::Verdict::pass ? 0 : 1;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cases.size()));
  state.counters["failed"] = static_cast<double>(failed);
}
BENCHMARK(run_all_vectors_on_ref)->Unit(benchmark::kMillisecond);

}  // namespace
