/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The engine's C API: C99, opaque handles, errors as codes.
 *
 * Functions that can fail return a pvm_code: PVM_OK, or why not. Where they take `error`, it may be NULL; otherwise *error is NULL after
 * success, and after a failure a message that the caller frees with pvm_error_free(). Outputs are only written after success. NULL for a
 * handle or for an output gives PVM_INVALID_ARGUMENT, never undefined behaviour; pvm_..._free(NULL) does nothing. Functions that can't fail
 * give 0 or NULL for NULL handles. No C++ exception comes out; lack of memory is PVM_RESOURCE_EXHAUSTED.
 *
 * Ownership: what a function gives through a `pvm_... **` belongs to the caller, who frees it with the pvm_..._free() of its type, in any
 * order: what a handle needs of others stays alive with it. `const char *` results belong to the object that gave them and live as long.
 *
 * Threads: engines, modules, linked modules, snapshots and interrupts may be used by any threads at the same time, an instance by one at a
 * time, a linker by several only for pvm_linker_link(). A handle must not be freed while another thread uses it.
 *
 * Structs begin with struct_size. Those passed in are first filled by their pvm_..._init() with sizeof the struct; in those filled by
 * a function the caller sets struct_size before the call. So programs and libraries of different versions understand each other.
 *
 * The meaning of things is documented in the C++ headers pvm/ *.hpp, under the same names. */
#ifndef PVM_H
#define PVM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PVM_C_API __attribute__((visibility("default")))
#else
#define PVM_C_API
#endif

/* It is C, also where clang-tidy reads it as C++. NOLINTBEGIN(modernize-*,readability-identifier-naming) */

#ifdef __cplusplus
extern "C" {
#endif

/* What this header describes: the upper 16 bits change with incompatible changes, the lower with additions. */
#define PVM_ABI_VERSION 0x00010000u
/* What the library offers. */
PVM_C_API uint32_t pvm_abi_version(void);
/* The engine's version: "1.0.0". */
PVM_C_API const char* pvm_version(void);

/* ---- Errors ---- */

typedef int32_t pvm_code;
enum {
  PVM_OK = 0,
  PVM_PROGRAM_REJECTED = 1,
  PVM_PROGRAM_TOO_LARGE = 2,
  PVM_INVALID_ARGUMENT = 3,
  PVM_OUT_OF_BOUNDS = 4,
  PVM_NO_PC = 5,
  PVM_NOT_FOUND = 6,
  PVM_ALREADY_DEFINED = 7,
  PVM_UNSUPPORTED = 8,
  PVM_ISOLATION_UNAVAILABLE = 9,
  PVM_RESOURCE_EXHAUSTED = 10,
  PVM_WORKER_FAILED = 11,
  PVM_HOST_FUNCTION = 12,
  PVM_INSTANCE_BUSY = 13,
  PVM_INSTANCE_LOST = 14
};
/* "ok", "program_rejected", ...; "unknown" for other numbers. */
PVM_C_API const char* pvm_code_name(pvm_code code);

typedef struct pvm_error pvm_error;
PVM_C_API pvm_code pvm_error_code(const pvm_error* error);
/* For people: where and why, and the remedy if there is one. */
PVM_C_API const char* pvm_error_message(const pvm_error* error);
/* PVM_PROGRAM_REJECTED: the document's name of the reason, and 1 and the offset if there is one. Otherwise NULL and 0. */
PVM_C_API const char* pvm_error_reason(const pvm_error* error);
PVM_C_API int pvm_error_offset(const pvm_error* error, uint64_t* offset);
PVM_C_API void pvm_error_free(pvm_error* error);

/* ---- Engine ---- */

typedef uint32_t pvm_isolation;
enum { PVM_ISOLATION_PROCESS = 0, PVM_ISOLATION_IN_PROCESS = 1, PVM_ISOLATION_INTERPRETER = 2 };

typedef struct pvm_engine_config {
  size_t struct_size;
  pvm_isolation isolation;
  uint32_t fallback_count; /* levels in `fallbacks`, tried in order; at most 2 */
  pvm_isolation fallbacks[2];
  uint32_t idle_workers;
  uint32_t compile_threads; /* 0: one per processor */
  uint32_t cached_modules;
  uint8_t reuse_workers; /* 0 or 1, as all uint8_t here that aren't bytes */
  uint8_t cache;
  uint8_t reserved[2]; /* 0 */
} pvm_engine_config;
PVM_C_API void pvm_engine_config_init(pvm_engine_config* config, size_t struct_size);

typedef struct pvm_engine pvm_engine;
/* config: NULL for the defaults. */
PVM_C_API pvm_code pvm_engine_create(const pvm_engine_config* config, pvm_engine** engine, pvm_error** error);
PVM_C_API pvm_isolation pvm_engine_isolation(const pvm_engine* engine);
PVM_C_API void pvm_engine_free(pvm_engine* engine);

/* ---- Modules ---- */

typedef uint32_t pvm_semantics;
enum { PVM_REVIVE_1 = 0, PVM_RV32_1 = 1, PVM_RV64_1 = 2, PVM_JAM_1 = 3, PVM_GRAYPAPER_0_7_2 = 4, PVM_SEMANTICS_FROM_PROGRAM = 255 };
typedef uint32_t pvm_container;
enum { PVM_CONTAINER_POLKAVM = 0, PVM_CONTAINER_RAW = 1, PVM_CONTAINER_STANDARD = 2 };
typedef uint32_t pvm_gas_model;
enum { PVM_FLAT_1 = 0, PVM_PIPELINE_1 = 1, PVM_INSTRUCTION_1 = 2, PVM_GAS_MODEL_OF_VERSION = 255 };
typedef uint32_t pvm_metering;
enum { PVM_METERING_NONE = 0, PVM_METERING_SYNC = 1, PVM_METERING_ASYNC = 2 };

typedef struct pvm_program_config {
  size_t struct_size;
  pvm_semantics semantics;
  pvm_container container;
  pvm_gas_model gas_model;
  uint32_t memory_cost;
  pvm_metering metering;
  uint32_t page_size;
  uint32_t aux_size;
  uint8_t dynamic_paging;
  uint8_t strict;
  uint8_t reserved[2];      /* 0 */
  const uint8_t* arguments; /* of a standard program; NULL if there are none */
  size_t argument_bytes;
} pvm_program_config;
PVM_C_API void pvm_program_config_init(pvm_program_config* config, size_t struct_size);

typedef struct pvm_module pvm_module;
/* config: NULL for the defaults. The bytes and the configuration are not needed afterwards. */
PVM_C_API pvm_code pvm_engine_compile(const pvm_engine* engine, const uint8_t* program, size_t program_bytes,
                                      const pvm_program_config* config, pvm_module** module, pvm_error** error);
typedef struct pvm_compile_job {
  size_t struct_size; /* the same in all jobs of an array; set by the caller */
  const uint8_t* program;
  size_t program_bytes;
  const pvm_program_config* config; /* NULL for the defaults */
} pvm_compile_job;
/* Compiles in parallel. modules and errors have `count` elements, each job fills one of the two and sets the other to NULL; `errors` may
 * be NULL. PVM_OK if all have succeeded, else the code of the first that failed: the modules of the others are there all the same. */
PVM_C_API pvm_code pvm_engine_compile_all(const pvm_engine* engine, const pvm_compile_job* jobs, size_t count, pvm_module** modules,
                                          pvm_error** errors);
/* Another handle of the same module. */
PVM_C_API pvm_code pvm_module_clone(const pvm_module* module, pvm_module** copy);
PVM_C_API void pvm_module_free(pvm_module* module);

PVM_C_API pvm_semantics pvm_module_semantics(const pvm_module* module);
PVM_C_API pvm_isolation pvm_module_isolation(const pvm_module* module);
PVM_C_API uint64_t pvm_module_code_size(const pvm_module* module);
PVM_C_API uint32_t pvm_module_stack_top(const pvm_module* module);
/* Names are any bytes, not terminated. An import without a valid name has NULL and length 0. The number of an import is its index. */
PVM_C_API size_t pvm_module_export_count(const pvm_module* module);
PVM_C_API pvm_code pvm_module_export(const pvm_module* module, size_t index, const char** name, size_t* name_length, uint32_t* pc);
PVM_C_API size_t pvm_module_import_count(const pvm_module* module);
PVM_C_API pvm_code pvm_module_import(const pvm_module* module, size_t index, const char** name, size_t* name_length);
PVM_C_API pvm_code pvm_module_find_export(const pvm_module* module, const char* name, size_t name_length, uint32_t* pc, pvm_error** error);
PVM_C_API pvm_code pvm_module_block_cost(const pvm_module* module, uint32_t pc, int64_t* cost, pvm_error** error);

typedef struct pvm_memory_layout {
  size_t struct_size;
  uint32_t page_size;
  uint32_t reserved; /* 0 */
  uint64_t ro_data_begin, ro_data_end;
  uint64_t rw_data_begin, rw_data_end;
  uint64_t heap_base;
  uint64_t stack_begin, stack_end;
  uint64_t aux_begin, aux_end;
} pvm_memory_layout;
PVM_C_API pvm_code pvm_module_memory_layout(const pvm_module* module, pvm_memory_layout* layout, pvm_error** error);

/* Native code for tools; NULL and 0 under the interpreter. */
PVM_C_API const uint8_t* pvm_module_native_code(const pvm_module* module, size_t* bytes);
typedef struct pvm_native_position {
  uint32_t pc;
  uint32_t native;
} pvm_native_position;
/* Copies up to `capacity` entries of the map from guest to native code and gives their whole number; positions may be NULL for 0. */
PVM_C_API size_t pvm_module_native_positions(const pvm_module* module, pvm_native_position* positions, size_t capacity);

/* ---- Instances ---- */

typedef uint32_t pvm_status;
enum { PVM_HALT = 0, PVM_TRAP = 1, PVM_HOST_CALL = 2, PVM_PAGE_FAULT = 3, PVM_OUT_OF_GAS = 4, PVM_INTERRUPTED = 5 };

typedef struct pvm_exit {
  size_t struct_size; /* set by the caller */
  pvm_status status;
  uint8_t has_pc, has_next_pc;
  uint8_t write_protected;
  uint8_t reserved; /* 0 */
  uint32_t pc, next_pc;
  uint64_t host_call;
  uint32_t fault_address;
  uint32_t reserved2; /* 0 */
} pvm_exit;

typedef struct pvm_run_options {
  size_t struct_size;
  uint64_t timeout_ns;    /* from the call; used if has_timeout */
  uint32_t stack_pointer; /* calls only; used if has_stack_pointer */
  uint8_t has_timeout;
  uint8_t has_stack_pointer;
  uint8_t reserved[2]; /* 0 */
} pvm_run_options;
PVM_C_API void pvm_run_options_init(pvm_run_options* options, size_t struct_size);

typedef struct pvm_instance pvm_instance;
PVM_C_API pvm_code pvm_module_instantiate(const pvm_module* module, pvm_instance** instance, pvm_error** error);
/* Must not be called in a host function of this instance. */
PVM_C_API void pvm_instance_free(pvm_instance* instance);
PVM_C_API pvm_isolation pvm_instance_isolation(const pvm_instance* instance);

/* options: NULL for the defaults. exit may be NULL. */
PVM_C_API pvm_code pvm_instance_run(pvm_instance* instance, const pvm_run_options* options, pvm_exit* exit, pvm_error** error);
/* Calls the function at a pc, or of an export's name. Each argument is one register, in the order a0 to a5, t0 to t2: at most 9. After
 * PVM_HALT the result is in register 7. */
PVM_C_API pvm_code pvm_instance_call(pvm_instance* instance, uint32_t pc, const uint64_t* arguments, size_t argument_count,
                                     const pvm_run_options* options, pvm_exit* exit, pvm_error** error);
PVM_C_API pvm_code pvm_instance_call_export(pvm_instance* instance, const char* name, size_t name_length, const uint64_t* arguments,
                                            size_t argument_count, const pvm_run_options* options, pvm_exit* exit, pvm_error** error);

/* has_pc: 0 where there is none. */
PVM_C_API pvm_code pvm_instance_next_pc(const pvm_instance* instance, uint8_t* has_pc, uint32_t* pc, pvm_error** error);
PVM_C_API pvm_code pvm_instance_set_pc(pvm_instance* instance, uint32_t pc, pvm_error** error);
PVM_C_API pvm_code pvm_instance_reg(const pvm_instance* instance, uint32_t number, uint64_t* value, pvm_error** error);
PVM_C_API pvm_code pvm_instance_set_reg(pvm_instance* instance, uint32_t number, uint64_t value, pvm_error** error);
/* All 13 at once. */
PVM_C_API pvm_code pvm_instance_regs(const pvm_instance* instance, uint64_t values[13], pvm_error** error);
PVM_C_API pvm_code pvm_instance_set_regs(pvm_instance* instance, const uint64_t values[13], pvm_error** error);
PVM_C_API pvm_code pvm_instance_gas(const pvm_instance* instance, int64_t* gas, pvm_error** error);
PVM_C_API pvm_code pvm_instance_set_gas(pvm_instance* instance, int64_t gas, pvm_error** error);

PVM_C_API pvm_code pvm_instance_read(const pvm_instance* instance, uint64_t address, void* bytes, size_t length, pvm_error** error);
PVM_C_API pvm_code pvm_instance_write(pvm_instance* instance, uint64_t address, const void* bytes, size_t length, pvm_error** error);
PVM_C_API pvm_code pvm_instance_map(pvm_instance* instance, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error);
PVM_C_API pvm_code pvm_instance_protect(pvm_instance* instance, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error);
PVM_C_API pvm_code pvm_instance_unmap(pvm_instance* instance, uint64_t address, uint64_t length, pvm_error** error);
/* end: the heap's new end, or 0 where growing is refused. */
PVM_C_API pvm_code pvm_instance_sbrk(pvm_instance* instance, uint64_t size, uint64_t* end, pvm_error** error);
typedef struct pvm_memory_range {
  uint64_t begin;
  uint64_t end;
  uint8_t writable;
  uint8_t reserved[7]; /* 0 */
} pvm_memory_range;
/* Copies up to `capacity` ranges; count: their whole number. ranges may be NULL for 0. */
PVM_C_API pvm_code pvm_instance_memory_ranges(const pvm_instance* instance, pvm_memory_range* ranges, size_t capacity, size_t* count,
                                              pvm_error** error);

PVM_C_API pvm_code pvm_instance_reset(pvm_instance* instance, pvm_error** error);
PVM_C_API pvm_code pvm_instance_reset_memory(pvm_instance* instance, pvm_error** error);

typedef struct pvm_snapshot pvm_snapshot;
PVM_C_API pvm_code pvm_instance_snapshot(pvm_instance* instance, pvm_snapshot** snapshot, pvm_error** error);
PVM_C_API pvm_code pvm_instance_restore(pvm_instance* instance, const pvm_snapshot* snapshot, pvm_error** error);
PVM_C_API void pvm_snapshot_free(pvm_snapshot* snapshot);

/* A pointer of the host's; the library does nothing with it. */
PVM_C_API void pvm_instance_set_user_data(pvm_instance* instance, void* data);
PVM_C_API void* pvm_instance_user_data(const pvm_instance* instance);

/* Stops runs of the instance, from any thread, from pvm_interrupt_raise() until pvm_interrupt_clear(). May outlive the instance. */
typedef struct pvm_interrupt pvm_interrupt;
PVM_C_API pvm_code pvm_instance_interrupt(const pvm_instance* instance, pvm_interrupt** interrupt, pvm_error** error);
PVM_C_API void pvm_interrupt_raise(const pvm_interrupt* interrupt);
PVM_C_API void pvm_interrupt_clear(const pvm_interrupt* interrupt);
PVM_C_API int pvm_interrupt_raised(const pvm_interrupt* interrupt);
PVM_C_API void pvm_interrupt_free(pvm_interrupt* interrupt);

/* ---- Host functions ---- */

/* The calling instance; valid until the host function returns, on its thread. */
typedef struct pvm_caller pvm_caller;
/* Returns 0 to let the guest go on; anything else ends its call with PVM_HOST_FUNCTION. May be called by several threads at a time, for
 * different instances. It must return: no longjmp, no exception. */
typedef int32_t (*pvm_host_function)(pvm_caller* caller, void* user);

PVM_C_API uint64_t pvm_caller_number(const pvm_caller* caller);
PVM_C_API void* pvm_caller_user_data(const pvm_caller* caller); /* of the instance */
PVM_C_API uint64_t pvm_caller_reg(const pvm_caller* caller, uint32_t number);
PVM_C_API void pvm_caller_set_reg(pvm_caller* caller, uint32_t number, uint64_t value);
/* Register of the n-th argument, 0 to 8. */
PVM_C_API uint64_t pvm_caller_argument(const pvm_caller* caller, uint32_t n);
PVM_C_API int64_t pvm_caller_gas(const pvm_caller* caller);
PVM_C_API void pvm_caller_set_gas(pvm_caller* caller, int64_t gas);
/* 1: taken; 0: there was not enough, nothing is taken. */
PVM_C_API int pvm_caller_charge(pvm_caller* caller, int64_t amount);
PVM_C_API pvm_code pvm_caller_read(const pvm_caller* caller, uint64_t address, void* bytes, size_t length, pvm_error** error);
PVM_C_API pvm_code pvm_caller_write(pvm_caller* caller, uint64_t address, const void* bytes, size_t length, pvm_error** error);
PVM_C_API pvm_code pvm_caller_map(pvm_caller* caller, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error);
PVM_C_API pvm_code pvm_caller_protect(pvm_caller* caller, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error);
PVM_C_API pvm_code pvm_caller_unmap(pvm_caller* caller, uint64_t address, uint64_t length, pvm_error** error);
PVM_C_API pvm_code pvm_caller_sbrk(pvm_caller* caller, uint64_t size, uint64_t* end, pvm_error** error);
/* Ends the guest's call with PVM_HOST_FUNCTION and this text, once the host function returns. */
PVM_C_API void pvm_caller_abort(pvm_caller* caller, const char* message);

typedef struct pvm_linker pvm_linker;
PVM_C_API pvm_code pvm_linker_create(pvm_linker** linker, pvm_error** error);
PVM_C_API void pvm_linker_free(pvm_linker* linker);
/* free_user (may be NULL) is called with `user` once, when nothing can call the function any more; also if this fails. */
PVM_C_API pvm_code pvm_linker_define(pvm_linker* linker, const char* name, size_t name_length, pvm_host_function function, void* user,
                                     void (*free_user)(void* user), pvm_error** error);
PVM_C_API pvm_code pvm_linker_define_fallback(pvm_linker* linker, pvm_host_function function, void* user, void (*free_user)(void* user),
                                              pvm_error** error);

typedef struct pvm_linked_module pvm_linked_module;
typedef struct pvm_linked_instance pvm_linked_instance;
/* allow_missing: imports without a function become exits PVM_HOST_CALL instead of PVM_NOT_FOUND now. */
PVM_C_API pvm_code pvm_linker_link(const pvm_linker* linker, const pvm_module* module, uint8_t allow_missing, pvm_linked_module** linked,
                                   pvm_error** error);
PVM_C_API void pvm_linked_module_free(pvm_linked_module* linked);
PVM_C_API pvm_code pvm_linked_module_instantiate(const pvm_linked_module* linked, pvm_linked_instance** instance, pvm_error** error);
/* Must not be called in a host function of this instance. */
PVM_C_API void pvm_linked_instance_free(pvm_linked_instance* instance);
/* The instance inside; belongs to the linked instance, must not be freed, and is busy during a host function. */
PVM_C_API pvm_instance* pvm_linked_instance_instance(pvm_linked_instance* instance);
/* As those of pvm_instance, but host calls are served by the host functions. result: register 7 after PVM_HALT (in the 32-bit versions with
 * register 8 as upper half); may be NULL. */
PVM_C_API pvm_code pvm_linked_instance_run(pvm_linked_instance* instance, const pvm_run_options* options, pvm_exit* exit, uint64_t* result,
                                           pvm_error** error);
PVM_C_API pvm_code pvm_linked_instance_call(pvm_linked_instance* instance, uint32_t pc, const uint64_t* arguments, size_t argument_count,
                                            const pvm_run_options* options, pvm_exit* exit, uint64_t* result, pvm_error** error);
PVM_C_API pvm_code pvm_linked_instance_call_export(pvm_linked_instance* instance, const char* name, size_t name_length,
                                                   const uint64_t* arguments, size_t argument_count, const pvm_run_options* options,
                                                   pvm_exit* exit, uint64_t* result, pvm_error** error);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*,readability-identifier-naming) */

#endif
