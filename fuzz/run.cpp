// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes execution. Input: configuration, entry, gas, three registers, pages; then code, each byte with a byte that marks it or not.
#include <algorithm>

#include "exercise.hpp"

using namespace pvm;
using fuzz::Input;
using ref::u32;
using ref::u8;

namespace {

ref::Program program_of(Input& input) {
  ref::Program program;
  ref::Config& config = program.config;
  config.semantics = static_cast<ref::Semantics>(input.below(5));
  config.container = ref::Container::raw;
  const bool graypaper = ref::is_graypaper(config.semantics);
  const u8 flags = input.byte();
  config.dynamic_paging = (flags & 1) != 0 && !graypaper;
  if ((flags & 2) != 0 && !graypaper) config.page_size = 16384;
  config.gas_model = graypaper ? ref::GasModel::instruction_1 : ref::GasModel::flat_1;
  if ((flags & 4) != 0 && !graypaper && config.semantics != ref::Semantics::revive_1) config.gas_model = ref::GasModel::pipeline_1;
  // Without a limit on gas a memset may take minutes.
  const bool has_memset = config.semantics == ref::Semantics::rv32_1 || config.semantics == ref::Semantics::rv64_1;
  if ((flags & 24) == 8 && !has_memset) config.metering = ref::Metering::none;
  if ((flags & 24) == 16 && !has_memset && !graypaper) config.metering = ref::Metering::async;
  if (!config.dynamic_paging && !graypaper) {
    program.ro_data_size = 100;
    program.rw_data_size = 5000;
    program.stack_size = 4096;
  }
  return program;
}

void read_code(std::span<const u8> bytes, ref::Program& program) {
  const std::size_t size = std::min<std::size_t>(bytes.size() / 2, 400);
  program.bitmask.assign((size + 7) / 8, 0);
  for (std::size_t place = 0; place < size; ++place) {
    program.code.push_back(bytes[2 * place]);
    if ((bytes[2 * place + 1] & 3) == 1) program.bitmask[place / 8] = static_cast<u8>(program.bitmask[place / 8] | (1u << (place % 8)));
  }
  program.jump_table_entry_size = 1;
  program.jump_table_count = std::min<std::size_t>(size, 16);
  program.jump_table.assign(program.code.end() - static_cast<std::ptrdiff_t>(program.jump_table_count), program.code.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  Input input(data, size);
  ref::Program program = program_of(input);
  const u32 pc = input.flag() ? input.byte() : 0;
  const ref::i64 gas = static_cast<ref::i64>(input.number(2) % 1024) - 16;
  ref::u64 registers[3];
  for (auto& value : registers) value = input.number(8);
  const u8 pages = input.byte();
  const ref::u64 piece = 1 + input.below(5);
  read_code(input.rest(), program);

  ref::Machine machine(program);
  machine.set_reg(0, 0xffff0000);
  for (u32 number = 0; number < 3; ++number) machine.set_reg(7 + number, registers[number]);
  for (u32 page = 0; page < 4; ++page) {
    if ((pages >> page & 1) != 0) machine.memory().map(0x20000 + 0x4000 * page, 4096, (pages >> (page + 4) & 1) != 0);
  }
  machine.set_gas(gas);
  machine.set_pc(pc);
  ref::Machine again = machine;
  fuzz::exercise(program, machine, 600);
  if (600 % piece != 0) return 0;
  fuzz::exercise(program, again, piece);
  if (const auto difference = testing::difference(machine, again, true, 64)) fuzz::fail("in pieces: " + *difference);
  return 0;
}
