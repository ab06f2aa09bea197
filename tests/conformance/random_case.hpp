// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random cases that obey the rules between members, whatever a VM would make of them.
#pragma once

#include "fixtures.hpp"

namespace pvm::conformance::testing {

/// A value in half of the cases.
template <typename Value>
std::optional<Value> maybe(const rc::Gen<Value>& generator) {
  if (*rc::gen::arbitrary<bool>()) return std::nullopt;
  return *generator;
}

inline rc::Gen<Bytes> random_bytes() {
  return rc::gen::resize(20, rc::gen::arbitrary<Bytes>());
}

inline rc::Gen<std::vector<MemoryBytes>> random_memory() {
  return rc::gen::resize(4, rc::gen::container<std::vector<MemoryBytes>>(rc::gen::exec([] {
                           Bytes bytes = *random_bytes();
                           if (bytes.empty()) bytes = {0};
                           return MemoryBytes{*rc::gen::inRange<u64>(0, 0xffff0000), std::move(bytes)};
                         })));
}

inline Position random_position() {
  if (*rc::gen::arbitrary<bool>()) return std::nullopt;
  return Position(maybe(rc::gen::arbitrary<u32>()));
}

inline rc::Gen<Post> random_post() {
  return rc::gen::exec([] {
    Post post;
    post.status =
        *rc::gen::element(ref::Status::halt, ref::Status::trap, ref::Status::host_call, ref::Status::page_fault, ref::Status::out_of_gas);
    post.pc = random_position();
    post.next_pc = random_position();
    post.regs = maybe(rc::gen::arbitrary<Registers>());
    post.gas = maybe(rc::gen::arbitrary<i64>());
    if (post.status == ref::Status::host_call) post.host_call = maybe(rc::gen::arbitrary<u64>());
    if (post.status == ref::Status::page_fault) post.fault = Fault{*rc::gen::arbitrary<u32>(), maybe(rc::gen::arbitrary<bool>())};
    post.memory = *random_memory();
    return post;
  });
}

inline Expectation random_expectation() {
  Expectation expectation{{*random_post()}};
  if (*rc::gen::inRange(0, 4) == 0) expectation.any_of.push_back(*random_post());
  return expectation;
}

inline rc::Gen<Step> random_step() {
  return rc::gen::exec([]() -> Step {
    const u64 address = *rc::gen::arbitrary<u64>();
    const u32 length = *rc::gen::arbitrary<u32>();
    const bool flag = *rc::gen::arbitrary<bool>(), ok = *rc::gen::arbitrary<bool>();
    switch (*rc::gen::inRange(0, 10)) {
      case 0: return SetRegStep{*rc::gen::inRange(0u, 13u), address};
      case 1: return SetPcStep{length};
      case 2: return SetGasStep{*rc::gen::arbitrary<i64>()};
      case 3: return WriteStep{address, *random_bytes(), ok};
      case 4: {
        const Bytes bytes = *random_bytes();
        return ReadStep{address, static_cast<u32>(bytes.size()), ok, ok ? bytes : Bytes{}};
      }
      case 5: return MapStep{address, length, flag, ok};
      case 6: return ProtectStep{address, length, flag, ok};
      case 7: return UnmapStep{address, length, ok};
      case 8: return CheckStep{random_expectation()};
      default: return RunStep{random_expectation()};
    }
  });
}

inline Execution random_execution() {
  Execution execution;
  execution.pre.pc = maybe(rc::gen::arbitrary<u32>());
  execution.pre.gas = maybe(rc::gen::arbitrary<i64>());
  execution.pre.regs = maybe(rc::gen::arbitrary<Registers>());
  execution.pre.memory = *random_memory();
  execution.pre.pages = {{0x10000, *rc::gen::arbitrary<u32>(), *rc::gen::arbitrary<bool>()}};
  execution.steps = *rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<Step>>(random_step())));
  return execution;
}

/// A case for rv64-1.
inline rc::Gen<Case> random_case() {
  return rc::gen::exec([] {
    Case c = fault_case();
    c.why = "Any \"text\"\n\x01 \xc3\xa4 " + std::to_string(*rc::gen::arbitrary<int>());
    c.program.container = *rc::gen::element(ref::Container::raw, ref::Container::polkavm, ref::Container::standard);
    c.program.bytes = *random_bytes();
    c.config.page_size = maybe(rc::gen::arbitrary<u32>());
    c.config.aux_size = maybe(rc::gen::arbitrary<u32>());
    c.config.strict = *rc::gen::arbitrary<bool>();
    c.config.arguments = *random_bytes();
    c.config.metering = maybe(rc::gen::element(ref::Metering::none, ref::Metering::sync, ref::Metering::async));
    if (*rc::gen::arbitrary<bool>()) {
      c.config.gas_model = ref::GasModel::pipeline_1;
      c.config.memory_cost = maybe(rc::gen::arbitrary<u32>());
    }
    c.body = random_execution();
    c.needs = needs_of(c);
    return c;
  });
}

}  // namespace pvm::conformance::testing
