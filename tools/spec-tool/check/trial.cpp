// SPDX-License-Identifier: Apache-2.0 OR MIT
// Building scenes, running them, and saying what differs.
#include "trial.hpp"

#include <algorithm>
#include <sstream>

namespace pvm::spec {

namespace {

constexpr std::uint64_t kept_mismatches = 3;         // per instruction and version
constexpr std::uint64_t comparable_area = 0x100000;  // larger areas are compared only at their ends
constexpr std::uint64_t compared_window = 64;        // at both ends of an area, where nearly all accesses are
constexpr std::uint64_t runs_per_full_comparison = 16;

std::string text_of(const std::optional<std::uint32_t>& value) {
  return value ? std::to_string(*value) : "none";
}

std::string hex_bytes(const Bytes& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

void note(std::string& out, const std::string& what, const std::string& document, const std::string& ref) {
  if (document != ref) out += "    " + what + ": document " + document + ", ref " + ref + "\n";
}

// The first difference between the contents of [begin, end), as text.
std::string range_difference(const GuestMemory& expected, const ref::Machine& machine, std::uint64_t begin, std::uint64_t end) {
  Bytes document(end - begin);
  for (auto next = expected.bytes().lower_bound(begin); next != expected.bytes().end() && next->first < end; ++next) {
    document[next->first - begin] = next->second;
  }
  Bytes ref_bytes(end - begin);
  if (!machine.memory().host_read(begin, ref_bytes)) return "    memory: [" + hex(begin) + ", " + hex(end) + ") can't be read\n";
  const auto [left, right] = std::mismatch(document.begin(), document.end(), ref_bytes.begin());
  std::string out;
  if (left != document.end())
    note(out, "memory at " + hex(begin + static_cast<std::uint64_t>(left - document.begin())), hex(*left), hex(*right));
  return out;
}

}  // namespace

std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

Trial::Trial(Subject subject, const CheckOptions& options, CheckReport& report, InstructionSummary& summary)
    : subject_(subject),
      random_(options.seed, subject.entry.clause + " " + subject.version.id),
      samples_(options.samples),
      report_(report),
      summary_(summary) {}

void Trial::draw_registers(Fields& fields, bool may_alias) {
  const unsigned count = may_alias && random_.one_in(2) ? 2 : 13;  // few registers: they often coincide
  const auto base = static_cast<unsigned>(random_.below(13 - count + 1));
  const auto draw = [&] { return base + static_cast<unsigned>(random_.below(count)); };
  do {
    fields.reg1 = draw();
    fields.reg2 = draw();
    fields.reg3 = draw();
  } while (!may_alias && (fields.reg1 == fields.reg2 || fields.reg1 == fields.reg3 || fields.reg2 == fields.reg3));
}

Registers Trial::draw_values() {
  Registers registers{};
  for (std::uint64_t& value : registers) value = cut(random_.register_value());
  return registers;
}

void Trial::set(Registers& registers, const Fields& fields, const std::string& letter, std::uint64_t value) const {
  registers[register_number(fields, *subject_.field_of(letter))] = cut(value);
}

std::optional<Scene> Trial::scene(Fields fields, bool alone, Target target) {
  const std::string& format = subject_.entry.format;
  Shape shape = draw_shape(format, fields, random_);
  const auto layout_of = [&] {
    return Layout(encode(format, subject_.entry.opcodes.at(subject_.version.id), fields, shape, subject_.graypaper()),
                  subject_.entry.ends_block, alone, !validates_code());
  };
  if (!has_offset(format)) return Scene{layout_of(), fields, {}, 0};
  // The position of the target depends on the length of the offset, which depends on the position.
  for (;; ++shape.last_length) {
    const std::optional<std::uint32_t> position = layout_of().position_of(target);
    if (!position) return std::nullopt;
    fields.offset = static_cast<std::int32_t>(*position - Layout::pc);
    if (needed_length(fields.offset) <= shape.last_length) return Scene{layout_of(), fields, {}, 0};
  }
}

ref::Config Trial::config(ref::Container container) const {
  ref::Config config;
  config.semantics = ref::semantics_named(subject_.version.id).value_or(ref::Semantics::rv64_1);
  config.container = container;
  return config;
}

std::optional<ref::Program> Trial::load_raw(const Scene& scene, bool dynamic_paging) {
  ref::Config settings = config(ref::Container::raw);
  settings.dynamic_paging = dynamic_paging;
  return load(raw_container(scene.layout, scene.jump_table, scene.entry_size), settings, scene);
}

std::optional<ref::Program> Trial::load(const Bytes& container, const ref::Config& settings, const Scene& scene) {
  auto result = ref::load(container, settings);
  if (auto* program = std::get_if<ref::Program>(&result)) return std::move(*program);
  const ref::Rejection& rejection = std::get<ref::Rejection>(result);
  mismatch(scene, {}, "    ref refuses the program: " + std::string(ref::name_of(rejection.reason)) + "\n");
  return std::nullopt;
}

void fill_memory(const GuestMemory& model, ref::Memory& memory) {
  const bool by_host = model.mode() != GuestMemory::Mode::mapped;
  for (const GuestMemory::Area& area : model.areas()) {
    if (by_host) memory.map(area.begin, area.end - area.begin, true);
    if (!by_host && !area.host_writes) continue;
    for (auto next = model.bytes().lower_bound(area.begin); next != model.bytes().end() && next->first < area.end;) {
      const std::uint64_t start = next->first;
      Bytes run;
      for (; next != model.bytes().end() && next->first == start + run.size() && next->first < area.end; ++next)
        run.push_back(next->second);
      memory.host_write(start, run);
    }
    if (by_host && !area.writable) memory.protect(area.begin, area.end - area.begin, false);
  }
}

void Trial::run(const Scene& scene, const ref::Program& program, const Registers& registers, GuestMemory& memory, const Gas& gas,
                ref::Machine* machine) {
  std::optional<ref::Machine> fresh;
  if (machine == nullptr) {
    fresh.emplace(program);
    fill_memory(memory, fresh->memory());
    machine = &*fresh;
  }
  for (std::uint32_t number = 0; number < registers.size(); ++number) machine->set_reg(number, registers[number]);
  machine->set_gas(gas.amount);
  machine->set_pc(Layout::pc);

  const auto expected = predict(subject_, scene, registers, gas, memory);
  ++report_.evaluations;
  if (const auto* error = std::get_if<EvaluationError>(&expected)) {
    return mismatch(scene, registers,
                    "    the formula has no value: column " + std::to_string(error->column) + ": " + error->message + "\n");
  }
  const ref::Exit exit = machine->run();
  ++report_.runs;
  ++summary_.runs;
  ++report_.exits[std::string(ref::name_of(exit.status))];
  std::string text = differences(std::get<Prediction>(expected), exit, *machine);
  text += memory_difference(memory, *machine);
  if (!text.empty()) mismatch(scene, registers, text);
}

std::string Trial::differences(const Prediction& expected, const ref::Exit& exit, const ref::Machine& machine) const {
  std::string out;
  note(out, "exit", expected.status, std::string(ref::name_of(exit.status)));
  note(out, "pc", text_of(expected.pc), text_of(exit.pc));
  note(out, "next pc", text_of(expected.next_pc), text_of(exit.next_pc));
  if (expected.status == "host_call") note(out, "host call", hex(expected.host_call), hex(exit.host_call));
  if (expected.status == "page_fault") {
    note(out, "fault address", hex(expected.fault_address), hex(exit.fault_address));
    if (!subject_.graypaper()) note(out, "write-protected", expected.write_protected ? "yes" : "no", exit.write_protected ? "yes" : "no");
  }
  for (std::uint32_t number = 0; number < expected.registers.size(); ++number) {
    note(out, "register " + std::to_string(number), hex(expected.registers[number]), hex(machine.reg(number)));
  }
  note(out, "gas", std::to_string(expected.gas), std::to_string(machine.gas()));
  return out;
}

std::string Trial::memory_difference(const GuestMemory& expected, const ref::Machine& machine) const {
  const bool in_full = summary_.runs % runs_per_full_comparison == 0;
  std::string out;
  for (const GuestMemory::Area& area : expected.areas()) {
    const std::uint64_t size = area.end - area.begin;
    if (in_full && size <= comparable_area) {
      out += range_difference(expected, machine, area.begin, area.end);
    } else {
      const std::uint64_t window = std::min(size, compared_window);
      out += range_difference(expected, machine, area.begin, area.begin + window);
      out += range_difference(expected, machine, area.end - window, area.end);
    }
  }
  return out;
}

void Trial::mismatch(const Scene& scene, const Registers& before, const std::string& what) {
  ++report_.mismatch_count;
  if (++summary_.mismatches > kept_mismatches * static_cast<unsigned>(summary_.versions)) return;
  const Layout& layout = scene.layout;
  const Bytes instruction(layout.code().begin() + Layout::pc, layout.code().begin() + layout.next());
  std::string text = "[" + subject_.entry.clause + "] in " + subject_.version.id + "\n    instruction " + hex_bytes(instruction) +
                     " at 3 of code " + hex_bytes(layout.code()) + "\n    operands ";
  for (const auto& [letter, field] : subject_.entry.operands) {
    const Fields& fields = scene.fields;
    text += letter + " = ";
    if (field.starts_with("reg")) {
      const unsigned number = register_number(fields, field);
      text += "register " + std::to_string(number) + " (" + hex(before[number]) + ")  ";
    } else {
      text += std::to_string(field == "imm1" ? fields.imm1 : field == "imm2" ? fields.imm2 : Layout::pc + fields.offset) + "  ";
    }
  }
  report_.mismatches.push_back(text + "\n" + what);
}

}  // namespace pvm::spec
