// SPDX-License-Identifier: Apache-2.0 OR MIT
// What host, template and workers agree on: addresses, the control page, and messages. Usable without a C library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/context.hpp"
#include "native/layout.hpp"
#include "sandbox/process/worker/numbers.h"

namespace pvm::engine::sandbox::process {

// ---- Addresses in a worker. All that it can write is guest memory and the control pages, and the host shares both. ----
inline constexpr std::uint64_t control_address = PVM_CONTROL_ADDRESS;
inline constexpr std::uint64_t control_bytes = 0x10000;
inline constexpr std::uint64_t page_bytes = 0x1000;
inline constexpr std::uint64_t stack_top = PVM_STACK_TOP;  ///< Two pages behind the control page.
inline constexpr std::uint64_t signal_stack = stack_top;
inline constexpr std::uint64_t signal_stack_bytes = control_address + control_bytes - signal_stack;
static_assert(control_address == native::context_address && control_address + control_bytes <= native::code_address);
static_assert(native::code_address == PVM_CODE_ADDRESS && native::jump_table_address == PVM_JUMP_TABLE_ADDRESS);
static_assert(std::uint64_t{native::halt_address} * 8 == PVM_HALT_SLOT);
inline constexpr std::uint64_t guest_begin = 0x10000;
/// The template's stack, private to it: workers unmap it.
inline constexpr std::uint64_t template_stack = std::uint64_t{0x21} << 32;
inline constexpr std::uint64_t template_stack_bytes = 0x8000;
inline constexpr std::uint64_t address_space_end = 0x7fff'ffff'f000;

// ---- The turn word: whose turn it is, and for what. ----
/// Orders of the host; the number of rights to set first (`Control::changes`) is in bits 8..23.
enum class Order : std::uint32_t {
  run = PVM_ORDER_RUN,  ///< Enter at Control::code.
  resume = 0x82,        ///< Go on where `paused` left off, with the registers given.
  step = 0x85,          ///< As resume, but pause again after one host instruction.
  protect = 0x83,       ///< Only set the rights.
  reset = 0x84,         ///< Forget everything, all rights none. In place of the number: whether fs and gs can be written.
};
/// Reports of the worker.
enum class Report : std::uint32_t {
  starting = 0,
  ready = PVM_REPORT_READY,  ///< Set up, or reset.
  left = PVM_REPORT_LEFT,    ///< By the exit stub; Control::code.
  fault = 3,                 ///< Control::native, rcx, rdx.
  paused = 4,                ///< Control::native.
  done = 5,                  ///< After `protect`.
  refused = 6,               ///< Rights couldn't be set: Control::error. Some may have been.
};
inline constexpr std::uint32_t order_bit = PVM_ORDER_BIT;  ///< Set in orders: the worker's turn.
inline constexpr std::uint32_t kind_mask = 0xff;
inline constexpr std::uint32_t kick_bit = std::uint32_t{1} << 30;  ///< Set by kick(), so that no waiter misses it.
inline constexpr std::uint32_t sleep_bit = PVM_SLEEP_BIT;          ///< Set by who waits for the other in the kernel and wants to be woken.
constexpr std::uint32_t order_word(Order order, std::uint32_t changes) {
  return static_cast<std::uint32_t>(order) | changes << 8;
}
constexpr std::uint32_t changes_of(std::uint32_t word) {
  return word >> 8 & 0xffff;
}

/// When the interrupt signal makes the worker report `paused`.
enum class PauseWhen : std::uint32_t { always = 0, gas_negative = 1, never = 2 };

/// One right to set: the first page, how many pages, and the protection.
struct Change {
  std::uint32_t first_page;
  std::uint32_t pages_and_access;  ///< pages << 2 | access: 0 none, 1 read, 2 read and write.
};

/// Where a guest register lies in Control::regs: the second line holds what most host calls change, a0 to a4, so that they move one line
/// each way; the first line is written only if something in it differs.
constexpr std::uint32_t slot_of(std::uint32_t guest_register) {
  constexpr std::uint32_t a0 = 7, a5 = 12, last_of_first_line = 7;
  if (guest_register < a0) return guest_register;
  return guest_register == a5 ? last_of_first_line : guest_register + 1;
}
inline constexpr std::uint32_t slots_of_first_line = 8;

/// The first control page, shared by host and worker. Its first two lines are in the place of native::Context, with the turn word in the
/// unused half of exit_code: all that a host call moves. The host copies each field once, and believes nothing.
struct alignas(page_bytes) Control {
  std::uint64_t regs[13];  ///< By slot_of().
  std::int64_t gas;
  std::uint32_t code;  ///< run: offset to enter at. left: what the guest had in ecx.
  std::uint32_t turn;
  std::uint64_t exit_handler;

  // Written by the host, seldom.
  alignas(64) std::uint32_t spins;  ///< How often to look for an order before sleeping.
  std::uint32_t host_cpu;           ///< Where the host's thread was when it last entered.
  std::uint32_t code_bytes;
  std::uint32_t pause_when;

  // Written by the worker, seldom.
  alignas(64) std::uint32_t worker_cpu;  ///< Where the worker was when it last waited.
  std::uint32_t native;
  std::uint32_t error;
  std::uint64_t rcx, rdx;
  std::uint32_t beats;  ///< Interrupt signals seen.
  std::uint32_t stage;  ///< Of the set-up, for the error text.

  alignas(64) Change changes[(page_bytes - 256) / sizeof(Change)];
};
inline constexpr std::uint32_t max_changes = (page_bytes - 256) / sizeof(Change);
static_assert(sizeof(Control) == page_bytes && max_changes <= 0xffff);
static_assert(offsetof(Control, regs) == offsetof(native::Context, regs) && offsetof(Control, gas) == offsetof(native::Context, gas) &&
              offsetof(Control, code) == offsetof(native::Context, exit_code) &&
              offsetof(Control, exit_handler) == offsetof(native::Context, exit_handler));
static_assert(offsetof(Control, gas) == PVM_GAS && offsetof(Control, code) == PVM_CODE && offsetof(Control, turn) == PVM_TURN &&
              offsetof(Control, spins) == PVM_SPINS && offsetof(Control, host_cpu) == PVM_HOST_CPU &&
              offsetof(Control, worker_cpu) == PVM_WORKER_CPU);
inline constexpr std::uint64_t turn_address = control_address + PVM_TURN;

// ---- Messages on the template's socket. ----
/// Host to template, with the descriptors: control memory, guest memory, module. The module's file holds code, jump table, halt page and
/// read-only data, each beginning on a page; sizes are of whole pages, but for code_bytes.
struct ForkRequest {
  std::uint64_t id;
  std::uint64_t code_bytes;
  std::uint64_t jump_table_bytes;
  std::uint64_t read_only_bytes;
};
constexpr std::uint64_t whole_pages(std::uint64_t bytes) {
  return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}
inline constexpr std::uint64_t halt_slot_address = native::jump_table_address + std::uint64_t{native::halt_address} * 8;
static_assert(halt_slot_address % page_bytes == 0);

/// Template to host: once when it is set up, then for each request; with the worker's pidfd if error is 0.
struct TemplateReply {
  std::uint64_t id;    ///< Of the request; 0: the first.
  std::int32_t error;  ///< errno, positive
  std::uint32_t stage;
};
/// What the template was doing when something failed. The host has a text and a remedy for each.
enum class Stage : std::uint32_t {
  none,
  start,
  own_stack,
  make_mounts_private,
  mount_root,
  enter_root,
  limits,
  drop_rights,
  signals,
  fork,
  map_control,
  map_guest,
  map_module,
  close_descriptors,
  unmap_template,
  filter
};

/// The signal that makes a worker look whether it should pause. (SIGURG is ignored by default, so that one that comes early does no harm.)
inline constexpr int interrupt_signal = 23;

}  // namespace pvm::engine::sandbox::process
