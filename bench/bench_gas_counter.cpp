// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the gas counter of native code should live: the same loops with charges in rsp, in memory, and without. For amd64; see
// docs/adr/0007-gas-counter-in-a-register.md. While a loop runs, rsp is no stack: a signal would end the program.
#include <benchmark/benchmark.h>

#include <cstdint>

extern "C" {
std::uint64_t pvm_bench_memory[512];
}

namespace {

constexpr std::uint64_t turns = 10'000'000;
constexpr std::uint64_t ample_gas = std::uint64_t{1} << 62;

// One charge of a block each, as the compiler emits them: the failing jump goes to byte 2 of the subtraction.
#define NO_CHARGE ""
#define IN_RSP ".byte 0x48, 0x81, 0xec\n .long 3\n js .-5\n"
#define IN_RSP_ASYNC ".byte 0x48, 0x81, 0xec\n .long 3\n"
#define IN_MEMORY_BY_RSP ".byte 0x48, 0x81, 0x6c, 0x24, 0x68\n .long 3\n js .-7\n"
#define IN_MEMORY_BY_REGISTER ".byte 0x49, 0x81, 0x6e, 0x68\n .long 3\n js .-6\n"

// add, add, branch: one block.
#define TIGHT(charge) "1:\n" charge "add %%r9, %%r8\n add $1, %%r10\n cmp %%r11, %%r10\n jne 1b\n"
// Two blocks, with two loads and two stores.
#define MEMORY(charge)                                                                                                                     \
  "1:\n" charge "movzbl %%r10b, %%eax\n movzbl (%%r13, %%rax), %%ecx\n mov %%cl, 1024(%%r13, %%rax)\n test %%ecx, %%ecx\n jne 2f\n" charge \
  "mov 8(%%r13), %%r12\n add %%r8, %%r12\n mov %%r12, 2048(%%r13)\n add $1, %%r10\n cmp %%r11, %%r10\n jne 1b\n"

// r14 and rsp point to or hold the counter; r13 points to bytes that are 0.
#define RUN(body, rsp_value)                                                                                                 \
  asm volatile(                                                                                                              \
      "mov %[turns], %%r11\n mov %%rsp, %%r15\n mov %[gas], %%rsp\n xor %%r8d, %%r8d\n mov $3, %%r9d\n xor %%r10d, %%r10d\n" \
      "lea pvm_bench_memory(%%rip), %%r14\n lea 256(%%r14), %%r13\n .p2align 6\n" body "2: mov %%r15, %%rsp\n"               \
      :                                                                                                                      \
      : [turns] "r"(turns), [gas] "r"(rsp_value)                                                                             \
      : "rax", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc")

#define LOOPS(name, charge, rsp_value)                                              \
  void tight_##name(benchmark::State& state) {                                      \
    while (state.KeepRunning()) {                                                   \
      pvm_bench_memory[13] = ample_gas;                                             \
      RUN(TIGHT(charge), rsp_value);                                                \
    }                                                                               \
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(turns)); \
  }                                                                                 \
  BENCHMARK(tight_##name);                                                          \
  void memory_##name(benchmark::State& state) {                                     \
    while (state.KeepRunning()) {                                                   \
      pvm_bench_memory[13] = ample_gas;                                             \
      RUN(MEMORY(charge), rsp_value);                                               \
    }                                                                               \
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(turns)); \
  }                                                                                 \
  BENCHMARK(memory_##name);

LOOPS(none, NO_CHARGE, ample_gas)
LOOPS(rsp, IN_RSP, ample_gas)
LOOPS(rsp_async, IN_RSP_ASYNC, ample_gas)
LOOPS(memory_by_rsp, IN_MEMORY_BY_RSP, pvm_bench_memory)
LOOPS(memory_by_register, IN_MEMORY_BY_REGISTER, ample_gas)

}  // namespace
