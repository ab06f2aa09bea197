// SPDX-License-Identifier: Apache-2.0 OR MIT
// How fast the compiler is, with each gas model, and how long its code is. The program is generated: blocks of about five instructions
// with the mix of compiled code.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>
#include <random>
#include <span>

#include "jit/compile.hpp"
#include "pvm/builder/code.hpp"

namespace {

using namespace pvm;
using builder::Operands;
using isa::Op;

/// Instructions in parts of a hundred.
struct Share {
  Op op;
  int weight;
};

constexpr Share body_mix[] = {
    {Op::load_indirect_u64, 12},
    {Op::load_indirect_u8, 4},
    {Op::load_indirect_i32, 4},
    {Op::store_indirect_u64, 8},
    {Op::store_indirect_u8, 2},
    {Op::load_u64, 1},
    {Op::add_imm_64, 16},
    {Op::add_imm_32, 5},
    {Op::load_imm, 9},
    {Op::move_reg, 8},
    {Op::add_64, 8},
    {Op::add_32, 3},
    {Op::sub_64, 3},
    {Op::and_imm, 4},
    {Op::xor_, 2},
    {Op::or_, 2},
    {Op::and_, 2},
    {Op::mul_64, 1},
    {Op::shift_logical_left_imm_64, 4},
    {Op::shift_logical_right_imm_64, 2},
    {Op::set_less_than_unsigned, 2},
};
constexpr Share end_mix[] = {
    {Op::branch_eq_imm, 24}, {Op::branch_not_eq_imm, 24}, {Op::branch_less_unsigned, 10}, {Op::branch_less_signed, 5}, {Op::branch_eq, 5},
    {Op::jump, 10},          {Op::load_imm_and_jump, 10}, {Op::jump_indirect, 6},         {Op::fallthrough, 6},
};

class Generator {
 public:
  explicit Generator(u32 instructions) : code_(ref::Semantics::rv64_1) {
    const u32 blocks = instructions / 6;
    for (u32 block = 0; block <= blocks; ++block) labels_.push_back(code_.new_label());
    for (u32 block = 0; block < blocks; ++block) append_block(block);
    code_.bind(labels_[blocks]);
    code_.instruction(Op::trap, {});
  }

  builder::CodeBlob blob() const {
    auto blob = code_.build();
    if (std::holds_alternative<std::string>(blob)) std::abort();
    return std::get<builder::CodeBlob>(std::move(blob));
  }

 private:
  u32 below(u32 limit) { return static_cast<u32>(random_()) % limit; }
  // Most registers that compiled code uses are few.
  u8 reg() {
    constexpr u8 often[] = {1, 7, 8, 9, 10, 5, 6};
    return below(4) == 0 ? static_cast<u8>(below(13)) : often[below(7)];
  }
  Op pick(std::span<const Share> mix) {
    int total = 0;
    for (const Share& share : mix) total += share.weight;
    int at = static_cast<int>(below(static_cast<u32>(total)));
    for (const Share& share : mix) {
      at -= share.weight;
      if (at < 0) return share.op;
    }
    std::abort();
  }
  Operands operands() {
    constexpr i64 immediates[] = {0, 1, -1, 8, 16, -8, 32, 255, 1000, 0x12345, -0x7fff0000};
    Operands operands = {.d = reg(), .a = reg(), .b = reg(), .i = immediates[below(11)]};
    if (below(2) == 0) operands.a = operands.d;
    return operands;
  }
  // Jumps mostly go near.
  builder::Label target(u32 block) {
    const u32 last = static_cast<u32>(labels_.size()) - 1;
    const u32 distance = below(10) == 0 ? 300 : 12;
    const u32 begin = block < distance ? 0 : block - distance;
    return labels_[std::min(begin + below(2 * distance), last)];
  }
  void append_block(u32 block) {
    code_.bind(labels_[block]);
    for (u32 count = 2 + below(7); count > 0; --count) code_.instruction(pick(body_mix), operands());
    const Op end = pick(end_mix);
    const bool has_target = end != Op::jump_indirect && end != Op::fallthrough;
    code_.instruction(end, operands(), {}, has_target ? std::optional(target(block)) : std::nullopt);
  }

  std::mt19937 random_{1};
  builder::Code code_;
  std::vector<builder::Label> labels_;
};

const builder::Bytes& blob_of(u32 instructions) {
  static std::map<u32, builder::Bytes> blobs;
  builder::Bytes& bytes = blobs[instructions];
  if (bytes.empty()) {
    builder::ProgramParts parts;
    parts.blob = Generator(instructions).blob();
    bytes = polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts));
  }
  return bytes;
}

void compile(benchmark::State& state, GasModel model, Metering metering, engine::jit::Target target) {
  ProgramConfig config;
  config.gas_model = model;
  config.metering = metering;
  auto program = engine::load(blob_of(static_cast<u32>(state.range(0))), config);
  if (!program) return state.SkipWithError(program.error().message.c_str());
  const engine::jit::CompileOptions options = {target, engine::jit::CpuFeatures::detect()};
  std::size_t instructions = 0, native_bytes = 0;
  while (state.KeepRunning()) {
    const auto code = engine::jit::compile(*program, options);
    instructions = code->positions.size();
    native_bytes = code->bytes.size();
    benchmark::DoNotOptimize(code->bytes.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<i64>(instructions));
  state.SetBytesProcessed(state.iterations() * static_cast<i64>(native_bytes));
  state.counters["native_bytes_per_instruction"] = static_cast<double>(native_bytes) / static_cast<double>(instructions);
  state.counters["guest_bytes_per_instruction"] = static_cast<double>(program->code_size) / static_cast<double>(instructions);
}

using engine::jit::Target;
BENCHMARK_CAPTURE(compile, no_gas, GasModel::flat_1, Metering::none, Target::worker)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(compile, flat, GasModel::flat_1, Metering::sync, Target::worker)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(compile, pipeline, GasModel::pipeline_1, Metering::sync, Target::worker)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(compile, flat_in_process, GasModel::flat_1, Metering::sync, Target::in_process)->Arg(1'000'000);

}  // namespace
