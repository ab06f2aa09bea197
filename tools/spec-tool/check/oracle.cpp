// SPDX-License-Identifier: Apache-2.0 OR MIT
// From the outcome of a formula to an exit.
#include "oracle.hpp"

#include <algorithm>

namespace pvm::spec {

namespace {

constexpr std::uint32_t halt_address = 0xffff0000;
constexpr unsigned a0 = 7, a1 = 8, a2 = 9;

class Oracle {
 public:
  Oracle(const Subject& subject, const Scene& scene, const Registers& registers, const Gas& gas, GuestMemory& memory)
      : subject_(subject), scene_(scene), gas_(gas), memory_(memory) {
    out_.registers = registers;
    out_.gas = gas.amount;
    charge(Layout::pc);
  }

  std::variant<Prediction, EvaluationError> run() {
    const auto result = evaluate(subject_.formula, inputs(), memory_);
    if (const auto* error = std::get_if<EvaluationError>(&result)) return *error;
    const auto& outcome = std::get<Outcome>(result);
    if (outcome.d) out_.registers[register_number(scene_.fields, *subject_.field_of("d"))] = outcome.d->get_ui();
    follow(outcome);
    return out_;
  }

 private:
  Inputs inputs() const {
    Inputs inputs;
    inputs.register_bits = subject_.version.bits;
    for (const auto& [letter, field] : subject_.entry.operands) {
      const Fields& fields = scene_.fields;
      if (field == "offset") continue;
      if (field.starts_with("reg")) {
        inputs.names[letter] = mpz_class(out_.registers[register_number(fields, field)]);
      } else if (subject_.entry.format == "reg_imm64") {
        inputs.names[letter] = mpz_class(static_cast<std::uint64_t>(fields.imm1));
      } else {
        inputs.names[letter] = mpz_class(field == "imm1" ? fields.imm1 : fields.imm2);
      }
    }
    return inputs;
  }

  // Pays for the block that starts at a position, or in graypaper-0.7.2 for the one instruction there. [gas.flat] [gas.instruction]
  void charge(std::uint32_t position) {
    if (gas_.meter == Meter::none) return;
    out_.gas -= subject_.graypaper() ? 1 : scene_.layout.block_length(position);
  }

  void follow(const Outcome& outcome) {
    const Layout& layout = scene_.layout;
    switch (outcome.kind) {
      case Outcome::Kind::next: return fall_through();
      case Outcome::Kind::trap: return trap(Layout::pc);
      case Outcome::Kind::jump:
      case Outcome::Kind::not_taken: return static_jump(outcome.kind == Outcome::Kind::jump);
      case Outcome::Kind::dynamic_jump: return dynamic_jump(outcome.value);
      case Outcome::Kind::host_call: return host_call(Layout::pc, layout.next(), outcome.value.get_ui());
      case Outcome::Kind::refused: return refused(memory_.last_refusal());
      case Outcome::Kind::fill: return fill();
    }
  }

  // [exit.trap] [exit.pc]
  void trap(std::uint32_t pc) {
    out_.status = "trap";
    out_.pc = subject_.graypaper() ? 0 : pc;
  }

  void host_call(std::uint32_t pc, std::uint32_t next, std::uint64_t number) {
    out_.status = "host_call";
    out_.pc = pc;
    out_.next_pc = next;
    out_.host_call = number;
  }

  // Goes on behind the subject or at a target of it.
  void arrive(std::uint32_t position) {
    if (subject_.graypaper() || subject_.entry.ends_block) charge(position);
    const Arrival arrival = scene_.layout.arrive(position);
    if (arrival.is_host_call) return host_call(position, position + 2, arrival.number);
    trap(position);
  }

  // [flow.fall_through]
  void fall_through() {
    const bool ends_at_itself = scene_.layout.alone() && subject_.entry.ends_block && !subject_.graypaper();
    arrive_or_trap(!ends_at_itself, scene_.layout.next());
  }

  void arrive_or_trap(bool goes_on, std::uint32_t position) { goes_on ? arrive(position) : trap(Layout::pc); }

  // [jump.static] [jump.branch]
  void static_jump(bool taken) {
    const auto target = static_cast<std::uint32_t>(Layout::pc + scene_.fields.offset);
    const bool is_valid = scene_.layout.is_valid_target(target, subject_.graypaper());
    const bool is_branch = subject_.entry.falls_through;
    if (!is_branch) return arrive_or_trap(is_valid, target);
    if (subject_.graypaper()) return taken ? arrive_or_trap(is_valid, target) : arrive(scene_.layout.next());
    if (!is_valid || scene_.layout.alone()) return trap(Layout::pc);
    arrive(taken ? target : scene_.layout.next());
  }

  // [jump.dynamic] [jump.table]
  void dynamic_jump(const mpz_class& address) {
    if (address == halt_address) {
      out_.status = "halt";
      if (subject_.graypaper()) out_.pc = 0;
      return;
    }
    const std::uint64_t index = address.get_ui() / 2 - 1;
    const bool has_entries = scene_.entry_size != 0 || subject_.graypaper();
    if (address == 0 || address % 2 != 0 || index >= scene_.jump_table.size() || !has_entries) return trap(Layout::pc);
    const std::uint64_t target = scene_.entry_size == 0 ? 0 : scene_.jump_table[index];
    if (!scene_.layout.is_valid_target(target, subject_.graypaper())) return trap(Layout::pc);
    arrive(static_cast<std::uint32_t>(target));
  }

  void refused(const GuestMemory::Refusal& refusal) {
    if (refusal.is_trap) return trap(Layout::pc);
    out_.status = "page_fault";
    out_.pc = out_.next_pc = Layout::pc;
    out_.fault_address = refusal.page;
    out_.write_protected = refusal.write_protected;
  }

  // [fill.order]
  void fill() {
    const bool counts = gas_.meter != Meter::none;
    std::int64_t& gas = out_.gas;
    std::uint64_t& address = out_.registers[a0];
    std::uint64_t count = out_.registers[a2] & 0xffffffff;
    const auto value = static_cast<std::uint8_t>(out_.registers[a1]);
    std::optional<GuestMemory::Refusal> refusal;
    bool starved = false;
    while (count != 0) {
      starved = gas_.meter == Meter::sync && gas < 1;
      if (!starved) refusal = memory_.refusal_of(address & 0xffffffff, 1, true);
      if (starved || refusal) break;
      memory_.set_byte(address & 0xffffffff, value);
      address = subject_.version.bits == 32 ? (address + 1) & 0xffffffff : address + 1;
      --count;
      if (counts) --gas;
    }
    out_.registers[a2] = count;
    if (starved) {
      out_.status = "out_of_gas";
      out_.pc = out_.next_pc = Layout::pc;
    } else if (gas_.meter == Meter::async && gas < 0) {
      out_.status = "out_of_gas";  // [fill.stop]
    } else {
      refusal ? refused(*refusal) : fall_through();
    }
  }

  const Subject& subject_;
  const Scene& scene_;
  const Gas& gas_;
  GuestMemory& memory_;
  Prediction out_;
};

}  // namespace

const std::string* Subject::field_of(const std::string& letter) const {
  const auto found =
      std::find_if(entry.operands.begin(), entry.operands.end(), [&](const auto& operand) { return operand.first == letter; });
  return found == entry.operands.end() ? nullptr : &found->second;
}

unsigned register_number(const Fields& fields, const std::string& field) {
  return field == "reg1" ? fields.reg1 : field == "reg2" ? fields.reg2 : fields.reg3;
}

std::variant<Prediction, EvaluationError> predict(const Subject& subject, const Scene& scene, const Registers& registers, const Gas& gas,
                                                  GuestMemory& memory) {
  return Oracle(subject, scene, registers, gas, memory).run();
}

}  // namespace pvm::spec
