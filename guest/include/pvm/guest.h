/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a guest needs to be a PVM program: exports, imports, the size of its stack, the heap. C99 and later, C++11 and later, clang and GCC,
 * for RV32E and RV64E. The records are those of PolkaVM's ecosystem: objects made with this header can be linked by its tools as well.
 *
 *   PVM_IMPORT(uint64_t, balance_of, uint32_t account)           // no semicolon: this declares and defines balance_of
 *   PVM_EXPORT(uint64_t, twice, uint32_t account) { return 2 * balance_of(account); }
 *
 * Parameters are written with their names, none at all as nothing: PVM_EXPORT(int, f) { ... }. Integers, pointers, and structures of at
 * most two registers can be passed; a result takes two registers at most, all parameters together six. A number of 64 bits takes one
 * register in RV64 and two, low half first, in RV32. More is an error at compile time. */
#ifndef PVM_GUEST_H
#define PVM_GUEST_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__riscv) || (__riscv_xlen != 32 && __riscv_xlen != 64)
#error "pvm/guest.h is for RISC-V targets: compile with guest/pvm-cc or --target=riscv64-unknown-none-elf"
#endif

/* PVM_EXPORT(RESULT, NAME, PARAMETERS...) { BODY }: a function that the host can call by its name. */
#define PVM_EXPORT(result, ...) \
  PVM_DETAIL_EXPORT(PVM_DETAIL_STRING(PVM_DETAIL_FIRST(__VA_ARGS__, ~)), result, PVM_DETAIL_FIRST(__VA_ARGS__, ~), __VA_ARGS__)

/* PVM_EXPORT_AS("SYMBOL", RESULT, NAME, PARAMETERS...) { BODY }: the same, under a name that need not be one of C. */
#define PVM_EXPORT_AS(symbol, result, ...) PVM_DETAIL_EXPORT(symbol, result, PVM_DETAIL_FIRST(__VA_ARGS__, ~), __VA_ARGS__)

/* PVM_IMPORT(RESULT, NAME, PARAMETERS...): a function of the host. All imports of a program are numbered by the linker, in the order of
 * their names. The declaration may be repeated in other files. The caller's A0-A5 and T0-T2 are lost, as in any call. */
#define PVM_IMPORT(result, ...) \
  PVM_DETAIL_IMPORT(PVM_DETAIL_STRING(PVM_DETAIL_FIRST(__VA_ARGS__, ~)), 1, , , result, PVM_DETAIL_FIRST(__VA_ARGS__, ~), __VA_ARGS__)

/* PVM_IMPORT_AT(INDEX, RESULT, NAME, PARAMETERS...): a function of the host that has a number of its own. If one import of a program has
 * such, all must have. */
#define PVM_IMPORT_AT(index, result, ...)                                                                              \
  PVM_DETAIL_IMPORT(PVM_DETAIL_STRING(PVM_DETAIL_FIRST(__VA_ARGS__, ~)), 2, _indexed, PVM_DETAIL_INDEX(index), result, \
                    PVM_DETAIL_FIRST(__VA_ARGS__, ~), __VA_ARGS__)

/* PVM_MIN_STACK_SIZE(BYTES);: the program's stack shall have at least so many bytes. The largest of a program's wishes counts. */
#define PVM_MIN_STACK_SIZE(bytes)                                                                                              \
  static const uint32_t PVM_DETAIL_JOIN(pvm_detail_stack_, __LINE__) __attribute__((used, section(".polkavm_min_stack_size"))) \
  PVM_DETAIL_RETAIN = (bytes)

#ifdef __cplusplus
extern "C" {
#endif

/* Grows the heap by `size` bytes. Gives its new end: the first byte behind it. 0: there is no more room. Size 0 gives the present end.
 * Not in the instruction sets revive_v1 and jam_v1. */
static inline void* pvm_sbrk(size_t size) {
  void* end;
  __asm__ volatile(".insn r 0x0b, 1, 0, %0, %1, zero" : "=r"(end) : "r"(size) : "memory");
  return end;
}

/* Where the heap starts: the first byte behind the program's writable data. A constant. */
static inline void* pvm_heap_base(void) {
  void* base;
  __asm__(".insn r 0x0b, 3, 0, %0, zero, zero" : "=r"(base));
  return base;
}

/* Sets `size` bytes to `value` by one instruction. Not in the instruction sets revive_v1 and jam_v1. */
static inline void pvm_memset(void* to, int value, size_t size) {
  register void* a0 __asm__("a0") = to;
  register size_t a1 __asm__("a1") = (size_t)value;
  register size_t a2 __asm__("a2") = size;
  __asm__ volatile(".insn r 0x0b, 2, 0, zero, zero, zero" : "+r"(a0), "+r"(a2) : "r"(a1) : "memory");
}

/* Ends the program by a trap. */
__attribute__((noreturn)) static inline void pvm_trap(void) {
  __builtin_trap();
}

/* --- what the above is made of; no part of the interface ----------------------------------------------------------------------------- */

/* The record of a function: version 1, and version 2 with an index. Packed, little-endian; the linker reads it. */
struct pvm_detail_metadata {
  uint8_t version;
  uint32_t flags; /* 0 */
  uint32_t symbol_length;
  const char* symbol;
  uint8_t inputs;  /* registers */
  uint8_t outputs; /* registers */
} __attribute__((packed));

struct pvm_detail_metadata_indexed {
  uint8_t version;
  uint32_t flags;
  uint32_t symbol_length;
  const char* symbol;
  uint8_t inputs;
  uint8_t outputs;
  uint8_t has_index;
  uint32_t index;
} __attribute__((packed));

#ifdef __cplusplus
}
#endif

#if defined(__has_attribute)
#if __has_attribute(retain)
#define PVM_DETAIL_RETAIN __attribute__((retain))
#endif
#endif
#ifndef PVM_DETAIL_RETAIN
#define PVM_DETAIL_RETAIN
#endif

#define PVM_DETAIL_FIRST(first, ...) first
#define PVM_DETAIL_STRING(text) PVM_DETAIL_STRING_(text)
#define PVM_DETAIL_STRING_(text) #text
#define PVM_DETAIL_JOIN(a, b) PVM_DETAIL_JOIN_(a, b)
#define PVM_DETAIL_JOIN_(a, b) a##b
#define PVM_DETAIL_INDEX(number) , 1, (number)
#define PVM_DETAIL_PLACE(section_name) __attribute__((used, section(section_name), aligned(1))) PVM_DETAIL_RETAIN

/* How many of NAME, PARAMETERS... there are: 1 to 8. */
#define PVM_DETAIL_COUNT(...) PVM_DETAIL_COUNT_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define PVM_DETAIL_COUNT_(a, b, c, d, e, f, g, h, count, ...) count

/* NAME, PARAMETERS... as C writes it. */
#define PVM_DETAIL_SIGNATURE(...) PVM_DETAIL_JOIN(PVM_DETAIL_SIGNATURE_, PVM_DETAIL_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define PVM_DETAIL_SIGNATURE_1(name) name(void)
#define PVM_DETAIL_SIGNATURE_2(name, a) name(a)
#define PVM_DETAIL_SIGNATURE_3(name, a, b) name(a, b)
#define PVM_DETAIL_SIGNATURE_4(name, a, b, c) name(a, b, c)
#define PVM_DETAIL_SIGNATURE_5(name, a, b, c, d) name(a, b, c, d)
#define PVM_DETAIL_SIGNATURE_6(name, a, b, c, d, e) name(a, b, c, d, e)
#define PVM_DETAIL_SIGNATURE_7(name, a, b, c, d, e, f) name(a, b, c, d, e, f)
#define PVM_DETAIL_SIGNATURE_8(name, a, b, c, d, e, f, g) name(a, b, c, d, e, f, g)

/* Registers of a function's parameters (INPUTS) and result (OUTPUTS), and whether all of them can be passed in registers. */
#ifdef __cplusplus

#define PVM_DETAIL_LINKAGE extern "C"
#define PVM_DETAIL_ASSERT(condition, name, text) static_assert(condition, text)
#define PVM_DETAIL_INPUTS(...) pvm_detail::inputs(&PVM_DETAIL_FIRST(__VA_ARGS__, ~))
#define PVM_DETAIL_OUTPUTS(result) pvm_detail::Words<result>::count
#define PVM_DETAIL_LARGEST(...) pvm_detail::largest(&PVM_DETAIL_FIRST(__VA_ARGS__, ~))

namespace pvm_detail {
template <class T>
struct Words {
  static_assert(__is_trivially_copyable(T), "objects with copy constructors or destructors are passed by address: take a pointer");
  static constexpr unsigned count = (sizeof(T) + sizeof(void*) - 1) / sizeof(void*);
};
template <class T>
struct Words<T&> {
  static constexpr unsigned count = 1;
};
template <>
struct Words<void> {
  static constexpr unsigned count = 0;
};

template <class...>
struct List {
  static constexpr unsigned sum = 0, largest = 0;
};
template <class T, class... Rest>
struct List<T, Rest...> {
  static constexpr unsigned sum = Words<T>::count + List<Rest...>::sum;
  static constexpr unsigned largest = Words<T>::count > List<Rest...>::largest ? Words<T>::count : List<Rest...>::largest;
};
template <class R, class... P>
constexpr unsigned inputs(R (*)(P...)) {
  return List<P...>::sum;
}
template <class R, class... P>
constexpr unsigned largest(R (*)(P...)) {
  return List<P...>::largest;
}
}  // namespace pvm_detail

#else

#define PVM_DETAIL_LINKAGE
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define PVM_DETAIL_ASSERT(condition, name, text) _Static_assert(condition, text)
#else
#define PVM_DETAIL_ASSERT(condition, name, text) typedef char name[(condition) ? 1 : -1] __attribute__((unused))
#endif
/* A parameter with its name is what a member of a structure looks like. */
#define PVM_DETAIL_WORDS(parameter) ((sizeof(struct { parameter; }) + sizeof(void*) - 1) / sizeof(void*))
#define PVM_DETAIL_BIG(parameter) (PVM_DETAIL_WORDS(parameter) > 2 ? 3 : 0)
#define PVM_DETAIL_OUTPUTS(result) \
  (__builtin_types_compatible_p(result, void) ? 0 : (__extension__ sizeof(result) + sizeof(void*) - 1) / sizeof(void*))

#define PVM_DETAIL_EACH(what, ...) PVM_DETAIL_JOIN(PVM_DETAIL_EACH_, PVM_DETAIL_COUNT(__VA_ARGS__))(what, __VA_ARGS__)
#define PVM_DETAIL_EACH_1(what, name) 0
#define PVM_DETAIL_EACH_2(what, name, a) what(a)
#define PVM_DETAIL_EACH_3(what, name, a, b) what(a) + what(b)
#define PVM_DETAIL_EACH_4(what, name, a, b, c) what(a) + what(b) + what(c)
#define PVM_DETAIL_EACH_5(what, name, a, b, c, d) what(a) + what(b) + what(c) + what(d)
#define PVM_DETAIL_EACH_6(what, name, a, b, c, d, e) what(a) + what(b) + what(c) + what(d) + what(e)
#define PVM_DETAIL_EACH_7(what, name, a, b, c, d, e, f) what(a) + what(b) + what(c) + what(d) + what(e) + what(f)
#define PVM_DETAIL_EACH_8(what, name, a, b, c, d, e, f, g) what(a) + what(b) + what(c) + what(d) + what(e) + what(f) + what(g)
#define PVM_DETAIL_INPUTS(...) (PVM_DETAIL_EACH(PVM_DETAIL_WORDS, __VA_ARGS__))
#define PVM_DETAIL_LARGEST(...) (PVM_DETAIL_EACH(PVM_DETAIL_BIG, __VA_ARGS__))

#endif

#define PVM_DETAIL_CHECK(result, name, ...)                                                                          \
  PVM_DETAIL_ASSERT(PVM_DETAIL_INPUTS(__VA_ARGS__) <= 6, PVM_DETAIL_JOIN(pvm_detail_too_many_registers_of_, name),   \
                    "the parameters take more than six registers: pass a pointer to a structure");                   \
  PVM_DETAIL_ASSERT(PVM_DETAIL_LARGEST(__VA_ARGS__) <= 2, PVM_DETAIL_JOIN(pvm_detail_too_large_parameter_of_, name), \
                    "a parameter takes more than two registers: pass a pointer to it");                              \
  PVM_DETAIL_ASSERT(PVM_DETAIL_OUTPUTS(result) <= 2, PVM_DETAIL_JOIN(pvm_detail_too_large_result_of_, name),         \
                    "the result takes more than two registers: write it through a pointer")

#define PVM_DETAIL_NAME_OF(name, symbol) \
  static const char PVM_DETAIL_JOIN(pvm_detail_symbol_, name)[] PVM_DETAIL_PLACE(".polkavm_metadata") = symbol

#define PVM_DETAIL_EXPORT(symbol, result, name, ...)                                                                                    \
  PVM_DETAIL_LINKAGE result PVM_DETAIL_SIGNATURE(__VA_ARGS__);                                                                          \
  PVM_DETAIL_CHECK(result, name, __VA_ARGS__);                                                                                          \
  PVM_DETAIL_NAME_OF(name, symbol);                                                                                                     \
  static const struct pvm_detail_metadata PVM_DETAIL_JOIN(pvm_detail_metadata_, name) PVM_DETAIL_PLACE(".polkavm_metadata") = {         \
      1, 0, sizeof(symbol) - 1, PVM_DETAIL_JOIN(pvm_detail_symbol_, name), PVM_DETAIL_INPUTS(__VA_ARGS__), PVM_DETAIL_OUTPUTS(result)}; \
  static const struct {                                                                                                                 \
    uint8_t version;                                                                                                                    \
    const struct pvm_detail_metadata* metadata;                                                                                         \
    __typeof__(name)* function;                                                                                                         \
  } __attribute__((packed)) PVM_DETAIL_JOIN(pvm_detail_export_, name)                                                                   \
      PVM_DETAIL_PLACE(".polkavm_exports") = {1, &PVM_DETAIL_JOIN(pvm_detail_metadata_, name), name};                                   \
  PVM_DETAIL_LINKAGE result PVM_DETAIL_SIGNATURE(__VA_ARGS__)

/* The call's arguments are where the host wants them: the function is nothing but the call. */
#if __riscv_xlen == 64
#define PVM_DETAIL_POINTER ".quad "
#else
#define PVM_DETAIL_POINTER ".word "
#endif

#define PVM_DETAIL_IMPORT(symbol, version, suffix, index, result, name, ...)                                                  \
  __attribute__((naked, noinline, unused)) static result PVM_DETAIL_SIGNATURE(__VA_ARGS__);                                   \
  PVM_DETAIL_CHECK(result, name, __VA_ARGS__);                                                                                \
  PVM_DETAIL_NAME_OF(name, symbol);                                                                                           \
  static const struct PVM_DETAIL_JOIN(pvm_detail_metadata, suffix)                                                            \
      PVM_DETAIL_JOIN(pvm_detail_metadata_, name) __asm__("pvm_detail_metadata_" PVM_DETAIL_STRING(name))                     \
          PVM_DETAIL_PLACE(".polkavm_metadata") = {version,                                                                   \
                                                   0,                                                                         \
                                                   sizeof(symbol) - 1,                                                        \
                                                   PVM_DETAIL_JOIN(pvm_detail_symbol_, name),                                 \
                                                   PVM_DETAIL_INPUTS(__VA_ARGS__),                                            \
                                                   PVM_DETAIL_OUTPUTS(result) index};                                         \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wunused-parameter\"") static result PVM_DETAIL_SIGNATURE( \
      __VA_ARGS__) {                                                                                                          \
    __asm__ volatile(".word 0x0000000b\n\t" PVM_DETAIL_POINTER "pvm_detail_metadata_" PVM_DETAIL_STRING(name) "\n\tret");     \
  }                                                                                                                           \
  _Pragma("GCC diagnostic pop")

#endif
