// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: instances, snapshots, interrupts.
#include <algorithm>

#include "api/c/handles.hpp"

using namespace pvm::c;

namespace {

// What the functions that run have in common. `run` gets the options.
template <typename Run>
pvm_code run_with(const pvm_instance* instance, const pvm_run_options* options, pvm_exit* exit, pvm_error** error, Run run) {
  const auto body = [&]() -> pvm::Result<void> {
    if (auto fits = check_exit(exit); !fits) return fits;
    const auto read = read_options(options);
    if (!read) return read.error();
    return deliver(run(*read), [&](const pvm::Exit& seen) { write_exit(exit, seen); });
  };
  return guarded_on(error, body, instance);
}

}  // namespace

extern "C" {

void pvm_instance_free(pvm_instance* instance) {
  // The one inside a linked instance goes with that.
  if (instance != nullptr && instance->own) delete instance;
}

pvm_isolation pvm_instance_isolation(const pvm_instance* instance) {
  return instance != nullptr ? static_cast<pvm_isolation>(instance->instance->isolation()) : 0;
}

pvm_code pvm_instance_run(pvm_instance* instance, const pvm_run_options* options, pvm_exit* exit, pvm_error** error) {
  return run_with(instance, options, exit, error, [&](const pvm::CallOptions& read) { return instance->instance->run(read.limits); });
}

pvm_code pvm_instance_call(pvm_instance* instance, uint32_t pc, const uint64_t* arguments, size_t argument_count,
                           const pvm_run_options* options, pvm_exit* exit, pvm_error** error) {
  return run_with(instance, options, exit, error, [&](const pvm::CallOptions& read) -> pvm::Result<pvm::Exit> {
    const auto values = read_arguments(*instance->instance, arguments, argument_count);
    if (!values) return values.error();
    return instance->instance->call(pc, std::span<const pvm::Value>(*values), read);
  });
}

pvm_code pvm_instance_call_export(pvm_instance* instance, const char* name, size_t name_length, const uint64_t* arguments,
                                  size_t argument_count, const pvm_run_options* options, pvm_exit* exit, pvm_error** error) {
  return run_with(instance, options, exit, error, [&](const pvm::CallOptions& read) -> pvm::Result<pvm::Exit> {
    const auto symbol = name_of(name, name_length);
    if (!symbol) return symbol.error();
    const auto pc = instance->instance->module().find_export(*symbol);
    if (!pc) return pc.error();
    const auto values = read_arguments(*instance->instance, arguments, argument_count);
    if (!values) return values.error();
    return instance->instance->call(*pc, std::span<const pvm::Value>(*values), read);
  });
}

pvm_code pvm_instance_next_pc(const pvm_instance* instance, uint8_t* has_pc, uint32_t* pc, pvm_error** error) {
  const auto body = [&] {
    return deliver(instance->instance->next_pc(), [&](std::optional<uint32_t> next) {
      *has_pc = next.has_value();
      *pc = next.value_or(0);
    });
  };
  return guarded_on(error, body, instance, has_pc, pc);
}

pvm_code pvm_instance_set_pc(pvm_instance* instance, uint32_t pc, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->set_pc(pc); }, instance);
}

pvm_code pvm_instance_reg(const pvm_instance* instance, uint32_t number, uint64_t* value, pvm_error** error) {
  return guarded_on(
      error, [&] { return deliver(instance->instance->reg(number), [&](uint64_t read) { *value = read; }); }, instance, value);
}

pvm_code pvm_instance_set_reg(pvm_instance* instance, uint32_t number, uint64_t value, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->set_reg(number, value); }, instance);
}

pvm_code pvm_instance_regs(const pvm_instance* instance, uint64_t values[13], pvm_error** error) {
  return guarded_on(
      error,
      [&] { return deliver(instance->instance->regs(), [&](const pvm::Registers& read) { std::copy(read.begin(), read.end(), values); }); },
      instance, values);
}

pvm_code pvm_instance_set_regs(pvm_instance* instance, const uint64_t values[13], pvm_error** error) {
  const auto body = [&] {
    pvm::Registers all;
    std::copy_n(values, all.size(), all.begin());
    return instance->instance->set_regs(all);
  };
  return guarded_on(error, body, instance, values);
}

pvm_code pvm_instance_gas(const pvm_instance* instance, int64_t* gas, pvm_error** error) {
  return guarded_on(
      error, [&] { return deliver(instance->instance->gas(), [&](int64_t read) { *gas = read; }); }, instance, gas);
}

pvm_code pvm_instance_set_gas(pvm_instance* instance, int64_t gas, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->set_gas(gas); }, instance);
}

pvm_code pvm_instance_read(const pvm_instance* instance, uint64_t address, void* bytes, size_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->read(address, bytes_of(bytes, length)); }, instance);
}

pvm_code pvm_instance_write(pvm_instance* instance, uint64_t address, const void* bytes, size_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->write(address, bytes_of(bytes, length)); }, instance);
}

pvm_code pvm_instance_map(pvm_instance* instance, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->map(address, length, writable != 0); }, instance);
}

pvm_code pvm_instance_protect(pvm_instance* instance, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->protect(address, length, writable != 0); }, instance);
}

pvm_code pvm_instance_unmap(pvm_instance* instance, uint64_t address, uint64_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->unmap(address, length); }, instance);
}

pvm_code pvm_instance_sbrk(pvm_instance* instance, uint64_t size, uint64_t* end, pvm_error** error) {
  return guarded_on(
      error, [&] { return deliver(instance->instance->sbrk(size), [&](uint64_t top) { *end = top; }); }, instance, end);
}

pvm_code pvm_instance_memory_ranges(const pvm_instance* instance, pvm_memory_range* ranges, size_t capacity, size_t* count,
                                    pvm_error** error) {
  const auto body = [&] {
    return deliver(instance->instance->memory_ranges(), [&](const std::vector<pvm::MemoryRange>& all) {
      *count = all.size();
      const size_t copied = ranges != nullptr ? std::min(capacity, all.size()) : 0;
      for (size_t index = 0; index < copied; ++index) ranges[index] = {all[index].begin, all[index].end, all[index].writable, {}};
    });
  };
  return guarded_on(error, body, instance, count);
}

pvm_code pvm_instance_reset(pvm_instance* instance, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->reset(); }, instance);
}

pvm_code pvm_instance_reset_memory(pvm_instance* instance, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->reset_memory(); }, instance);
}

pvm_code pvm_instance_snapshot(pvm_instance* instance, pvm_snapshot** snapshot, pvm_error** error) {
  const auto body = [&] {
    return deliver(instance->instance->snapshot(), [&](pvm::Snapshot made) { *snapshot = new pvm_snapshot{std::move(made)}; });
  };
  return guarded_on(error, body, instance, snapshot);
}

pvm_code pvm_instance_restore(pvm_instance* instance, const pvm_snapshot* snapshot, pvm_error** error) {
  return guarded_on(
      error, [&] { return instance->instance->restore(snapshot->snapshot); }, instance, snapshot);
}

void pvm_snapshot_free(pvm_snapshot* snapshot) {
  delete snapshot;
}

void pvm_instance_set_user_data(pvm_instance* instance, void* data) {
  // A pointer fits into std::any itself: nothing is allocated.
  if (instance != nullptr) instance->instance->user_data() = data;
}

void* pvm_instance_user_data(const pvm_instance* instance) {
  void* const* data = instance != nullptr ? std::any_cast<void*>(&instance->instance->user_data()) : nullptr;
  return data != nullptr ? *data : nullptr;
}

pvm_code pvm_instance_interrupt(const pvm_instance* instance, pvm_interrupt** interrupt, pvm_error** error) {
  return guarded_on(
      error,
      [&] {
        *interrupt = new pvm_interrupt{instance->instance->interrupt()};
        return pvm::Result<void>();
      },
      instance, interrupt);
}

void pvm_interrupt_raise(const pvm_interrupt* interrupt) {
  if (interrupt != nullptr) interrupt->interrupt.raise();
}

void pvm_interrupt_clear(const pvm_interrupt* interrupt) {
  if (interrupt != nullptr) interrupt->interrupt.clear();
}

int pvm_interrupt_raised(const pvm_interrupt* interrupt) {
  return interrupt != nullptr && interrupt->interrupt.raised() ? 1 : 0;
}

void pvm_interrupt_free(pvm_interrupt* interrupt) {
  delete interrupt;
}

}  // extern "C"
