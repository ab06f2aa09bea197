// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small programs and cases that the tests of the conformance library share.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/json_io.hpp"

namespace pvm::conformance::testing {

/// Fails the test, with the error's text, instead of throwing where a result isn't there.
template <typename Value, typename... Others>
Value expect_value(std::variant<Value, Others...> result) {
  if constexpr ((std::is_same_v<Others, ParseError> || ...)) {
    if (const auto* error = std::get_if<ParseError>(&result)) ADD_FAILURE() << to_text(*error);
  }
  if (auto* value = std::get_if<Value>(&result)) return std::move(*value);
  ADD_FAILURE() << "another alternative than expected";
  return Value{};
}

template <typename... Alternatives>
ParseError expect_error(const std::variant<Alternatives...>& result) {
  if (const auto* error = std::get_if<ParseError>(&result)) return *error;
  ADD_FAILURE() << "accepted";
  return {};
}

/// A raw program without jump table: the code's length must be below 128.
inline Bytes raw_program(const Bytes& code, const Bytes& bitmask) {
  Bytes blob = {0, 0, static_cast<u8>(code.size())};
  blob.insert(blob.end(), code.begin(), code.end());
  blob.insert(blob.end(), bitmask.begin(), bitmask.end());
  return blob;
}

/// store_u8 a0, [0x20000]; trap
inline Bytes store_and_trap() {
  return raw_program({59, 7, 0, 0, 2, 0}, {0b100001});
}

/// A paged rv64-1 case with gas: page fault, map, then the store, then trap. Expectations are empty.
inline Case fault_case() {
  Case c;
  c.id = "rv64-1/test.fault";
  c.semantics = ref::Semantics::rv64_1;
  c.why = "A store faults, the host makes the page, the store succeeds.";
  c.clauses = {"paging.fault"};
  c.config.dynamic_paging = true;
  c.config.gas_model = ref::GasModel::flat_1;
  c.program.bytes = store_and_trap();
  Execution execution;
  execution.pre.pc = 0;
  execution.pre.regs.emplace();
  (*execution.pre.regs)[7] = 0x1234;
  execution.steps = {RunStep{}, MapStep{0x20000, 4096, true, true}, RunStep{}};
  c.body = std::move(execution);
  c.needs = needs_of(c);
  return c;
}

inline Case blocks_case() {
  Case c = fault_case();
  c.id = "rv64-1/test.block_costs";
  c.body = BlockCosts{{0, 0}};
  c.needs = needs_of(c);
  return c;
}

inline Case rejected_case() {
  Case c = fault_case();
  c.id = "rv64-1/test.rejected";
  c.config = {};
  c.program = {ref::Container::polkavm, {'P', 'V', 'N'}};
  c.body = Rejected{};
  c.needs = needs_of(c);
  return c;
}

}  // namespace pvm::conformance::testing
