/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The C API from C99, from the engine to snapshots, on every isolation level that the machine offers. */
#include <stdio.h>
#include <string.h>

#include "pvm.h"

/* Stops with the place at which something isn't so. */
#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      return 1;                                                       \
    }                                                                 \
  } while (0)

/* clang-format off */
static const uint8_t program[] = {
    'P', 'V', 'M', 0, 2,  63, 0, 0, 0, 0, 0, 0, 0,
    1, 4,  0, 4, 0x90, 0,                           /* no read-only data, 4 bytes of data, 4096 of stack */
    3, 4,  1, 2, 3, 4,
    4, 8,  1,  0, 0, 0, 0,  'l', 'o', 'g',
    5, 12,  2,  0, 3, 'a', 'd', 'd',  6, 4, 's', 'p', 'i', 'n',
    6, 11,  0, 0, 7,
        0x0a,                                       /*   0: ecalli 0 */
        0xc8, 0x87, 7,                              /*   1: add_64 a0, a0, a1 */
        0x32, 0,                                    /*   4: jump_indirect ra, 0 */
        0x28,                                       /*   6: jump 6 */
        0x53,
    0};
/* clang-format on */
#define DATA 0x20000u

typedef struct calls {
  int number;
  int freed;
} calls;

static int32_t log_call(pvm_caller* caller, void* user) {
  uint8_t byte = 0;
  ++((calls*)user)->number;
  if (pvm_caller_number(caller) != 0 || pvm_caller_argument(caller, 0) != pvm_caller_reg(caller, 7)) return 1;
  if (pvm_caller_read(caller, DATA, &byte, 1, NULL) != PVM_OK) return 2;
  ++byte;
  if (pvm_caller_write(caller, DATA, &byte, 1, NULL) != PVM_OK) return 3;
  if (pvm_caller_read(caller, 0, &byte, 1, NULL) != PVM_OUT_OF_BOUNDS) return 4;
  if (!pvm_caller_charge(caller, 5) || pvm_caller_charge(caller, pvm_caller_gas(caller) + 1)) return 5;
  if (pvm_caller_user_data(caller) != user) return 6;
  if (pvm_caller_argument(caller, 0) == 99) pvm_caller_abort(caller, "99 is too much");
  if (pvm_caller_argument(caller, 0) == 98) return 98;
  return 0;
}

static void free_calls(void* user) {
  ++((calls*)user)->freed;
}

static int check_module(const pvm_module* module, pvm_isolation isolation) {
  const char* name = NULL;
  size_t length = 0, bytes = 0;
  uint32_t pc = 0;
  int64_t cost = 0;
  pvm_native_position position;
  pvm_memory_layout layout;
  memset(&layout, 0, sizeof layout);
  layout.struct_size = sizeof layout;
  CHECK(pvm_module_semantics(module) == PVM_RV64_1);
  CHECK(pvm_module_isolation(module) == isolation);
  CHECK(pvm_module_code_size(module) == 7);
  CHECK(pvm_module_export_count(module) == 2 && pvm_module_import_count(module) == 1);
  CHECK(pvm_module_export(module, 1, &name, &length, &pc) == PVM_OK);
  CHECK(length == 4 && memcmp(name, "spin", 4) == 0 && pc == 6);
  CHECK(pvm_module_import(module, 0, &name, &length) == PVM_OK && length == 3 && memcmp(name, "log", 3) == 0);
  CHECK(pvm_module_find_export(module, "spin", 4, &pc, NULL) == PVM_OK && pc == 6);
  CHECK(pvm_module_find_export(module, "spi", 3, &pc, NULL) == PVM_NOT_FOUND);
  CHECK(pvm_module_block_cost(module, 0, &cost, NULL) == PVM_OK && cost == 3);
  CHECK(pvm_module_memory_layout(module, &layout, NULL) == PVM_OK);
  CHECK(layout.rw_data_begin == DATA && layout.heap_base == DATA + 4 && layout.stack_end == pvm_module_stack_top(module));
  CHECK((pvm_module_native_code(module, &bytes) == NULL) == (isolation == PVM_ISOLATION_INTERPRETER));
  CHECK((bytes == 0) == (isolation == PVM_ISOLATION_INTERPRETER));
  CHECK((pvm_module_native_positions(module, &position, 1) == 0) == (isolation == PVM_ISOLATION_INTERPRETER));
  return 0;
}

static int check_state(pvm_instance* instance) {
  uint64_t regs[13], value = 0;
  int64_t gas = 0;
  uint8_t has_pc = 9;
  uint32_t pc = 9;
  uint8_t data[4] = {0};
  pvm_memory_range ranges[2];
  size_t count = 0;
  pvm_error* error = NULL;
  CHECK(pvm_instance_next_pc(instance, &has_pc, &pc, NULL) == PVM_OK && has_pc == 0);
  CHECK(pvm_instance_run(instance, NULL, NULL, &error) == PVM_NO_PC);
  CHECK(error != NULL && pvm_error_code(error) == PVM_NO_PC);
  pvm_error_free(error);
  CHECK(pvm_instance_set_reg(instance, 3, 33, &error) == PVM_OK && error == NULL);
  CHECK(pvm_instance_reg(instance, 3, &value, NULL) == PVM_OK && value == 33);
  CHECK(pvm_instance_regs(instance, regs, NULL) == PVM_OK && regs[3] == 33 && regs[4] == 0);
  regs[4] = 44;
  CHECK(pvm_instance_set_regs(instance, regs, NULL) == PVM_OK);
  CHECK(pvm_instance_reg(instance, 4, &value, NULL) == PVM_OK && value == 44);
  CHECK(pvm_instance_set_gas(instance, -5, NULL) == PVM_OK);
  CHECK(pvm_instance_gas(instance, &gas, NULL) == PVM_OK && gas == -5);
  CHECK(pvm_instance_read(instance, DATA, data, 4, NULL) == PVM_OK && data[3] == 4);
  CHECK(pvm_instance_write(instance, DATA + 1, "x", 1, NULL) == PVM_OK);
  CHECK(pvm_instance_read(instance, DATA, data, 4, NULL) == PVM_OK && data[1] == 'x');
  CHECK(pvm_instance_write(instance, 0, "x", 1, NULL) == PVM_OUT_OF_BOUNDS);
  CHECK(pvm_instance_map(instance, 0x50000, 4096, 1, NULL) == PVM_OUT_OF_BOUNDS);
  CHECK(pvm_instance_protect(instance, 0x50000, 4096, 1, NULL) == PVM_OUT_OF_BOUNDS);
  CHECK(pvm_instance_unmap(instance, 0x50000, 4096, NULL) == PVM_OUT_OF_BOUNDS);
  CHECK(pvm_instance_sbrk(instance, 4096, &value, NULL) == PVM_OK && value == DATA + 4100);
  CHECK(pvm_instance_memory_ranges(instance, ranges, 2, &count, NULL) == PVM_OK && count == 2);
  CHECK(ranges[0].begin == DATA && ranges[0].end == DATA + 8192 && ranges[0].writable == 1);
  CHECK(pvm_instance_reset_memory(instance, NULL) == PVM_OK);
  CHECK(pvm_instance_read(instance, DATA, data, 4, NULL) == PVM_OK && data[1] == 2);
  CHECK(pvm_instance_reset(instance, NULL) == PVM_OK);
  CHECK(pvm_instance_reg(instance, 4, &value, NULL) == PVM_OK && value == 0);
  return 0;
}

static int check_runs(pvm_instance* instance) {
  const uint64_t arguments[2] = {1, 2};
  uint64_t value = 0;
  pvm_snapshot* snapshot = NULL;
  pvm_interrupt* interrupt = NULL;
  pvm_run_options options;
  pvm_exit exit;
  memset(&exit, 0, sizeof exit);
  exit.struct_size = sizeof exit;
  CHECK(pvm_instance_set_gas(instance, 1000, NULL) == PVM_OK);
  CHECK(pvm_instance_call(instance, 0, arguments, 2, NULL, &exit, NULL) == PVM_OK);
  CHECK(exit.status == PVM_HOST_CALL && exit.host_call == 0 && exit.has_pc == 1 && exit.pc == 0 && exit.next_pc == 1);
  CHECK(pvm_instance_snapshot(instance, &snapshot, NULL) == PVM_OK);
  CHECK(pvm_instance_run(instance, NULL, &exit, NULL) == PVM_OK && exit.status == PVM_HALT && exit.has_pc == 0);
  CHECK(pvm_instance_restore(instance, snapshot, NULL) == PVM_OK);
  CHECK(pvm_instance_run(instance, NULL, &exit, NULL) == PVM_OK && exit.status == PVM_HALT);
  CHECK(pvm_instance_reg(instance, 7, &value, NULL) == PVM_OK && value == 3);
  pvm_snapshot_free(snapshot);

  pvm_run_options_init(&options, sizeof options);
  options.has_timeout = 1;
  options.timeout_ns = 1000000;
  options.has_stack_pointer = 1;
  options.stack_pointer = 0x1234;
  CHECK(pvm_instance_set_gas(instance, INT64_MAX, NULL) == PVM_OK);
  CHECK(pvm_instance_call_export(instance, "spin", 4, NULL, 0, &options, &exit, NULL) == PVM_OK);
  CHECK(exit.status == PVM_INTERRUPTED && exit.pc == 6);
  CHECK(pvm_instance_reg(instance, 1, &value, NULL) == PVM_OK && value == 0x1234);
  CHECK(pvm_instance_call_export(instance, "none", 4, NULL, 0, NULL, &exit, NULL) == PVM_NOT_FOUND);
  CHECK(pvm_instance_interrupt(instance, &interrupt, NULL) == PVM_OK);
  pvm_interrupt_raise(interrupt);
  CHECK(pvm_interrupt_raised(interrupt) == 1);
  CHECK(pvm_instance_run(instance, NULL, &exit, NULL) == PVM_OK && exit.status == PVM_INTERRUPTED);
  pvm_interrupt_clear(interrupt);
  CHECK(pvm_interrupt_raised(interrupt) == 0);
  pvm_interrupt_free(interrupt);
  return 0;
}

static int check_linked(const pvm_linked_module* linked, calls* seen) {
  const uint64_t arguments[2] = {40, 2}, too_much[1] = {99}, refused[1] = {98};
  pvm_linked_instance* instance = NULL;
  pvm_instance* inside = NULL;
  pvm_error* error = NULL;
  uint64_t result = 0;
  int64_t gas = 0;
  uint8_t byte = 0;
  pvm_exit exit;
  memset(&exit, 0, sizeof exit);
  exit.struct_size = sizeof exit;
  CHECK(pvm_linked_module_instantiate(linked, &instance, NULL) == PVM_OK);
  inside = pvm_linked_instance_instance(instance);
  pvm_instance_set_user_data(inside, seen);
  CHECK(pvm_instance_user_data(inside) == seen);
  CHECK(pvm_instance_set_gas(inside, 1000, NULL) == PVM_OK);
  CHECK(pvm_linked_instance_call_export(instance, "add", 3, arguments, 2, NULL, &exit, &result, NULL) == PVM_OK);
  CHECK(exit.status == PVM_HALT && result == 42);
  CHECK(seen->number == 1);
  CHECK(pvm_instance_gas(inside, &gas, NULL) == PVM_OK && gas == 1000 - 3 - 5);
  CHECK(pvm_instance_read(inside, DATA, &byte, 1, NULL) == PVM_OK && byte == 2);
  CHECK(pvm_linked_instance_call(instance, 0, too_much, 1, NULL, &exit, &result, &error) == PVM_HOST_FUNCTION);
  CHECK(strcmp(pvm_error_message(error), "99 is too much") == 0);
  pvm_error_free(error);
  CHECK(pvm_linked_instance_run(instance, NULL, &exit, &result, NULL) == PVM_OK);
  CHECK(exit.status == PVM_HALT && result == 99);
  CHECK(pvm_linked_instance_call(instance, 0, refused, 1, NULL, &exit, &result, NULL) == PVM_HOST_FUNCTION);
  pvm_instance_free(inside); /* Not the caller's: nothing happens. */
  CHECK(pvm_instance_reg(inside, 0, &result, NULL) == PVM_OK);
  pvm_linked_instance_free(instance);
  return 0;
}

static int check_level(pvm_engine* engine, pvm_isolation isolation) {
  calls seen = {0, 0};
  pvm_module *module = NULL, *copy = NULL;
  pvm_instance* instance = NULL;
  pvm_linker* linker = NULL;
  pvm_linked_module* linked = NULL;
  CHECK(pvm_engine_isolation(engine) == isolation);
  CHECK(pvm_engine_compile(engine, program, sizeof program, NULL, &module, NULL) == PVM_OK);
  CHECK(pvm_module_clone(module, &copy) == PVM_OK);
  pvm_module_free(module);
  if (check_module(copy, isolation) != 0) return 1;
  CHECK(pvm_module_instantiate(copy, &instance, NULL) == PVM_OK);
  CHECK(pvm_instance_isolation(instance) == isolation);
  if (check_state(instance) != 0 || check_runs(instance) != 0) return 1;
  pvm_instance_free(instance);

  CHECK(pvm_linker_create(&linker, NULL) == PVM_OK);
  CHECK(pvm_linker_link(linker, copy, 0, &linked, NULL) == PVM_NOT_FOUND);
  CHECK(pvm_linker_define(linker, "log", 3, log_call, &seen, free_calls, NULL) == PVM_OK);
  CHECK(pvm_linker_link(linker, copy, 0, &linked, NULL) == PVM_OK);
  pvm_linker_free(linker);
  pvm_module_free(copy);
  if (check_linked(linked, &seen) != 0) return 1;
  CHECK(seen.freed == 0);
  pvm_linked_module_free(linked);
  CHECK(seen.freed == 1);
  return 0;
}

int main(void) {
  pvm_isolation isolation = 0;
  for (isolation = PVM_ISOLATION_PROCESS; isolation <= PVM_ISOLATION_INTERPRETER; ++isolation) {
    pvm_engine* engine = NULL;
    pvm_engine_config config;
    pvm_code code = PVM_OK;
    pvm_engine_config_init(&config, sizeof config);
    config.isolation = isolation;
    code = pvm_engine_create(&config, &engine, NULL);
    if (code == PVM_ISOLATION_UNAVAILABLE && isolation != PVM_ISOLATION_INTERPRETER) continue;
    CHECK(code == PVM_OK);
    if (check_level(engine, isolation) != 0) {
      fprintf(stderr, "at isolation level %u\n", (unsigned)isolation);
      return 1;
    }
    pvm_engine_free(engine);
  }
  return 0;
}
