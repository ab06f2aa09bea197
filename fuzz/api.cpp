// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the public C++ API. Input: a sequence of calls and their arguments, programs included. Every call must return; what it says must
// be an error that its documentation names; what was set must be read back.
#include <algorithm>
#include <optional>
#include <vector>

#include "input.hpp"
#include "pvm/pvm.hpp"
#include "recipe.hpp"

using namespace pvm;
using differential::InputChoices;

namespace {

constexpr std::size_t max_objects = 4;

Engine engine_at(Isolation isolation) {
  EngineConfig config;
  config.isolation = isolation;
  config.cached_modules = 2;
  auto engine = Engine::create(config);
  if (!engine) fuzz::fail(engine.error().message);
  return *std::move(engine);
}

const Engine& engine(bool in_process) {
  static const Engine engines[] = {engine_at(Isolation::interpreter), engine_at(Isolation::in_process)};
  return engines[in_process ? 1 : 0];
}

ProgramConfig config_of(const differential::Built& built, ref::Semantics version) {
  ProgramConfig config;
  config.semantics = static_cast<Semantics>(version);
  config.container = static_cast<Container>(built.program.container);
  config.gas_model = static_cast<GasModel>(*built.config.gas_model);
  config.memory_cost = built.config.memory_cost.value_or(25);
  config.metering = static_cast<Metering>(*built.config.metering);
  config.page_size = built.config.page_size.value_or(4096);
  config.aux_size = built.config.aux_size.value_or(0);
  config.dynamic_paging = built.config.dynamic_paging;
  config.strict = built.config.strict;
  config.arguments = built.config.arguments;
  return config;
}

/// A host with a few objects of each kind, which does what the input says.
class Host {
 public:
  explicit Host(InputChoices& choices) : choices_(choices) {
    const auto first = linker_.define("first", [](Caller& caller, u32 a, u64 b) -> Result<u64> {
      if (a == 7) return Error{ErrorCode::host_function, "seven", {}, {}};
      if (a == 8) caller.abort("eight");
      caller.set_gas(caller.gas() + 100);
      return b + caller.read_u8(a).ok();
    });
    const auto second = linker_.define_untyped("second", [](Caller& caller) -> Result<void> {
      caller.set_reg(static_cast<u32>(caller.reg(8) % 16), caller.argument(static_cast<u32>(caller.reg(9) % 12)));
      static_cast<void>(caller.sbrk(caller.reg(7)));
      static_cast<void>(caller.charge(static_cast<i64>(caller.reg(9) >> 1)));
      return caller.write(caller.reg(8), std::span<const u8>());
    });
    if (!first || !second) fuzz::fail("a host function is refused");
  }

  void act() {
    switch (choices_.below(8)) {
      case 0: return compile();
      case 1: return instantiate();
      case 2: return link();
      case 3: return choices_.one_in(4) ? move_away() : snapshots();
      default: break;
    }
    if (instances_.empty()) return instantiate();
    Instance& instance = choices_.of(pointers());
    switch (choices_.below(8)) {
      case 0: return registers(instance);
      case 1: return memory(instance);
      case 2: return pages(instance);
      case 3: return resets(instance);
      case 4: return call(instance);
      default: return run(instance);
    }
  }

 private:
  std::vector<std::reference_wrapper<Instance>> pointers() {
    std::vector<std::reference_wrapper<Instance>> all(instances_.begin(), instances_.end());
    for (LinkedInstance& linked : linked_) all.emplace_back(linked.instance());
    return all;
  }

  template <typename T>
  static void keep(std::vector<T>& list, T object) {
    if (list.size() == max_objects) list.erase(list.begin());
    list.push_back(std::move(object));
  }

  // A failure must be one of these.
  template <typename T>
  static void expect(const Result<T>& result, std::initializer_list<ErrorCode> allowed) {
    if (result || std::find(allowed.begin(), allowed.end(), result.error().code) != allowed.end()) return;
    fuzz::fail("unexpected " + std::string(name_of(result.error().code)) + ": " + result.error().message);
  }

  void compile() {
    if (choices_.one_in(8)) {
      const std::array<u8, 40> junk = {0x50, 0x56, 0x4d, 0, static_cast<u8>(choices_.below(256)), static_cast<u8>(choices_.below(256))};
      return expect(engine(choices_.one_in(2)).compile(junk), {ErrorCode::program_rejected});
    }
    const differential::Recipe recipe = make_recipe(choices_, 12);
    const auto built = build(recipe);
    if (const auto* error = std::get_if<std::string>(&built)) fuzz::fail(*error);
    const auto& program = std::get<differential::Built>(built);
    auto module = engine(choices_.one_in(2)).compile(program.program.bytes, config_of(program, recipe.setup.semantics));
    expect(module, {ErrorCode::program_rejected});
    if (!module) return;
    inspect(*module);
    keep(modules_, *std::move(module));
  }

  void inspect(const Module& module) {
    for (const ExportInfo& one : module.exports()) {
      if (module.find_export(one.name).value() != one.pc) fuzz::fail("an export isn't found");
    }
    expect(module.find_export("nothing"), {ErrorCode::not_found});
    expect(module.block_cost(choices_.below(300)), {ErrorCode::invalid_argument});
    const bool has_code = !module.native_code().empty();
    if (has_code == (module.isolation() == Isolation::interpreter)) fuzz::fail("native code of an interpreted module, or none");
    if (module.stack_top() != module.memory_layout().stack.end && !module.config().dynamic_paging && !is_graypaper(module.semantics())) {
      fuzz::fail("stack_top isn't the stack's end");
    }
  }

  void instantiate() {
    if (modules_.empty()) return compile();
    auto instance = choices_.of(modules_).instantiate();
    expect(instance, {});
    if (instance->gas().value() != 0 || instance->next_pc().value()) fuzz::fail("a new instance has gas or a pc");
    keep(instances_, *std::move(instance));
  }

  void link() {
    if (modules_.empty()) return compile();
    const Module module = choices_.of(modules_);
    auto linked = linker_.link(module, choices_.one_in(2) ? MissingImports::at_call : MissingImports::error);
    expect(linked, {ErrorCode::not_found, ErrorCode::invalid_argument});
    if (!linked) return;
    auto instance = linked->instantiate();
    expect(instance, {});
    keep(linked_, *std::move(instance));
  }

  // A moved-from handle refuses everything.
  void move_away() {
    if (instances_.empty()) return;
    Instance taken = std::move(instances_.back());
    const auto run = instances_.back().run();
    if (run || run.error().code != ErrorCode::invalid_argument) fuzz::fail("an instance that was moved from runs");
    if (choices_.one_in(2)) {
      instances_.back() = std::move(taken);
    } else {
      instances_.pop_back();
    }
  }

  void snapshots() {
    const auto all = pointers();
    if (all.empty()) return;
    Instance& instance = choices_.of(all);
    if (snapshots_.empty() || choices_.one_in(2)) {
      auto snapshot = instance.snapshot();
      expect(snapshot, {ErrorCode::invalid_argument});
      if (snapshot) keep(snapshots_, *std::move(snapshot));
    } else {
      expect(instance.restore(choices_.of(snapshots_)), {ErrorCode::invalid_argument});
    }
  }

  void registers(Instance& instance) {
    const u32 number = choices_.below(16);
    const u64 value = differential::make_value(choices_);
    const auto set = instance.set_reg(number, value);
    if (set.ok() != (number < 13)) fuzz::fail("set_reg of register " + std::to_string(number));
    const u64 mask = register_bits(instance.module().semantics()) == 32 ? 0xffffffff : ~u64{0};
    if (set && instance.reg(number).value() != (value & mask)) fuzz::fail("a register isn't what it was set to");
    const i64 gas = choices_.one_in(4) ? static_cast<i64>(choices_.any()) : i64{choices_.below(1000)};
    expect(instance.set_gas(gas), {});
    if (instance.gas().value() != gas) fuzz::fail("gas isn't what it was set to");
    if (choices_.one_in(2)) expect(instance.set_pc(choices_.below(200)), {});
  }

  static bool is_accessible(const std::vector<MemoryRange>& ranges, u64 address, u64 size, bool write) {
    for (u64 end = address + size; address < end;) {
      const auto range = std::find_if(ranges.begin(), ranges.end(), [&](const auto& r) { return r.begin <= address && address < r.end; });
      if (range == ranges.end() || (write && !range->writable)) return false;
      address = range->end;
    }
    return true;
  }

  void memory(Instance& instance) {
    const auto ranges = instance.memory_ranges();
    expect(ranges, {});
    const u64 address = ranges->empty() || choices_.one_in(3) ? differential::make_value(choices_) & 0xffffffff
                                                              : choices_.of(*ranges).begin + choices_.below(5000);
    std::vector<u8> bytes(1 + choices_.below(40), 0x5a);
    const auto written = instance.write(address, bytes);
    expect(written, {ErrorCode::out_of_bounds});
    std::vector<u8> back(bytes.size());
    const auto read = instance.read(address, back);
    expect(read, {ErrorCode::out_of_bounds});
    if (read.ok() != is_accessible(*ranges, address, bytes.size(), false)) fuzz::fail("read and ranges disagree");
    if (is_accessible(*ranges, address, bytes.size(), true) && !written) fuzz::fail("writable memory isn't written");
    if (written && back != bytes) fuzz::fail("what was written isn't read");
    expect(instance.write_u64(differential::make_value(choices_), 1), {ErrorCode::out_of_bounds});
    expect(instance.read_u32(differential::make_value(choices_)), {ErrorCode::out_of_bounds});
  }

  void pages(Instance& instance) {
    const u64 address = choices_.one_in(3) ? differential::make_value(choices_) : choices_.of(differential::host_pages);
    const u64 length = choices_.one_in(8) ? choices_.any() >> 32 : u64{4096} * choices_.below(5);
    const bool writable = choices_.one_in(2);
    switch (choices_.below(4)) {
      case 0: return expect(instance.map(address, length, writable), {ErrorCode::out_of_bounds});
      case 1: return expect(instance.protect(address, length, writable), {ErrorCode::out_of_bounds});
      case 2: return expect(instance.unmap(address, length), {ErrorCode::out_of_bounds});
      default: return expect(instance.sbrk(choices_.one_in(4) ? choices_.any() : choices_.below(9000)), {ErrorCode::out_of_bounds});
    }
  }

  void resets(Instance& instance) {
    const auto gas = instance.gas().value();
    if (choices_.one_in(2)) {
      expect(instance.reset(), {});
      if (instance.gas().value() != 0 || instance.next_pc().value()) fuzz::fail("a reset instance has gas or a pc");
    } else {
      expect(instance.reset_memory(), {});
      if (instance.gas().value() != gas) fuzz::fail("reset_memory has changed gas");
    }
  }

  void call(Instance& instance) {
    std::vector<Value> arguments;
    for (u32 count = choices_.below(11); count > 0; --count) {
      if (choices_.one_in(2)) {
        arguments.emplace_back(choices_.any());
      } else {
        arguments.emplace_back(static_cast<u32>(choices_.any()));
      }
    }
    CallOptions options;
    options.limits = limits();
    check_run(instance, instance.call(choices_.below(64), arguments, options));
    expect(instance.call("main", {1, 2}, options), {ErrorCode::not_found});
  }

  RunLimits limits() { return RunLimits::within(std::chrono::microseconds(choices_.one_in(4) ? choices_.below(256) : 5000)); }

  void run(Instance& instance) {
    const Interrupt interrupt = instance.interrupt();
    if (choices_.one_in(8)) interrupt.raise();
    const auto result = instance.run(limits());
    if (interrupt.raised() && result && result->status != Status::interrupted && result->status != Status::out_of_gas &&
        result->status != Status::trap) {
      fuzz::fail("a run in spite of the interrupt");
    }
    interrupt.clear();
    check_run(instance, result);
    for (LinkedInstance& linked : linked_) {
      if (&linked.instance() == &instance) expect(linked.run(limits()), {ErrorCode::no_pc, ErrorCode::host_function});
    }
  }

  void check_run(Instance& instance, const Result<Exit>& result) {
    expect(result, {ErrorCode::no_pc, ErrorCode::invalid_argument});
    if (!result) return;
    const auto next_pc = instance.next_pc();
    if (next_pc.value() != result->next_pc) fuzz::fail("the next pc of an exit isn't that of the instance");
    if (result->status == Status::halt && result->next_pc) fuzz::fail("a next pc after halt");
    if (result->status == Status::page_fault && result->fault_address % 4096 != 0) fuzz::fail("a fault within a page");
  }

  InputChoices& choices_;
  Linker linker_;
  std::vector<Module> modules_;
  std::vector<Instance> instances_;
  std::vector<LinkedInstance> linked_;
  std::vector<Snapshot> snapshots_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  InputChoices choices({data, size});
  Host host(choices);
  for (int calls = 0; calls < 300 && !choices.is_exhausted(); ++calls) host.act();
  return 0;
}
