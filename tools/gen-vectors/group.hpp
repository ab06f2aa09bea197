// SPDX-License-Identifier: Apache-2.0 OR MIT
// A group is one vector file of one semantics version; its cases are defined by a function that is called once per version.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "case_builder.hpp"

namespace pvm::gen {

/// The cases of one group in one version, in the order of their definition.
class Group {
 public:
  Group(Semantics semantics, std::string_view group_name) : version(semantics), name(group_name) {}

  /// A new case "<version>/<name>". The first clause is the one that the case is about.
  CaseBuilder& add(std::string case_name, std::string why, std::vector<std::string> clauses) {
    return cases.emplace_back(version, std::move(case_name), std::move(why), std::move(clauses));
  }

  /// PolkaVM conventions, as opposed to graypaper-0.7.2's.
  bool is_polkavm() const { return !ref::is_graypaper(version); }
  bool is_graypaper() const { return ref::is_graypaper(version); }
  bool is_jam() const { return version == Semantics::jam_1; }
  /// Registers have 64 bits.
  bool is_wide() const { return ref::register_bits(version) == 64; }
  bool has(isa::Op op) const { return builder::opcode_of(version, op).has_value(); }
  bool has_pipeline() const { return is_polkavm() && version != Semantics::revive_1; }
  /// `narrow` in rv32-1, else `wide`.
  u64 by_width(u64 narrow, u64 wide) const { return is_wide() ? wide : narrow; }

  const Semantics version;
  const std::string_view name;
  std::deque<CaseBuilder> cases;
};

struct GroupDefinition {
  std::string_view name;
  void (*define)(Group&);
};

/// Every group, in the order of the documentation. A group without cases in a version has no file there.
std::span<const GroupDefinition> all_groups();

/// Pseudo-random numbers that are the same on every machine.
class SplitMix64 {
 public:
  /// Seeded by a text, such as a case's name.
  explicit SplitMix64(std::string_view seed) {
    for (const char character : seed) state_ = (state_ ^ static_cast<u8>(character)) * 0x100000001b3;
  }
  u64 next() {
    u64 z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  /// Uniform enough in 0..bound-1.
  u64 below(u64 bound) { return next() % bound; }

 private:
  u64 state_ = 0xcbf29ce484222325;
};

}  // namespace pvm::gen
