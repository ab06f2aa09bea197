// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "random_program.hpp"

#include <iterator>

#include "optimize/facts.hpp"

namespace pvm::link::testing {
namespace {

using Kind = Terminator::Kind;

constexpr Reg data_registers[] = {Reg::a0, Reg::a1, Reg::a2, Reg::a3, Reg::t1, Reg::s0, Reg::s1, Reg::t0, Reg::t2, Reg::a4, Reg::a5};
constexpr i64 numbers[] = {0,          1,
                           -1,         2,
                           3,          4,
                           7,          8,
                           10,         16,
                           31,         32,
                           33,         48,
                           56,         63,
                           64,         100,
                           255,        -128,
                           0xffff,     0x7fff,
                           -32768,     0x1000,
                           0x8000,     0x10000,
                           0x7fffffff, -0x80000000LL,
                           0xffffffff, 0x80000000LL,
                           0x12345678, 0x12345680};
constexpr u32 ro = 0, rw = 1, zero = 2, table = 3;
constexpr i64 frame_size = 64, ra_slot = 56, s0_slot = 48, s1_slot = 40;
constexpr u32 most_blocks = 80;

class Generator {
 public:
  Generator(const std::vector<u32>& choices, const Taste& taste) : choices_(choices), taste_(taste) {}

  Program run() {
    program_.register_bits = taste_.register_bits;
    make_sections();
    make_imports();
    const u32 functions = 1 + below(4);
    for (u32 number = 0; number < functions; ++number) entries_.push_back(new_block());
    make_shared_prologue();
    for (u32 number = 0; number < functions; ++number) make_function(number);
    for (u32 number = 0; number < (functions > 1 ? 2u : 1u); ++number) {
      program_.exports.push_back({number == 0 ? "first" : "second", entries_[number], 6, 2});
    }
    for (u32 number = 0; number < program_.blocks.size(); ++number) program_.layout.push_back(BlockId{number});
    return std::move(program_);
  }

 private:
  u32 below(u32 bound) { return next_ < choices_.size() ? choices_[next_++] % bound : 0; }
  bool one_in(u32 bound) { return below(bound) == bound - 1; }
  bool is_64() const { return taste_.register_bits == 64; }
  i64 width() const { return taste_.register_bits / 8; }

  BlockId new_block() {
    program_.blocks.emplace_back();
    return BlockId{static_cast<u32>(program_.blocks.size() - 1)};
  }

  static Value in(u32 section, i64 offset) { return Value::of(SectionId{section}, offset); }

  void make_sections() {
    const auto add = [&](const char* name, SectionKind kind, u64 size, u32 given) {
      DataSection section;
      section.name = name;
      section.kind = kind;
      section.alignment = 8;
      section.size = size;
      for (u32 at = 0; at < given; ++at) section.bytes.push_back(static_cast<u8>(at * 37 + 0x85));
      program_.sections.push_back(section);
    };
    add(".rodata", SectionKind::read_only, 64, 48);
    add(".data", SectionKind::read_write, 64, 64);
    add(".bss", SectionKind::zero, 256, 0);
    add(".rodata.table", SectionKind::read_only, 1024, 1024);
    program_.sections[ro].relocations.push_back({16, static_cast<u8>(width()), in(rw, 8), {}});
  }

  void make_imports() {
    for (const u32 inputs : {0u, 1u, 2u, 3u, 7u, 9u}) {
      program_.imports.push_back({"import" + std::to_string(inputs), inputs, inputs % 3, {}});
    }
  }

  // Places in the table for `targets`; nothing if it is full.
  i64 add_to_table(const std::vector<BlockId>& targets) {
    const i64 begin = table_used_;
    for (const BlockId id : targets) {
      program_.sections[table].relocations.push_back({static_cast<u64>(table_used_), static_cast<u8>(width()), Value::of(id), {}});
      table_used_ += width();
    }
    return begin;
  }

  // --- instructions ---

  Instruction& emit(Op op, Reg d, Operand a, Operand b = {}) {
    Block& block = program_.block(current_);
    Instruction instruction;
    instruction.op = op;
    instruction.d = d;
    instruction.a = a;
    instruction.b = b;
    block.body.push_back(instruction);
    return block.body.back();
  }
  void emit_load(Op op, Reg d, Operand base, Value offset) { emit(op, d, base).offset = offset; }
  void emit_store(Op op, Operand base, Value offset, Operand value) { emit(op, Reg::ra, base, value).offset = offset; }
  void load_native(Reg d, Operand base, Value offset) { emit_load(is_64() ? Op::load_u64 : Op::load_i32, d, base, offset); }
  void store_native(Operand base, Value offset, Reg reg) {
    emit_store(is_64() ? Op::store_u64 : Op::store_u32, base, offset, Operand::of(reg));
  }

  Reg reg() { return data_registers[below(below(2) == 0 ? 5 : static_cast<u32>(std::size(data_registers)))]; }
  i64 number() {
    const i64 result = numbers[below(static_cast<u32>(std::size(numbers)))];
    return is_64() ? (one_in(12) ? result << 30 : result) : static_cast<std::int32_t>(result);
  }
  Operand operand() { return below(4) == 3 ? Operand::of(number()) : Operand::of(reg()); }

  void arithmetic() {
    constexpr Op common[] = {Op::add, Op::sub, Op::and_, Op::shift_left, Op::shift_right_logical, Op::shift_right_arithmetic, Op::mul};
    const Op op =
        below(2) == 0
            ? common[below(static_cast<u32>(std::size(common)))]
            : static_cast<Op>(static_cast<u32>(Op::add) + below(static_cast<u32>(Op::reverse_bytes) - static_cast<u32>(Op::add) + 1));
    const Reg d = reg();
    const Operand a = is_unary(op) || below(8) != 7 ? Operand::of(below(3) == 0 ? d : reg()) : Operand::of(number());
    Instruction& instruction = emit(op, d, a, is_unary(op) ? Operand{} : operand());
    if (is_64() && has_word_form(op)) instruction.word = below(2) == 1;
  }

  Op any_load() {
    constexpr Op ops[] = {Op::load_u8, Op::load_i8, Op::load_u16, Op::load_i16, Op::load_i32, Op::load_u32, Op::load_u64};
    return ops[below(is_64() ? 7 : 5)];
  }
  Op any_store() {
    constexpr Op ops[] = {Op::store_u8, Op::store_u16, Op::store_u32, Op::store_u64};
    return ops[below(is_64() ? 4 : 3)];
  }

  // An access at base + offset, a load or, if the place is writable, a store.
  void access(Operand base, Value offset, bool writable) {
    if (writable && below(2) == 1) {
      emit_store(any_store(), base, offset, operand());
    } else {
      emit_load(any_load(), reg(), base, offset);
    }
  }

  void memory() {
    switch (below(8)) {
      case 0: return access(Operand::of(0), in(rw, below(below(2) == 0 ? 57 : 12)), true);
      case 1: return access(Operand::of(Reg::sp), Value::of(24 + below(9)), true);
      case 2: return access(Operand::of(0), in(ro, below(57)), false);
      case 3: {
        const Reg base = reg();
        emit(Op::move, base, Operand::of(in(rw, below(20))));
        if (below(2) == 1) arithmetic();
        return access(Operand::of(base), Value::of(below(30)), true);
      }
      case 4:
      case 5: return indexed();
      case 6: {
        const Reg base = reg();
        emit(Op::add, base, Operand::of(Reg::sp), Operand::of(24));
        return access(Operand::of(base), Value::of(0), true);
      }
      default: {
        if (below(6) != 5) return;
        // Most likely a fault; but not the frame, as return addresses differ.
        const Reg base = reg();
        emit(Op::and_, base, Operand::of(base), Operand::of(0x3fffffff));
        return access(Operand::of(base), Value::of(number()), true);
      }
    }
  }

  // x = (y & mask) << n; x = x + address; [x + n]
  void indexed() {
    const Reg x = reg();
    emit(Op::and_, x, Operand::of(reg()), Operand::of(7));
    if (below(2) == 0) emit(Op::shift_left, x, Operand::of(x), Operand::of(below(4)));
    const Reg sum = below(2) == 0 ? x : reg();
    if (below(2) == 0) {
      emit(Op::add, sum, Operand::of(x), Operand::of(in(zero, below(100))));
    } else {
      const Reg address = reg();
      if (address == x) return;
      emit(Op::move, address, Operand::of(in(zero, below(100))));
      emit(Op::add, sum, Operand::of(x), Operand::of(address));
    }
    if (below(4) == 0) {
      const Reg more = reg();
      emit(Op::and_, more, Operand::of(more), Operand::of(15));
      emit(Op::add, sum, Operand::of(more), Operand::of(sum));
    }
    access(Operand::of(sum), Value::of(below(64)), true);
    if (below(3) == 0) access(Operand::of(sum), Value::of(below(64)), true);
  }

  void idiom() {
    const Reg d = reg(), s = reg();
    const u32 amount = is_64() ? 32 : 16;
    switch (below(9)) {
      case 0: emit(Op::move, d, operand()); return;
      case 1:
        emit(Op::shift_left, d, Operand::of(s), Operand::of(amount));
        if (below(4) == 0) arithmetic();
        emit(below(2) == 0 ? Op::shift_right_logical : Op::shift_right_arithmetic, d, Operand::of(d), Operand::of(amount - below(4)));
        return;
      case 2: emit(Op::add, d, Operand::of(s), Operand::of(0)).word = is_64(); return;
      case 3: emit(Op::and_, d, Operand::of(s), Operand::of(0xff)); return;
      case 4: emit(below(2) == 0 ? Op::cmov_if_zero : Op::cmov_if_not_zero, d, Operand::of(s), operand()); return;
      case 5:
        emit(Op::shift_left, d, Operand::of(s), Operand::of(taste_.register_bits - 8 * (1 + below(2))));
        emit(below(2) == 0 ? Op::shift_right_logical : Op::shift_right_arithmetic, d, Operand::of(d),
             Operand::of(taste_.register_bits - 8 * (1 + below(2))));
        return;
      case 6:
        emit(Op::and_, d, Operand::of(s), Operand::of(0xffff));
        emit(Op::mul, d, Operand::of(d), Operand::of(number()));
        return;
      case 7: emit(Op::add, d, Operand::of(d), Operand::of(number())); return;
      default: narrow_use(d, s);
    }
  }

  // A 32-bit result of which only the lower half, or more, is used.
  void narrow_use(Reg d, Reg s) {
    constexpr Op words[] = {Op::add, Op::sub, Op::mul, Op::shift_left};
    constexpr Op users[] = {Op::shift_right_logical, Op::rotate_right, Op::shift_right_arithmetic, Op::xor_, Op::mul, Op::and_};
    emit(words[below(4)], d, Operand::of(s), operand()).word = is_64();
    if (below(2) == 0) {
      emit_store(Op::store_u32, Operand::of(0), in(rw, 8 * i64{below(3)}), Operand::of(d));
    } else {
      emit(users[below(6)], d, Operand::of(d), operand());
    }
  }

  // What the front end makes of an atomic operation or an instruction that the machine lacks.
  void scratch_sequence() {
    constexpr Reg scratch[] = {Reg::e0, Reg::e1, Reg::e2, Reg::e3};
    const Reg x = scratch[below(4)], y = scratch[below(4)];
    emit(Op::add, x, Operand::of(reg()), Operand::of(number()));
    if (x != y) {
      load_native(y, Operand::of(0), in(rw, 8));
      if (below(2) == 0) arithmetic();
      if (below(2) == 0) emit(Op::cmov_if_zero, y, Operand::of(reg()), Operand::of(x));
      emit(Op::xor_, x, Operand::of(x), Operand::of(y));
    }
    if (below(2) == 0) memory();
    store_native(Operand::of(0), in(rw, 8), x);
    emit(Op::move, reg(), Operand::of(x));
  }

  void straight() {
    for (u32 count = 1 + below(6); count > 0; --count) {
      switch (below(taste_.scratch ? 5 : 4)) {
        case 0:
        case 1: arithmetic(); break;
        case 2: idiom(); break;
        case 3: memory(); break;
        default: scratch_sequence();
      }
    }
  }

  // --- control flow ---

  void finish(Terminator end) { program_.block(current_).end = end; }
  void jump(BlockId target) {
    Terminator end;
    end.kind = Kind::jump;
    end.target = target;
    finish(end);
  }
  void branch(Operand a, Condition condition, Operand b, BlockId target, BlockId otherwise) {
    Terminator end;
    end.kind = Kind::branch;
    end.condition = condition;
    end.a = a;
    end.b = b;
    end.target = target;
    end.otherwise = otherwise;
    finish(end);
  }

  void random_branch(BlockId target, BlockId otherwise) {
    Operand a = Operand::of(reg());
    Operand b = operand();
    if (below(3) == 0) {
      const Reg flag = reg();
      emit(below(2) == 0 ? Op::set_less_unsigned : Op::set_less_signed, flag, a, b);
      if (below(3) == 0) arithmetic();
      a = Operand::of(flag);
      b = Operand::of(0);
      branch(a, below(2) == 0 ? Condition::equal : Condition::not_equal, b, target, otherwise);
      return;
    }
    branch(a, static_cast<Condition>(below(6)), b, target, otherwise);
  }

  void conditional(u32 depth) {
    const BlockId yes = new_block(), no = new_block(), after = new_block();
    random_branch(yes, no);
    current_ = yes;
    statements(depth + 1);
    jump(after);
    current_ = no;
    if (below(2) == 1) statements(depth + 1);
    jump(after);
    current_ = after;
  }

  void loop(u32 depth) {
    const Value counter = Value::of(8 * static_cast<i64>(depth));
    const bool tests_first = below(2) == 1;
    const BlockId head = new_block(), body = new_block(), after = new_block();
    emit(Op::move, Reg::t2, Operand::of(1 + below(5)));
    store_native(Operand::of(Reg::sp), counter, Reg::t2);
    jump(tests_first ? head : body);
    current_ = head;
    load_native(Reg::t2, Operand::of(Reg::sp), counter);
    emit(Op::add, Reg::t2, Operand::of(Reg::t2), Operand::of(-1));
    store_native(Operand::of(Reg::sp), counter, Reg::t2);
    branch(Operand::of(Reg::t2), Condition::greater_or_equal_signed, Operand::of(0), body, after);
    current_ = body;
    statements(depth + 1);
    jump(head);
    current_ = after;
  }

  void call(u32 function) {
    if (function + 1 >= entries_.size()) return straight();
    const BlockId callee = entries_[function + 1 + below(static_cast<u32>(entries_.size()) - function - 1)];
    const BlockId after = new_block();
    Terminator end;
    end.kind = Kind::call_indirect;
    end.d = Reg::ra;
    end.otherwise = after;
    end.target = callee;
    switch (below(4)) {
      case 0:
      case 1: end.kind = Kind::call; break;
      case 2:
        emit(Op::move, Reg::t1, Operand::of(Value::of(callee)));
        end.a = Operand::of(Reg::t1);
        break;
      default: load_native(Reg::t1, Operand::of(0), in(table, add_to_table({callee}))); end.a = Operand::of(Reg::t1);
    }
    if (end.kind == Kind::call_indirect) end.target = {};
    finish(end);
    current_ = after;
  }

  void host_call() {
    Instruction& instruction = emit(Op::host_call, Reg::ra, {});
    instruction.import = ImportId{below(static_cast<u32>(program_.imports.size()))};
  }

  void switch_statement(u32 depth) {
    if (table_used_ > 900) return straight();
    const BlockId cases[] = {new_block(), new_block(), new_block()};
    const BlockId after = new_block();
    const i64 place = add_to_table({cases[0], cases[1], cases[2], cases[0]});
    emit(Op::and_, Reg::t1, Operand::of(reg()), Operand::of(3));
    emit(Op::shift_left, Reg::t1, Operand::of(Reg::t1), Operand::of(is_64() ? 3 : 2));
    emit(Op::add, Reg::t1, Operand::of(Reg::t1), Operand::of(in(table, place)));
    load_native(Reg::t1, Operand::of(Reg::t1), Value::of(0));
    Terminator end;
    end.kind = Kind::jump_indirect;
    end.a = Operand::of(Reg::t1);
    finish(end);
    for (const BlockId id : cases) {
      current_ = id;
      if (below(3) != 0) statements(depth + 1);
      jump(after);
    }
    current_ = after;
  }

  void memset() {
    emit(Op::move, Reg::a0, Operand::of(in(zero, 16)));
    emit(Op::move, Reg::a2, Operand::of(below(9)));
    emit(Op::memset, Reg::ra, {});
  }

  void statements(u32 depth) {
    for (u32 count = 1 + below(depth == 0 ? 6 : 3); count > 0; --count) {
      const bool small = depth >= 3 || program_.blocks.size() > most_blocks;
      switch (below(small ? 4 : 12)) {
        case 0:
        case 1: straight(); break;
        case 2: host_call(); break;
        case 3: below(2) == 0 ? memset() : static_cast<void>(emit(Op::sbrk, reg(), Operand::of(reg()))); break;
        case 4:
        case 5: conditional(depth); break;
        case 6:
        case 7: loop(depth); break;
        case 8: switch_statement(depth); break;
        case 9: below(4) == 3 ? early_exit() : straight(); break;
        default: call(function_);
      }
    }
  }

  void early_exit() {
    const BlockId exit = new_block(), after = new_block();
    random_branch(exit, after);
    current_ = exit;
    if (below(3) == 0) {
      finish({});
    } else {
      epilogue();
    }
    current_ = after;
  }

  // As compilers share them with -msave-restore: called with link register t0.
  void make_shared_prologue() {
    save_ = new_block();
    restore_ = new_block();
    current_ = save_;
    emit(Op::add, Reg::sp, Operand::of(Reg::sp), Operand::of(-frame_size));
    store_native(Operand::of(Reg::sp), Value::of(ra_slot), Reg::ra);
    store_native(Operand::of(Reg::sp), Value::of(s0_slot), Reg::s0);
    store_native(Operand::of(Reg::sp), Value::of(s1_slot), Reg::s1);
    Terminator end;
    end.kind = Kind::jump_indirect;
    end.a = Operand::of(Reg::t0);
    finish(end);
    current_ = restore_;
    load_native(Reg::s0, Operand::of(Reg::sp), Value::of(s0_slot));
    load_native(Reg::s1, Operand::of(Reg::sp), Value::of(s1_slot));
    return_to_caller();
  }

  void return_to_caller() {
    load_native(Reg::ra, Operand::of(Reg::sp), Value::of(ra_slot));
    emit(Op::add, Reg::sp, Operand::of(Reg::sp), Operand::of(frame_size));
    Terminator end;
    end.kind = Kind::jump_indirect;
    end.a = Operand::of(Reg::ra);
    finish(end);
  }

  void epilogue() {
    if (is_shared_) return jump(restore_);
    if (function_ + 1 < entries_.size() && one_in(5)) {
      // A tail call.
      load_native(Reg::ra, Operand::of(Reg::sp), Value::of(ra_slot));
      emit(Op::add, Reg::sp, Operand::of(Reg::sp), Operand::of(frame_size));
      return jump(entries_[function_ + 1]);
    }
    return_to_caller();
  }

  void make_function(u32 number) {
    function_ = number;
    current_ = entries_[number];
    is_shared_ = below(4) == 3;
    if (is_shared_) {
      const BlockId after = new_block();
      Terminator end;
      end.kind = Kind::call;
      end.d = Reg::t0;
      end.target = save_;
      end.otherwise = after;
      finish(end);
      current_ = after;
      emit(Op::move, Reg::t0, Operand::of(0));
    } else {
      emit(Op::add, Reg::sp, Operand::of(Reg::sp), Operand::of(-frame_size));
      store_native(Operand::of(Reg::sp), Value::of(ra_slot), Reg::ra);
    }
    store_native(Operand::of(Reg::sp), Value::of(24), Reg::a0);
    store_native(Operand::of(Reg::sp), Value::of(32), Reg::a1);
    statements(0);
    epilogue();
  }

  const std::vector<u32>& choices_;
  const Taste& taste_;
  std::size_t next_ = 0;
  Program program_;
  std::vector<BlockId> entries_;
  BlockId current_{}, save_{}, restore_{};
  u32 function_ = 0;
  bool is_shared_ = false;
  i64 table_used_ = 0;
};

}  // namespace

Program random_program(const std::vector<u32>& choices, const Taste& taste) {
  return Generator(choices, taste).run();
}

}  // namespace pvm::link::testing
