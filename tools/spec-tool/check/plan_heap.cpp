// SPDX-License-Identifier: Apache-2.0 OR MIT
// sbrk in sequences up to the last byte, and memset with every kind of end.
#include "trial.hpp"

namespace pvm::spec {

namespace {

constexpr std::uint64_t space = std::uint64_t{1} << 32;

std::uint64_t draw_size(Trial& trial, const GuestMemory& memory) {
  const std::uint64_t sizes[] = {0, 1, 2, 4095, 4096, 4097, 65536, space - 1, space, space + 1, std::uint64_t{1} << 63, ~std::uint64_t{0}};
  switch (trial.random().below(4)) {
    case 0: return trial.random().pick(sizes);
    case 1: return memory.max_heap_size() + trial.random().below(3) - 1;
    case 2: return trial.random().below(20000);
    default: return trial.random().below(space);
  }
}

// Some sbrks in one machine; the heap lives on from one to the next.
void run_sequence(Trial& trial, const Scene& scene, const std::optional<ref::Program>& program, GuestMemory memory) {
  if (!program) return;
  ref::Machine machine(*program);
  if (program->config.container == ref::Container::raw) fill_memory(memory, machine.memory());
  for (int step = 0; step < 6; ++step) {
    Registers registers = trial.draw_values();
    trial.set(registers, scene.fields, "a", draw_size(trial, memory));
    trial.run(scene, *program, registers, memory, {}, &machine);
    std::uint8_t probe = 0;
    const std::uint64_t end = memory.areas().empty() ? 0 : memory.areas()[memory.areas().size() > 1 ? 1 : 0].end;
    const bool may_read = machine.memory().host_read(end, {&probe, 1});
    const bool readable = !memory.refusal_of(end, 1, false);
    if (may_read && !readable) trial.mismatch(scene, registers, "    memory: the byte at " + hex(end) + " can be read\n");
  }
}

Scene draw_scene(Trial& trial) {
  Fields fields;
  trial.draw_registers(fields, true);
  return *trial.scene(fields, trial.may_stand_alone() && trial.random().one_in(8));
}

void grow_mapped(Trial& trial, std::uint32_t page_size, const MappedSizes& sizes, std::uint32_t aux_size) {
  const Scene scene = draw_scene(trial);
  ref::Config config = trial.config(ref::Container::polkavm);
  config.page_size = page_size;
  config.aux_size = aux_size;
  const Bytes container = polkavm_container(scene.layout, *trial.subject().version.blob_version, sizes);
  run_sequence(trial, scene, trial.load(container, config, scene),
               GuestMemory::mapped(page_size, sizes.ro_size, sizes.rw_size, sizes.stack_size, aux_size));
}

void grow_paged(Trial& trial) {
  const Scene scene = draw_scene(trial);
  run_sequence(trial, scene, trial.load_raw(scene, true),
               GuestMemory::paged(GuestMemory::Mode::paged, 4096, {{0x20000, 0x21000, true, true}}));
}

void allocate_raw(Trial& trial) {
  std::vector<GuestMemory::Area> areas;
  for (std::uint64_t page = 0x10000; page < 0x20000; page += 0x1000) {
    const std::uint64_t kind = trial.random().below(4);
    if (kind < 2) areas.push_back({page, page + 0x1000, kind == 0, kind == 0});
  }
  if (trial.random().one_in(2)) areas.push_back({space - 0x1000, space, true, true});
  const Scene scene = draw_scene(trial);
  run_sequence(trial, scene, trial.load_raw(scene), GuestMemory::paged(GuestMemory::Mode::graypaper, 4096, areas));
}

// [standard.memory] without read-only data and arguments.
void allocate_standard(Trial& trial) {
  const Bytes data(trial.random().below(5000));
  const std::uint64_t heap_pages = trial.random().below(4), stack_size = trial.random().below(9000);
  const std::uint64_t heap_start = 0x20000, stack_top = space - 0x20000 - 0x1000000;
  const std::uint64_t heap_end = heap_start + (data.size() + 4095) / 4096 * 4096 + heap_pages * 4096;
  const std::uint64_t stack_start = stack_top - (stack_size + 4095) / 4096 * 4096;
  const Scene scene = draw_scene(trial);
  const Bytes container =
      standard_container(scene.layout, data, static_cast<std::uint32_t>(heap_pages), static_cast<std::uint32_t>(stack_size));
  std::vector<GuestMemory::Area> areas;
  if (heap_end > heap_start) areas.push_back({heap_start, heap_end, true, true});
  if (stack_top > stack_start) areas.push_back({stack_start, stack_top, true, true});
  run_sequence(trial, scene, trial.load(container, trial.config(ref::Container::standard), scene),
               GuestMemory::paged(GuestMemory::Mode::graypaper, 4096, areas, heap_start));
}

// A fill that begins at some distance before or behind the end of an area.
struct FillCase {
  std::uint64_t address, count;
  Gas gas;
};

FillCase draw_fill(Trial& trial, const GuestMemory& memory) {
  Random& random = trial.random();
  const GuestMemory::Area& area = random.pick(memory.areas());
  FillCase fill;
  fill.address = (random.one_in(2) ? area.end : area.begin) + random.below(40) - 20;
  fill.address = (fill.address & 0xffffffff) | (random.one_in(2) ? 0 : random.bits() << 32);
  fill.count = random.one_in(8) ? 0 : random.one_in(8) ? random.bits() & 0xffffffff : random.below(40);
  if (random.one_in(2)) fill.count |= random.bits() << 32;
  constexpr Meter meters[] = {Meter::sync, Meter::sync, Meter::async, Meter::none};
  fill.gas.meter = random.pick(meters);
  fill.gas.amount = random.one_in(2) ? 3 + static_cast<std::int64_t>(random.below(50)) : 100000;
  return fill;
}

void run_fill(Trial& trial, bool paged) {
  const MappedSizes sizes = {5000, 3, 4096, {}, {}};
  GuestMemory memory = GuestMemory::mapped(4096, sizes.ro_size, sizes.rw_size, sizes.stack_size, 100);
  if (paged) {
    memory = GuestMemory::paged(GuestMemory::Mode::paged, 4096,
                                {{0x10000, 0x11000, true, true},
                                 {0x11000, 0x12000, false, false},
                                 {0x13000, 0x15000, true, true},
                                 {space - 0x1000, space, true, true}});
  }
  const FillCase fill = draw_fill(trial, memory);
  const Scene scene = *trial.scene({}, false);
  ref::Config config = trial.config(paged ? ref::Container::raw : ref::Container::polkavm);
  config.dynamic_paging = paged;
  config.aux_size = paged ? 0 : 100;
  config.metering = fill.gas.meter == Meter::none    ? ref::Metering::none
                    : fill.gas.meter == Meter::async ? ref::Metering::async
                                                     : ref::Metering::sync;
  const Bytes container =
      paged ? raw_container(scene.layout, {}, 0) : polkavm_container(scene.layout, *trial.subject().version.blob_version, sizes);
  const std::optional<ref::Program> program = trial.load(container, config, scene);
  if (!program) return;
  Registers registers = trial.draw_values();
  registers[7] = trial.cut(fill.address);
  registers[9] = trial.cut(fill.count);
  trial.run(scene, *program, registers, memory, fill.gas);
}

}  // namespace

void plan_heap(Trial& trial) {
  for (unsigned sample = 0; sample < 8 + trial.samples(); ++sample) {
    if (trial.subject().graypaper()) {
      trial.random().one_in(2) ? allocate_raw(trial) : allocate_standard(trial);
      continue;
    }
    const std::uint32_t page_size = trial.random().one_in(2) ? 4096 : 65536;
    grow_mapped(trial, page_size, {0, 5, 4096, {}, {}}, 0);
    grow_mapped(trial, page_size, {70000, static_cast<std::uint32_t>(trial.random().below(200000)), 0, {}, {}}, 70000);
    grow_paged(trial);
  }
}

void plan_fill(Trial& trial) {
  for (unsigned sample = 0; sample < 8 * trial.samples() + 64; ++sample) run_fill(trial, sample % 2 == 1);
}

}  // namespace pvm::spec
