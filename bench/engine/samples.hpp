// SPDX-License-Identifier: Apache-2.0 OR MIT
// Single operations timed one by one, for figures of which the median says more than the mean.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace pvm::bench {

/// Collects durations and reports them as the counters min_ns, median_ns and p99_ns.
class Samples {
 public:
  using Clock = std::chrono::steady_clock;

  void add(Clock::duration time) { values_.push_back(std::chrono::duration<double, std::nano>(time).count()); }

  void report(benchmark::State& state) {
    if (values_.empty()) return;
    std::sort(values_.begin(), values_.end());
    state.counters["min_ns"] = values_.front();
    state.counters["median_ns"] = values_[values_.size() / 2];
    state.counters["p99_ns"] = values_[values_.size() * 99 / 100];
  }

 private:
  std::vector<double> values_;
};

}  // namespace pvm::bench
