// SPDX-License-Identifier: Apache-2.0 OR MIT
// The layouts of mapped memory and of standard programs.
#include "machine/memory_map.hpp"

namespace pvm::engine {
namespace {

// [standard.memory]
MemoryMap standard_map(const Program& program, u32 page_size) {
  MemoryMap map;
  map.read_only = {zone, zone + round_up(program.ro_data_size, page_size)};
  map.heap_base = 2 * zone + round_up(program.ro_data_size, zone);
  map.read_write = {map.heap_base, map.heap_base + round_up(program.rw_data_size, page_size) + u64{program.heap_pages} * page_size};
  const u64 stack_top = address_space - 2 * zone - max_arguments;
  map.stack = {stack_top - round_up(program.stack_size, page_size), stack_top};
  const u64 arguments = address_space - zone - max_arguments;
  map.host_data = {arguments, arguments + round_up(program.config.arguments.size(), page_size)};
  return map;
}

// [map.layout]
MemoryMap mapped_map(const Program& program, u32 page_size) {
  MemoryMap map;
  map.read_only = {zone, zone + round_up(program.ro_data_size, page_size)};
  const u64 rw_start = zone + round_up(program.ro_data_size, zone) + zone;
  map.read_write = {rw_start, rw_start + round_up(program.rw_data_size, page_size)};
  map.heap_base = rw_start + program.rw_data_size;
  const u64 aux_start = address_space - zone - round_up(program.config.aux_size, zone);
  map.host_data = {aux_start, aux_start + round_up(program.config.aux_size, page_size)};
  const u64 stack_top = aux_start - zone;
  map.stack = {stack_top - round_up(program.stack_size, page_size), stack_top};
  map.max_heap_size = stack_top - round_up(program.stack_size, zone) - zone - map.heap_base;
  return map;
}

}  // namespace

u32 page_size_of(const Program& program) {
  constexpr u32 graypaper_page_size = 4096;
  return is_graypaper(program.semantics()) ? graypaper_page_size : program.config.page_size;
}

MemoryMap map_of(const Program& program) {
  if (program.config.container == Container::standard) return standard_map(program, page_size_of(program));
  return program.is_paged() ? MemoryMap{} : mapped_map(program, page_size_of(program));
}

}  // namespace pvm::engine
