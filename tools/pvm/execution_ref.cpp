// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs a program on the reference interpreter.
#include "execution.hpp"
#include "recording_guest.hpp"

namespace pvm::command {
namespace {

/// A machine during a host call.
class RefGuest : public CallingGuest {
 public:
  RefGuest(ref::Machine& machine, bool is_32_bit) : machine_(machine), is_32_bit_(is_32_bit) {}
  u64 argument(u32 n) const override { return machine_.reg(argument_register(n)); }
  bool is_32_bit() const override { return is_32_bit_; }
  void set_a0(u64 value) override { machine_.set_reg(7, value); }
  void set_a1(u64 value) override { machine_.set_reg(8, value); }
  bool read(u64 address, std::span<u8> out) override { return machine_.memory().host_read(address, out); }
  bool write(u64 address, std::span<const u8> bytes) override { return machine_.memory().host_write(address, bytes); }

 private:
  ref::Machine& machine_;
  bool is_32_bit_;
};

/// One run, step by step.
class RefRun {
 public:
  RefRun(const ref::Program& program, const RunOptions& options, const Observers& observers)
      : program_(program),
        machine_(program),
        observers_(observers),
        stop_(time_of(options)),
        environment_(environment_of(options), stop_),
        is_32_bit_(ref::register_bits(program.config.semantics) == 32) {}

  /// [entry.convention]
  void enter(const Entry& entry, i64 gas) {
    machine_.set_gas(gas);
    machine_.set_pc(entry.pc);
    if (entry.by_convention) set_registers(entry);
    if (observers_.start) observers_.start(entry.pc, gas, machine_.registers());
  }

  Execution run() {
    const ref::Trace trace = [this](const ref::TraceStep& step) {
      if (observers_.step && !observers_.step(step, machine_.memory())) enough_ = true;
    };
    while (!enough_) {
      if (stop_.signalled() || stop_.timed_out()) return ended(stopped(), machine_.next_pc());
      const auto exit = machine_.run_at_most(1, trace);
      if (!exit) continue;
      if (exit->status != ref::Status::host_call) return ended(*exit);
      const Served served = serve(*exit);
      if (served == Served::goes_on) continue;
      const End end = served == Served::exits ? End::exited : served == Served::unknown ? End::unknown_host_call : stopped();
      Execution execution = ended(end, exit->pc);
      execution.host_call = exit->host_call;
      return execution;
    }
    return ended(End::limit, machine_.next_pc());
  }

 private:
  void set_registers(const Entry& entry) {
    constexpr u32 ra = 0, sp = 1, return_to_host = 0xffff0000;
    for (u32 number = 0; number < 13; ++number) machine_.set_reg(number, 0);
    machine_.set_reg(ra, return_to_host);
    machine_.set_reg(sp, machine_.memory().stack_top());
    u32 next = 0;
    for (const CallArgument& argument : entry.arguments) {
      const u64 narrow = static_cast<u64>(static_cast<i64>(static_cast<i32>(argument.bits)));
      machine_.set_reg(argument_register(next++), argument.is_wide ? argument.bits : narrow);
      if (argument.is_wide && is_32_bit_) machine_.set_reg(argument_register(next++), argument.bits >> 32);
    }
  }

  End stopped() const { return stop_.signalled() || !stop_.timed_out() ? End::interrupted : End::timeout; }

  Execution ended(End end, std::optional<u32> pc) const {
    Execution execution{.end = end, .pc = pc, .registers = machine_.registers(), .gas_left = machine_.gas(), .isolation = "ref"};
    execution.exit_code = environment_.exit_code().value_or(0);
    return execution;
  }

  Execution ended(const ref::Exit& exit) const {
    switch (exit.status) {
      case ref::Status::halt: return ended(End::returned, exit.pc);
      case ref::Status::out_of_gas: return ended(End::out_of_gas, exit.pc);
      case ref::Status::page_fault: {
        Execution execution = ended(End::page_fault, exit.pc);
        execution.fault_address = exit.fault_address;
        return execution;
      }
      default: return ended(End::trap, exit.pc);
    }
  }

  Served serve(const ref::Exit& exit) {
    const u64 number = exit.host_call;
    const bool is_import = number < program_.imports.size() && program_.imports[number];
    HostCall call{number,
                  is_import ? std::string_view(*program_.imports[number]) : std::string_view(),
                  exit.pc.value_or(0),
                  machine_.gas(),
                  machine_.registers(),
                  {},
                  {}};
    RefGuest guest(machine_, is_32_bit_);
    if (!observers_.host_call) return environment_.serve(call.name, guest);
    RecordingGuest recording(guest, call);
    const Served served = environment_.serve(call.name, recording);
    if (!observers_.host_call(call)) enough_ = true;
    return served;
  }

  const ref::Program& program_;
  ref::Machine machine_;
  const Observers& observers_;
  Stop stop_;
  Environment environment_;
  bool is_32_bit_;
  bool enough_ = false;  ///< An observer's word.
};

}  // namespace

Execution run_on_ref(const ref::Program& program, const Entry& entry, const RunOptions& options, const Observers& observers) {
  RefRun run(program, options, observers);
  run.enter(entry, initial_gas(options));
  Execution execution = run.run();
  execution.gas_used = initial_gas(options) - execution.gas_left;
  return execution;
}

}  // namespace pvm::command
