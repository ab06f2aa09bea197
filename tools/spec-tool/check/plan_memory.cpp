// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loads and stores at both ends of every area, in mapped memory and in pages.
#include "trial.hpp"

namespace pvm::spec {

namespace {

const MappedSizes& mapped_sizes() {
  static const MappedSizes sizes = {5000, 3, 4096, {}, {}};
  return sizes;
}

constexpr std::uint32_t aux_size = 100;

// Random bytes at the ends of each area. Read-only data comes with the container, hence only at its start.
void draw_contents(Trial& trial, GuestMemory& memory) {
  constexpr std::uint64_t window = 16;
  for (const GuestMemory::Area& area : memory.areas()) {
    if (area.begin == area.end) continue;
    const bool only_start = memory.mode() == GuestMemory::Mode::mapped && !area.host_writes;
    for (std::uint64_t index = 0; index < window; ++index) {
      memory.set_byte(area.begin + index, static_cast<std::uint8_t>(trial.random().bits()));
      if (!only_start) memory.set_byte(area.end - 1 - index, static_cast<std::uint8_t>(trial.random().bits()));
    }
  }
}

Bytes bytes_of(const GuestMemory& memory, std::uint64_t begin, std::uint64_t size) {
  Bytes out;
  for (std::uint64_t index = 0; index < size; ++index) out.push_back(memory.byte(begin + index));
  return out;
}

// Writable, read-only and absent pages in all orders, at the bottom and at the top of the address space.
std::vector<GuestMemory::Area> pages(std::uint64_t size) {
  const std::uint64_t top = std::uint64_t{1} << 32;
  const std::uint64_t low = 0x10000, high = 0x80000000;
  return {{low, low + size, true, true},
          {low + size, low + 2 * size, false, false},
          {low + 3 * size, low + 4 * size, false, false},
          {low + 4 * size, low + 6 * size, true, true},
          {high, high + size, true, true},
          {top - size, top, true, true}};
}

class AccessPlan {
 public:
  explicit AccessPlan(Trial& trial) : trial_(trial), use_(use_of(trial.subject().formula)) {}

  void mapped(std::uint32_t page_size, std::uint32_t address) {
    const MappedSizes& sizes = mapped_sizes();
    GuestMemory memory = GuestMemory::mapped(page_size, sizes.ro_size, sizes.rw_size, sizes.stack_size, aux_size);
    draw_contents(trial_, memory);
    const Scene scene = draw_scene(address);
    MappedSizes contents = sizes;
    contents.ro_data = bytes_of(memory, memory.areas()[0].begin, 16);
    contents.rw_data = bytes_of(memory, memory.areas()[1].begin, sizes.rw_size);
    ref::Config config = trial_.config(ref::Container::polkavm);
    config.page_size = page_size;
    config.aux_size = aux_size;
    run(scene, trial_.load(polkavm_container(scene.layout, *trial_.subject().version.blob_version, contents), config, scene), address,
        memory);
  }

  void paged(std::uint32_t page_size, std::uint32_t address) {
    const bool graypaper = trial_.subject().graypaper();
    std::vector<GuestMemory::Area> areas = pages(page_size);
    if (trial_.random().one_in(3)) areas.back().writable = areas.back().host_writes = false;
    if (trial_.random().one_in(3)) areas.pop_back();  // the page that ends at 2^32
    GuestMemory memory =
        GuestMemory::paged(graypaper ? GuestMemory::Mode::graypaper : GuestMemory::Mode::paged, page_size, std::move(areas));
    draw_contents(trial_, memory);
    const Scene scene = draw_scene(address);
    ref::Config config = trial_.config(ref::Container::raw);
    config.page_size = page_size;
    config.dynamic_paging = !graypaper;
    run(scene, trial_.load(raw_container(scene.layout, {}, 0), config, scene), address, memory);
  }

 private:
  Scene draw_scene(std::uint32_t address) {
    Fields fields;
    trial_.draw_registers(fields, true);
    fields.imm1 = trial_.random().immediate();
    fields.imm2 = trial_.random().immediate();
    aim(trial_, use_, address, fields);
    return *trial_.scene(fields, trial_.may_stand_alone() && trial_.random().one_in(16));
  }

  void run(const Scene& scene, const std::optional<ref::Program>& program, std::uint32_t address, GuestMemory& memory) {
    if (!program) return;
    Registers registers = trial_.draw_values();
    aim_base(trial_, use_, address, scene.fields, registers);
    trial_.run(scene, *program, registers, memory);
  }

  Trial& trial_;
  FormulaUse use_;
};

// Addresses around both ends of each area, and around both ends of the address space.
std::vector<std::uint32_t> edges(const std::vector<GuestMemory::Area>& areas) {
  std::vector<std::uint32_t> out;
  const auto around = [&](std::uint64_t edge) {
    for (std::uint64_t back = 0; back <= 9; ++back) out.push_back(static_cast<std::uint32_t>(edge + 1 - back));
  };
  for (const GuestMemory::Area& area : areas) {
    around(area.begin);
    around(area.end);
  }
  around(0);
  around(0x10000);
  return out;
}

std::uint32_t near_edge(Trial& trial, const std::vector<std::uint32_t>& addresses) {
  if (trial.random().one_in(8)) return static_cast<std::uint32_t>(trial.random().bits());
  return trial.random().pick(addresses) + static_cast<std::uint32_t>(trial.random().below(64));
}

template <typename Run>
void run_addresses(Trial& trial, const std::vector<std::uint32_t>& addresses, Run run) {
  for (const std::uint32_t address : addresses) run(address);
  for (unsigned sample = 0; sample < trial.samples(); ++sample) run(near_edge(trial, addresses));
}

}  // namespace

void plan_accesses(Trial& trial) {
  AccessPlan plan(trial);
  const bool graypaper = trial.subject().graypaper();
  for (const std::uint32_t page_size : {4096u, 16384u}) {
    if (graypaper && page_size != 4096) continue;
    run_addresses(trial, edges(pages(page_size)), [&](std::uint32_t address) { plan.paged(page_size, address); });
    if (graypaper) continue;
    const MappedSizes& sizes = mapped_sizes();
    const GuestMemory memory = GuestMemory::mapped(page_size, sizes.ro_size, sizes.rw_size, sizes.stack_size, aux_size);
    run_addresses(trial, edges(memory.areas()), [&](std::uint32_t address) { plan.mapped(page_size, address); });
  }
}

}  // namespace pvm::spec
