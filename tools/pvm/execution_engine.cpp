// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs a program on the engine.
#include <pvm/engine.hpp>
#include <pvm/instance.hpp>
#include <utility>

#include "execution.hpp"
#include "recording_guest.hpp"

namespace pvm::command {
namespace {

/// Seconds since its construction or the last lap.
class Stopwatch {
 public:
  double lap() {
    const auto now = Stop::Clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  Stop::Clock::time_point start_ = Stop::Clock::now();
};

/// An instance during a host call. A failing worker shows in the next run.
class EngineGuest : public CallingGuest {
 public:
  EngineGuest(Instance& instance, bool is_32_bit) : instance_(instance), is_32_bit_(is_32_bit) {}
  u64 argument(u32 n) const override {
    const auto value = instance_.reg(argument_register(n));
    return value ? *value : 0;
  }
  bool is_32_bit() const override { return is_32_bit_; }
  void set_a0(u64 value) override { static_cast<void>(instance_.set_reg(7, value).ok()); }
  void set_a1(u64 value) override { static_cast<void>(instance_.set_reg(8, value).ok()); }
  bool read(u64 address, std::span<u8> out) override { return instance_.read(address, out).ok(); }
  bool write(u64 address, std::span<const u8> bytes) override { return instance_.write(address, bytes).ok(); }

 private:
  Instance& instance_;
  bool is_32_bit_;
};

Isolation isolation_named(std::string_view name) {
  if (name == "in-process") return Isolation::in_process;
  return name == "interpreter" ? Isolation::interpreter : Isolation::process;
}

EngineConfig engine_config(const RunOptions& options) {
  EngineConfig config;
  config.isolation = isolation_named(options.isolation);
  for (const std::string& level : options.fallbacks) config.fallbacks.push_back(isolation_named(level));
  config.idle_workers = 1;
  return config;
}

ProgramConfig program_config(const ref::Config& config, ref::Metering metering) {
  ProgramConfig result;
  result.semantics = static_cast<Semantics>(config.semantics);
  result.container = static_cast<Container>(config.container);
  if (config.gas_model) result.gas_model = static_cast<GasModel>(*config.gas_model);
  result.memory_cost = config.memory_cost;
  result.metering = static_cast<Metering>(metering);
  return result;
}

Problem to_problem(const ProgramFile& file, const Error& error) {
  Problem problem{.file = file.path, .reason = error.message};
  if (error.code == ErrorCode::isolation_unavailable || error.code == ErrorCode::unsupported) {
    problem.file = "";
    problem.remedy = "or run without the sandbox: --isolation interpreter (safe, slow) or in-process (for programs that you trust)";
  }
  return problem;
}

/// One run: serves host calls until the guest ends.
class EngineRun {
 public:
  EngineRun(Instance& instance, const ref::Program& program, const RunOptions& options, const Observers& observers, const Stop& stop)
      : instance_(instance),
        program_(program),
        observers_(observers),
        stop_(stop),
        environment_(environment_of(options), stop),
        is_32_bit_(ref::register_bits(program.config.semantics) == 32) {}

  Result<Execution> run() {
    for (;;) {
      const Result<Exit> exit = instance_.run({stop_.deadline()});
      if (!exit) return exit.error();
      if (exit->status != Status::host_call) return ended(*exit);
      const Served served = serve(*exit);
      if (served == Served::goes_on) continue;
      Execution execution{.pc = exit->pc, .host_call = exit->host_call};
      execution.end = served == Served::exits ? End::exited : served == Served::unknown ? End::unknown_host_call : stopped();
      if (enough_) execution.end = End::limit;
      execution.exit_code = environment_.exit_code().value_or(0);
      return execution;
    }
  }

 private:
  End stopped() const { return stop_.signalled() || !stop_.timed_out() ? End::interrupted : End::timeout; }

  Execution ended(const Exit& exit) const {
    Execution execution{.pc = exit.pc, .fault_address = exit.fault_address};
    switch (exit.status) {
      case Status::halt: execution.end = End::returned; break;
      case Status::page_fault: execution.end = End::page_fault; break;
      case Status::out_of_gas: execution.end = End::out_of_gas; break;
      case Status::interrupted: execution.end = stopped(); break;
      case Status::trap:
      case Status::host_call: execution.end = End::trap; break;
    }
    return execution;
  }

  std::string_view import_name(u64 number) const {
    return number < program_.imports.size() && program_.imports[number] ? std::string_view(*program_.imports[number]) : std::string_view();
  }

  Served serve(const Exit& exit) {
    EngineGuest guest(instance_, is_32_bit_);
    const std::string_view name = import_name(exit.host_call);
    if (!observers_.host_call) return environment_.serve(name, guest);
    HostCall call{exit.host_call, name, exit.pc.value_or(0), 0, {}, {}, {}};
    if (const auto gas = instance_.gas()) call.gas = *gas;
    if (const auto regs = instance_.regs()) call.before = *regs;
    RecordingGuest recording(guest, call);
    const Served served = environment_.serve(name, recording);
    enough_ = !observers_.host_call(call) && served == Served::goes_on;
    return enough_ ? Served::stopped : served;
  }

  Instance& instance_;
  const ref::Program& program_;
  const Observers& observers_;
  const Stop& stop_;
  Environment environment_;
  bool is_32_bit_;
  bool enough_ = false;  ///< The observer's word.
};

Result<void> enter(Instance& instance, const Entry& entry, const RunOptions& options) {
  if (auto set = instance.set_gas(initial_gas(options)); !set) return set;
  if (!entry.by_convention) return instance.set_pc(entry.pc);
  std::vector<Value> values;
  for (const CallArgument& argument : entry.arguments)
    values.push_back(argument.is_wide ? Value(argument.bits) : Value(static_cast<u32>(argument.bits)));
  return instance.prepare_call(entry.pc, values);
}

Result<Execution> run_instance(Instance& instance, const ref::Program& program, const Entry& entry, const RunOptions& options,
                               const Observers& observers) {
  if (auto entered = enter(instance, entry, options); !entered) return entered.error();
  const auto start = instance.regs();
  if (!start) return start.error();
  if (observers.start) observers.start(entry.pc, initial_gas(options), *start);
  Stopwatch watch;
  const Stop stop(time_of(options), [interrupt = instance.interrupt()] { interrupt.raise(); });
  Result<Execution> execution = EngineRun(instance, program, options, observers, stop).run();
  if (!execution) return execution;
  execution->run_seconds = watch.lap();
  const auto registers = instance.regs();
  const auto gas = instance.gas();
  if (!registers) return registers.error();
  if (!gas) return gas.error();
  execution->registers = *registers;
  execution->gas_left = *gas;
  execution->gas_used = initial_gas(options) - *gas;
  return execution;
}

}  // namespace

std::variant<Execution, Problem> run_on_engine(const ProgramFile& file, const ref::Program& program, const Entry& entry,
                                               const RunOptions& options, const Observers& observers) {
  const auto engine = Engine::create(engine_config(options));
  if (!engine) return to_problem(file, engine.error());
  Stopwatch watch;
  const auto module = engine->compile(file.bytes, program_config(file.config, metering_of(options)));
  if (!module) return to_problem(file, module.error());
  const double compile_seconds = watch.lap();
  auto instance = module->instantiate();
  if (!instance) return to_problem(file, instance.error());
  const double instantiate_seconds = watch.lap();
  auto execution = run_instance(*instance, program, entry, options, observers);
  // What fails once the guest runs is the host's: a lost worker process, a system without memory.
  if (!execution) execution = Execution{.end = End::host_error, .message = execution.error().message};
  execution->compile_seconds = compile_seconds;
  execution->instantiate_seconds = instantiate_seconds;
  execution->isolation = name_of(instance->isolation());
  return *execution;
}

}  // namespace pvm::command
