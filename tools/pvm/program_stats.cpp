// SPDX-License-Identifier: Apache-2.0 OR MIT
// Counts over the code of programs.
#include "program_stats.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "code_scan.hpp"
#include "pvm/ref/gas.hpp"

namespace pvm::command {
namespace {

using ref::u32;
using ref::u64;
using ref::u8;

/// Encoded sizes of the immediates of an instruction; `count` of them.
struct ImmediateSizes {
  u32 count = 0;
  std::array<u32, 2> bytes{};
};

/// [decode.format.*]
ImmediateSizes immediates_of(const ref::Program& program, const ref::Instruction& in) {
  const u32 rest = in.next - in.pc - 1;  // bytes behind the opcode
  const u8 first = program.byte_at(u64{in.pc} + 1), second = program.byte_at(u64{in.pc} + 2);
  const auto one = [&](u32 before) { return ImmediateSizes{1, {std::min(4U, rest - std::min(rest, before)), 0}}; };
  const auto two = [&](u32 before, u32 length_bits) {
    const u32 length = std::min(4U, length_bits & 7U);
    return ImmediateSizes{2, {length, std::min(4U, rest - std::min(rest, before + length))}};
  };
  switch (isa::row_of(in.op).format) {
    case isa::Format::none:
    case isa::Format::reg_reg:
    case isa::Format::reg_reg_reg: return {};
    case isa::Format::imm:
    case isa::Format::offset: return one(0);
    case isa::Format::reg_imm:
    case isa::Format::reg_reg_imm:
    case isa::Format::reg_reg_offset: return one(1);
    case isa::Format::reg_imm64: return {1, {8, 0}};
    case isa::Format::imm_imm: return two(1, first);
    case isa::Format::reg_imm_imm:
    case isa::Format::reg_imm_offset: return two(1, first >> 4U);
    case isa::Format::reg_reg_imm_imm: return two(2, second);
  }
  return {};
}

void merge(Histogram& into, const Histogram& from) {
  for (const auto& [value, count] : from) into[value] += count;
}

}  // namespace

u64 count_of(const Histogram& histogram) {
  u64 sum = 0;
  for (const auto& [value, count] : histogram) sum += count;
  return sum;
}

u64 sum_of(const Histogram& histogram) {
  u64 sum = 0;
  for (const auto& [value, count] : histogram) sum += value * count;
  return sum;
}

u64 quantile_of(const Histogram& histogram, double share) {
  const auto wanted = static_cast<u64>(std::ceil(share * static_cast<double>(count_of(histogram))));
  u64 seen = 0;
  for (const auto& [value, count] : histogram) {
    seen += count;
    if (seen >= wanted) return value;
  }
  return 0;
}

void ProgramStats::add(const ProgramStats& other) {
  programs += other.programs;
  code_bytes += other.code_bytes;
  for (const auto& [name, count] : other.opcodes) opcodes[name] += count;
  merge(instruction_bytes, other.instruction_bytes);
  merge(immediate_bytes, other.immediate_bytes);
  merge(block_instructions, other.block_instructions);
  merge(flat_gas, other.flat_gas);
  merge(pipeline_gas, other.pipeline_gas);
}

ProgramStats stats_of(const ref::Program& program) {
  ProgramStats stats;
  stats.programs = 1;
  stats.code_bytes = program.code_size();
  ref::Program flat = program, pipeline = program;
  flat.config.gas_model = ref::GasModel::flat_1;
  pipeline.config.gas_model = ref::GasModel::pipeline_1;
  u64 block_size = 0;
  const auto end_block = [&] {
    if (block_size != 0) ++stats.block_instructions[block_size];
    block_size = 0;
  };
  for_each_instruction(program, [&](const ref::Instruction& in, bool begins_block) {
    ++stats.opcodes[isa::row_of(in.op).name];
    ++stats.instruction_bytes[in.next - in.pc];
    const ImmediateSizes sizes = immediates_of(program, in);
    for (u32 index = 0; index < sizes.count; ++index) ++stats.immediate_bytes[sizes.bytes.at(index)];
    if (begins_block) {
      end_block();
      ++stats.flat_gas[static_cast<u64>(ref::block_cost(flat, in.pc))];
      ++stats.pipeline_gas[static_cast<u64>(ref::block_cost(pipeline, in.pc))];
    }
    ++block_size;
  });
  end_block();
  return stats;
}

}  // namespace pvm::command
