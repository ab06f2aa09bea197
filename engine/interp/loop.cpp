// SPDX-License-Identifier: Apache-2.0 OR MIT
// The loop: dispatch by computed goto where the compiler has it, otherwise (or with PVM_INTERP_SWITCH) by a switch.
#include "interp/loop.hpp"

#include <array>

#include "interp/step.hpp"

#if defined(__GNUC__) && !defined(PVM_INTERP_SWITCH)
#define PVM_INTERP_THREADED 1
// Labels as values are an extension of GCC and clang.
#pragma GCC diagnostic ignored "-Wpedantic"
#else
#define PVM_INTERP_THREADED 0
#endif

namespace pvm::engine::interp {
namespace {

// NOLINTBEGIN(bugprone-macro-parentheses): macros for statements and labels, which can't stand in parentheses
// clang-format off
#if PVM_INTERP_THREADED
// The label of each handler is fixed: there must be one copy of each loop.
#if defined(__clang__)
#define PVM_INTERP_LOOP __attribute__((noinline, flatten))
#else
#define PVM_INTERP_LOOP __attribute__((noinline, noclone, flatten))
#endif
#define PVM_INTERP_BEGIN
#define PVM_INTERP_END
#define PVM_INTERP_LABEL(name) name
#define PVM_INTERP_DISPATCH() goto * at->handler
#else
#define PVM_INTERP_LOOP
#define PVM_INTERP_BEGIN dispatch: switch (at->code) { case Code::count: break;
#define PVM_INTERP_END }
#define PVM_INTERP_LABEL(name) case Code::name
#define PVM_INTERP_DISPATCH() goto dispatch
#endif

// A block begins at `at`: takes its charge. The slow way is out of line.
#define PVM_INTERP_ENTER()     \
  do {                         \
    fuel -= at->cost;          \
    if (fuel < 0) [[unlikely]] \
      goto refill;             \
    PVM_INTERP_DISPATCH();     \
  } while (false)

// Goes on as `flow` says. It is known at compile time but for branches and refusals. Each way ends in a dispatch of its own, which
// is what makes the host predict them well.
#define PVM_INTERP_CONTINUE()                                          \
  do {                                                                 \
    if (flow == Flow::next && !per_instruction) PVM_INTERP_DISPATCH(); \
    if (flow == Flow::next) PVM_INTERP_ENTER();                        \
    if (flow == Flow::jump) PVM_INTERP_ENTER();                        \
    if (flow == Flow::enter) PVM_INTERP_ENTER();                       \
    goto stop;                                                         \
  } while (false)

// clang-format on

/// Runs, or with `shared_state` null does nothing but give the handlers away. One function holds all instructions, so that each ends in a
/// dispatch of its own.
template <Mode mode>
// NOLINTNEXTLINE(readability-function-size)
PVM_INTERP_LOOP Stop loop(RunState* shared_state, const Operation* at, bool charge, const void* const** handlers) {
  constexpr u32 W = width_of(mode);
  constexpr bool per_instruction = mode == Mode::instructions;
#if PVM_INTERP_THREADED
  static const void* const labels[] = {
#define X(name) &&name,
      PVM_INTERP_INSTRUCTIONS(X)
#undef X
          && poll,
#define X(first, second) &&first##_then_##second,
      PVM_INTERP_PAIRS(X)
#undef X
  };
  static_assert(std::size(labels) == static_cast<std::size_t>(Code::count));
  if (shared_state == nullptr) {
    *handlers = labels;
    return {Flow::trap, nullptr, false};
  }
#else
  static_cast<void>(handlers);
#endif
  const RunState state = *shared_state;
  i64 fuel = state.budget.fuel;
  Flow flow = Flow::next;
  if (charge) PVM_INTERP_ENTER();
  PVM_INTERP_DISPATCH();

  PVM_INTERP_BEGIN

#define X(name)                                                       \
  PVM_INTERP_LABEL(name) : flow = step<Op::name, W>(at, state, fuel); \
  PVM_INTERP_CONTINUE();
  PVM_INTERP_INSTRUCTIONS(X)
#undef X

#define X(first, second)                                                                \
  PVM_INTERP_LABEL(first##_then_##second) : flow = step<Op::first, W>(at, state, fuel); \
  if (flow == Flow::next) flow = step<Op::second, W>(at, state, fuel);                  \
  PVM_INTERP_CONTINUE();
  PVM_INTERP_PAIRS(X)
#undef X

  PVM_INTERP_LABEL(poll) : if (state.budget.is_interrupted()) {
    flow = Flow::interrupted;
    goto stop;
  }
  ++at;
  PVM_INTERP_DISPATCH();

  PVM_INTERP_END

refill:
  state.budget.fuel = fuel;
  flow = state.budget.refill(at->cost);
  fuel = state.budget.fuel;
  if (flow == Flow::next) PVM_INTERP_DISPATCH();
  return {flow, at, false};

stop:
  state.budget.fuel = fuel;
  return {flow, at, true};
}
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace

Stop run(RunState& state, const Operation* at, bool charge) {
  switch (state.program.mode()) {
    case Mode::blocks_64: return loop<Mode::blocks_64>(&state, at, charge, nullptr);
    case Mode::blocks_32: return loop<Mode::blocks_32>(&state, at, charge, nullptr);
    case Mode::instructions: break;
  }
  return loop<Mode::instructions>(&state, at, charge, nullptr);
}

const void* const* handlers_of(Mode mode) {
  const void* const* handlers = nullptr;
#if PVM_INTERP_THREADED
  if (mode == Mode::blocks_64) loop<Mode::blocks_64>(nullptr, nullptr, false, &handlers);
  if (mode == Mode::blocks_32) loop<Mode::blocks_32>(nullptr, nullptr, false, &handlers);
  if (mode == Mode::instructions) loop<Mode::instructions>(nullptr, nullptr, false, &handlers);
#else
  static_cast<void>(mode);
#endif
  return handlers;
}

}  // namespace pvm::engine::interp
