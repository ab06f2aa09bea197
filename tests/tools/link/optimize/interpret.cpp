// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "interpret.hpp"

#include <array>
#include <bit>
#include <ostream>

#include "ir_text.hpp"
#include "optimize/facts.hpp"

namespace pvm::link::testing {
namespace {

using Kind = Terminator::Kind;

constexpr u64 first_section = 0x10000, section_distance = 0x10000, heap_base_address = 0x800000;
constexpr u64 stack_low = 0xf0000, stack_high = 0x100000 - 4096, host_return = 0xffff0000;
constexpr u64 stack_base = 0xfff00000;  // the stack lies above; the rest of the address space faults
thread_local u64 steps_of_last_run = 0;

class Machine {
 public:
  Machine(const Program& program, const RunOptions& options) : program_(program), options_(options), stack_(0x100000) {
    for (const DataSection& section : program.sections) memory_.push_back(contents(section));
    registers_.fill(0);
    set(Reg::sp, stack_base + stack_high);
    set(Reg::ra, host_return);
    for (std::size_t number = 0; number < options.arguments.size(); ++number) set(argument_registers[number], options.arguments[number]);
  }

  Observed run(BlockId entry) {
    BlockId at = entry;
    while (!over_) at = step(at);
    if (observed_.status == Status::returned) {
      observed_.a0 = get(Reg::a0);
      observed_.a1 = get(Reg::a1);
    }
    for (std::size_t number = 0; number < program_.sections.size(); ++number) {
      const DataSection& section = program_.sections[number];
      if (section.kind != SectionKind::read_only && section.name != ".regspill") observed_.memory[section.name] = memory_[number];
    }
    steps_of_last_run = steps_;
    return std::move(observed_);
  }

 private:
  bool is_64() const { return program_.register_bits == 64; }
  u64 get(Reg reg) const { return registers_[static_cast<u32>(reg)]; }
  void set(Reg reg, u64 value) { registers_[static_cast<u32>(reg)] = is_64() ? value : value & 0xffffffff; }
  void finish(Status status) {
    over_ = true;
    observed_.status = status;
  }

  static u64 value(const Value& value) {
    switch (value.kind) {
      case Value::Kind::number: return static_cast<u64>(value.number);
      case Value::Kind::data: return first_section + value.id * section_distance + static_cast<u64>(value.number);
      case Value::Kind::code: return 2 * (u64{value.id} + 1);
      case Value::Kind::heap_base: return heap_base_address;
    }
    return 0;
  }
  u64 operand(const Operand& operand) const {
    const u64 result = operand.is_register ? get(operand.reg) : value(operand.value);
    return is_64() ? result : result & 0xffffffff;
  }

  std::vector<u8> contents(const DataSection& section) const {
    std::vector<u8> bytes = section.bytes;
    bytes.resize(section.size);
    for (const DataRelocation& relocation : section.relocations) {
      const u64 number = value(relocation.target) - (relocation.minus ? value(*relocation.minus) : 0);
      for (u32 at = 0; at < relocation.size; ++at) bytes[relocation.offset + at] = static_cast<u8>(number >> (8 * at));
    }
    return bytes;
  }

  // Where an access finds its bytes, or nullptr.
  u8* find(u64 address, u32 size, bool writes) {
    address &= 0xffffffff;
    if (address >= stack_base + stack_low && address + size <= stack_base + 0x100000) return &stack_[address - stack_base];
    if (address < first_section) return nullptr;
    const u64 number = (address - first_section) / section_distance, offset = (address - first_section) % section_distance;
    if (number >= memory_.size() || offset + size > memory_[number].size()) return nullptr;
    if (writes && program_.sections[number].kind == SectionKind::read_only) return nullptr;
    return &memory_[number][offset];
  }

  void load(const Instruction& i) {
    const u32 size = access_size(i.op);
    const u8* bytes = find(operand(i.a) + value(i.offset), size, false);
    if (bytes == nullptr) return finish(Status::trapped);
    u64 result = 0;
    for (u32 at = 0; at < size; ++at) result |= static_cast<u64>(bytes[at]) << (8 * at);
    const u32 shift = 64 - 8 * size;
    const bool is_signed = i.op == Op::load_i8 || i.op == Op::load_i16 || i.op == Op::load_i32;
    set(i.d, is_signed ? static_cast<u64>(static_cast<i64>(result << shift) >> shift) : result);
  }

  void store(const Instruction& i) {
    const u32 size = access_size(i.op);
    u8* bytes = find(operand(i.a) + value(i.offset), size, true);
    if (bytes == nullptr) return finish(Status::trapped);
    for (u32 at = 0; at < size; ++at) bytes[at] = static_cast<u8>(operand(i.b) >> (8 * at));
  }

  void host_call(const Instruction& i) {
    HostCall call;
    call.import = static_cast<u32>(i.import);
    u64 hash = call.import + 1;
    for (u32 number = 0; number < program_.imports[call.import].inputs; ++number) {
      call.inputs.push_back(get(argument_registers[number]));
      hash = (hash ^ call.inputs.back()) * 0x9e3779b97f4a7c15;
    }
    observed_.host_calls.push_back(call);
    for (const Reg reg : argument_registers) {
      hash = hash * 0xd1342543de82ef95 + observed_.host_calls.size();
      set(reg, hash >> 20);
    }
  }

  void memset() {
    while (get(Reg::a2) != 0 && !over_) {
      u8* byte = find(get(Reg::a0), 1, true);
      if (byte == nullptr) return finish(Status::trapped);
      *byte = static_cast<u8>(get(Reg::a1));
      set(Reg::a0, get(Reg::a0) + 1);
      set(Reg::a2, get(Reg::a2) - 1);
      count();
    }
  }

  void count() {
    if (++steps_ > options_.most_steps) finish(Status::out_of_steps);
  }

  // Written from the meaning of the instructions, apart from the optimiser's folding.
  u64 compute(const Instruction& i, u64 a, u64 b) const {
    if (i.word || !is_64()) {
      const u64 result = compute_32(i, static_cast<u32>(a), static_cast<u32>(b));
      return static_cast<u64>(static_cast<i64>(static_cast<std::int32_t>(static_cast<u32>(result))));
    }
    return compute_64(i, a, b);
  }

  static u64 compute_64(const Instruction& i, u64 a, u64 b) {
    const i64 sa = static_cast<i64>(a), sb = static_cast<i64>(b);
    const u32 amount = static_cast<u32>(b & 63);
    __extension__ using i128 = __int128;
    __extension__ using u128 = unsigned __int128;
    switch (i.op) {
      case Op::add: return a + b;
      case Op::sub: return a - b;
      case Op::mul: return a * b;
      case Op::mul_upper_signed_signed: return static_cast<u64>((static_cast<i128>(sa) * sb) >> 64);
      case Op::mul_upper_unsigned_unsigned: return static_cast<u64>((static_cast<u128>(a) * b) >> 64);
      case Op::mul_upper_signed_unsigned: return static_cast<u64>((static_cast<i128>(sa) * static_cast<i128>(b)) >> 64);
      case Op::div_unsigned: return b == 0 ? ~u64{0} : a / b;
      case Op::rem_unsigned: return b == 0 ? a : a % b;
      case Op::div_signed: return b == 0 ? ~u64{0} : b == ~u64{0} ? 0 - a : static_cast<u64>(sa / sb);
      case Op::rem_signed: return b == 0 ? a : b == ~u64{0} ? 0 : static_cast<u64>(sa % sb);
      case Op::shift_left: return a << amount;
      case Op::shift_right_logical: return a >> amount;
      case Op::shift_right_arithmetic: return static_cast<u64>(sa >> amount);
      case Op::rotate_left: return std::rotl(a, static_cast<int>(amount));
      case Op::rotate_right: return std::rotr(a, static_cast<int>(amount));
      case Op::count_leading_zeros: return static_cast<u64>(std::countl_zero(a));
      case Op::count_trailing_zeros: return static_cast<u64>(std::countr_zero(a));
      case Op::count_set_bits: return static_cast<u64>(std::popcount(a));
      case Op::reverse_bytes: return __builtin_bswap64(a);
      default: return common(i, a, b, sa, sb);
    }
  }

  static u64 compute_32(const Instruction& i, u32 a, u32 b) {
    const std::int32_t sa = static_cast<std::int32_t>(a), sb = static_cast<std::int32_t>(b);
    const u32 amount = b & 31;
    switch (i.op) {
      case Op::add: return a + b;
      case Op::sub: return a - b;
      case Op::mul: return static_cast<u32>(a * b);
      case Op::mul_upper_signed_signed: return static_cast<u64>((i64{sa} * i64{sb}) >> 32);
      case Op::mul_upper_unsigned_unsigned: return (u64{a} * u64{b}) >> 32;
      case Op::mul_upper_signed_unsigned: return static_cast<u64>((i64{sa} * static_cast<i64>(b)) >> 32);
      case Op::div_unsigned: return b == 0 ? 0xffffffff : a / b;
      case Op::rem_unsigned: return b == 0 ? a : a % b;
      case Op::div_signed: return b == 0 ? 0xffffffff : b == 0xffffffff ? 0 - a : static_cast<u32>(sa / sb);
      case Op::rem_signed: return b == 0 ? a : b == 0xffffffff ? 0 : static_cast<u32>(sa % sb);
      case Op::shift_left: return a << amount;
      case Op::shift_right_logical: return a >> amount;
      case Op::shift_right_arithmetic: return static_cast<u32>(sa >> amount);
      case Op::rotate_left: return std::rotl(a, static_cast<int>(amount));
      case Op::rotate_right: return std::rotr(a, static_cast<int>(amount));
      case Op::count_leading_zeros: return static_cast<u64>(std::countl_zero(a));
      case Op::count_trailing_zeros: return static_cast<u64>(std::countr_zero(a));
      case Op::count_set_bits: return static_cast<u64>(std::popcount(a));
      case Op::reverse_bytes: return __builtin_bswap32(a);
      default: return common(i, a, b, sa, sb);
    }
  }

  static u64 common(const Instruction& i, u64 a, u64 b, i64 sa, i64 sb) {
    switch (i.op) {
      case Op::and_: return a & b;
      case Op::or_: return a | b;
      case Op::xor_: return a ^ b;
      case Op::and_inverted: return a & ~b;
      case Op::or_inverted: return a | ~b;
      case Op::xnor: return ~(a ^ b);
      case Op::set_less_unsigned: return a < b ? 1 : 0;
      case Op::set_less_signed: return sa < sb ? 1 : 0;
      case Op::max_signed: return sa < sb ? b : a;
      case Op::max_unsigned: return a < b ? b : a;
      case Op::min_signed: return sa < sb ? a : b;
      case Op::min_unsigned: return a < b ? a : b;
      case Op::sign_extend_8: return static_cast<u64>(static_cast<i64>(static_cast<std::int8_t>(a)));
      case Op::sign_extend_16: return static_cast<u64>(static_cast<i64>(static_cast<std::int16_t>(a)));
      case Op::zero_extend_16: return a & 0xffff;
      default: return 0;
    }
  }

  void execute(const Instruction& i) {
    if (i.op == Op::nop) return;
    if (is_load(i.op)) return load(i);
    if (is_store(i.op)) return store(i);
    if (i.op == Op::host_call) return host_call(i);
    if (i.op == Op::memset) return memset();
    const u64 a = operand(i.a);
    if (i.op == Op::sbrk) return set(i.d, (a * 3) ^ 0x5a5a);
    if (i.op == Op::move) return set(i.d, a);
    const u64 b = operand(i.b);
    if (is_cmov(i.op)) {
      if ((a == 0) == (i.op == Op::cmov_if_zero)) set(i.d, b);
      return;
    }
    set(i.d, compute(i, a, b));
  }

  bool compare(const Terminator& end) const {
    const u64 a = operand(end.a), b = operand(end.b);
    const i64 sa = is_64() ? static_cast<i64>(a) : static_cast<std::int32_t>(a),
              sb = is_64() ? static_cast<i64>(b) : static_cast<std::int32_t>(b);
    switch (end.condition) {
      case Condition::equal: return a == b;
      case Condition::not_equal: return a != b;
      case Condition::less_unsigned: return a < b;
      case Condition::less_signed: return sa < sb;
      case Condition::greater_or_equal_unsigned: return a >= b;
      case Condition::greater_or_equal_signed: return sa >= sb;
    }
    return false;
  }

  BlockId jump_to(u64 address) {
    address &= 0xffffffff;
    if (address == host_return) {
      finish(Status::returned);
    } else if (address == 0 || address % 2 != 0 || address / 2 > program_.blocks.size()) {
      finish(Status::trapped);
    } else {
      return BlockId{static_cast<u32>(address / 2 - 1)};
    }
    return {};
  }

  BlockId step(BlockId id) {
    const Block& block = program_.block(id);
    for (const Instruction& instruction : block.body) {
      count();
      if (!over_) execute(instruction);
      if (over_) return id;
    }
    count();
    const Terminator& end = block.end;
    switch (end.kind) {
      case Kind::trap: finish(over_ ? Status::out_of_steps : Status::trapped); return id;
      case Kind::jump: return end.target;
      case Kind::branch: return compare(end) ? end.target : end.otherwise;
      case Kind::call: set(end.d, value(Value::of(end.otherwise))); return end.target;
      case Kind::jump_indirect: return over_ ? id : jump_to(operand(end.a) + static_cast<u64>(end.offset));
      case Kind::call_indirect: {
        const u64 address = operand(end.a) + static_cast<u64>(end.offset);
        set(end.d, value(Value::of(end.otherwise)));
        return over_ ? id : jump_to(address);
      }
    }
    return id;
  }

  const Program& program_;
  const RunOptions& options_;
  std::array<u64, register_count> registers_{};
  std::vector<std::vector<u8>> memory_;
  std::vector<u8> stack_;
  Observed observed_;
  u64 steps_ = 0;
  bool over_ = false;
};

}  // namespace

Observed run(const Program& program, BlockId entry, const RunOptions& options) {
  return Machine(program, options).run(entry);
}

u64 last_steps() {
  return steps_of_last_run;
}

void print(const Observed& observed, std::ostream& out) {
  out << "status " << static_cast<int>(observed.status) << " a0 " << std::hex << observed.a0 << " a1 " << observed.a1 << "\n";
  for (const HostCall& call : observed.host_calls) {
    out << "host call " << call.import << ":";
    for (const u64 input : call.inputs) out << " " << input;
    out << "\n";
  }
  for (const auto& [name, bytes] : observed.memory) {
    out << name << ":";
    for (const u8 byte : bytes) out << " " << static_cast<u32>(byte);
    out << "\n";
  }
  out << std::dec;
}

}  // namespace pvm::link::testing
