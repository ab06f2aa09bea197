// SPDX-License-Identifier: Apache-2.0 OR MIT
// Hand-made native code, and spaces that run it.
#include "guests.hpp"

#include <gtest/gtest.h>

namespace pvm::engine::sandbox::test {

void leave(Assembler& as, native::ExitReason reason, u32 index) {
  constexpr u64 handler = native::context_address + offsetof(native::Context, exit_handler);
  as.mov_imm(R::rcx, static_cast<u32>(reason) << 28 | index);
  as.jmp_mem({Mem::Kind::rip, R::rax, R::rax, static_cast<i32>(static_cast<i64>(handler - native::code_address))});
}

jit::NativeCode code_of(const std::function<void(Assembler&)>& write) {
  Assembler as;
  as.reserve(0x10000);
  write(as);
  jit::NativeCode code;
  code.halt_stub = as.offset();
  leave(as, native::ExitReason::halt, 0);
  code.bytes = as.take();
  return code;
}

jit::NativeCode code_of(std::initializer_list<u8> bytes) {
  jit::NativeCode code;
  code.bytes = std::vector<u8>(bytes);
  return code;
}

const std::shared_ptr<WorkerPool>& shared_pool() {
  static const std::shared_ptr<WorkerPool> pool = []() -> std::shared_ptr<WorkerPool> {
    auto made = make_worker_pool({});
    if (!made) ADD_FAILURE() << made.error().message;
    return made ? *made : nullptr;
  }();
  return pool;
}

std::unique_ptr<native::Space> space_of(const jit::NativeCode& code, std::span<const u8> read_only_data,
                                        const std::shared_ptr<WorkerPool>& pool) {
  if (pool == nullptr) return nullptr;
  auto sealed = seal_code(code, read_only_data);
  if (!sealed) {
    ADD_FAILURE() << sealed.error().message;
    return nullptr;
  }
  auto space = make_process_space(pool, *std::move(sealed));
  if (!space) ADD_FAILURE() << space.error().message;
  return space ? *std::move(space) : nullptr;
}

native::NativeExit enter(native::Space& space, CpuState& state, u32 offset) {
  return space.enter(state, {offset}, {}, false);
}

}  // namespace pvm::engine::sandbox::test
