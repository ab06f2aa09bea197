// SPDX-License-Identifier: Apache-2.0 OR MIT
// The values at which instructions go wrong, by name, and the combinations worth trying per family of instructions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "group.hpp"

namespace pvm::gen {

/// A register's value that has a name; the name is the same for every width.
struct NamedValue {
  std::string_view name;
  std::string_view phrase;  ///< How a `why` calls it.
  u64 wide;
  u64 narrow;
  bool only_wide = false;  ///< Says nothing of its own in 32 bits.
};

/// The value called `name`; the name must exist.
const NamedValue& value_named(std::string_view name);

/// Its value in the version of `group`.
inline u64 value_in(const Group& group, const NamedValue& value) {
  return group.by_width(value.narrow, value.wide);
}

/// Two operands: registers by name, or a register and an immediate.
struct ValuePair {
  std::string_view a, b;
};
struct ImmediatePair {
  std::string_view a;
  std::string_view name;
  i64 immediate;
};

std::span<const ValuePair> pairs_for(isa::Op op);
std::span<const ImmediatePair> immediate_pairs_for(isa::Op op);
std::span<const std::string_view> single_values();

/// What a case must leave in d, known without ref: by the case's name without its version. nullopt: nothing is known.
std::optional<u64> known_result(const Group& group, std::string_view case_name);

/// Cases for every instruction of the clause group `prefix` ("alu", "bits", "move") that computes d from registers and immediates.
void define_computations(Group& group, std::string_view prefix);

}  // namespace pvm::gen
