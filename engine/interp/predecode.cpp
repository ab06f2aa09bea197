// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a program to operations: one pass over the code, then the targets of jumps, then pairs and handlers.
#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

#include "interp/loop.hpp"
#include "machine/memory_map.hpp"
#include "program/decoder.hpp"
#include "program/gas.hpp"

namespace pvm::engine::interp {
namespace {

// Positions per entry of DecodedProgram::index_of_.
constexpr u32 stride = 64;
// A block longer than this looks for an interrupt in its middle, too.
constexpr std::size_t longest_stretch = 32768;

// Which of {none, reg1, reg2, reg3} an instruction's d, a and b are.
struct Letters {
  u8 d, a, b;
};

constexpr auto letters = [] {
  std::array<Letters, isa::op_count + 1> table{};
  for (std::size_t index = 0; index < table.size(); ++index) {
    const isa::Operands& operands = isa::rows[index].operands;
    table[index] = {static_cast<u8>(operands.d), static_cast<u8>(operands.a), static_cast<u8>(operands.b)};
  }
  return table;
}();

constexpr bool immediates_are_in_order = std::all_of(std::begin(isa::rows), std::end(isa::rows), [](const isa::Row& row) {
  return (row.operands.i == isa::Field::none || row.operands.i == isa::Field::imm1) &&
         (row.operands.j == isa::Field::none || row.operands.j == isa::Field::imm2);
});
static_assert(immediates_are_in_order && static_cast<u8>(isa::Field::reg3) == 3);

constexpr Code code_of(isa::Op op) {
  return static_cast<Code>(op);
}

bool has_static_target(Code code) {
  return code == Code::jump || code == Code::load_imm_and_jump || (code < Code::poll && is_branch(static_cast<isa::Op>(code)));
}

Operation operation_of(const Instruction& in) {
  const Letters& fields = letters[static_cast<std::size_t>(in.op)];
  const std::array<u8, 4> registers = {0, in.reg1, in.reg2, in.reg3};
  Operation operation;
  operation.pc = in.pc;
  operation.code = code_of(in.op);
  operation.d = registers[fields.d];
  operation.a = registers[fields.a];
  operation.b = registers[fields.b];
  operation.imm = static_cast<i32>(in.imm1);
  operation.extra = static_cast<i32>(in.imm2);
  if (in.op == isa::Op::load_imm64) operation.extra = static_cast<i32>(in.imm1 >> 32);
  if (has_static_target(operation.code)) operation.extra = static_cast<i32>(in.target);  // for resolve_targets()
  return operation;
}

// The code of a pair, or `first` if these aren't one.
Code pair_of(Code first, Code second) {
#define X(one, other) \
  if (first == Code::one && second == Code::other) return Code::one##_then_##other;
  PVM_INTERP_PAIRS(X)
#undef X
  return first;
}

}  // namespace

/// Fills a DecodedProgram.
class Predecoder {
 public:
  explicit Predecoder(DecodedProgram& result)
      : result_(result),
        operations_(result.operations_),
        program_(*result.program_),
        decoder_(program_),
        is_graypaper_(is_graypaper(program_.semantics())) {
    if (program_.config.gas_model == GasModel::pipeline_1 && program_.config.metering != Metering::none) pipeline_.emplace(program_);
  }

  void run() {
    decode_code();
    result_.ordered_ = operations_.size();
    make_index();
    resolve_targets();
    resolve_jump_table();
    choose_handlers();
  }

 private:
  void decode_code();
  void begin_block();
  void add(const Instruction& in);
  void add_implicit_trap(const Instruction& before);
  void make_index();
  void resolve_targets();
  void resolve_jump_table();
  void choose_handlers();
  std::optional<u32> next_marked(u32 pc) const;
  const Operation* valid_target(u32 pc) const { return decoder_.is_valid_target(pc) ? result_.find(pc) : nullptr; }

  DecodedProgram& result_;
  std::vector<Operation>& operations_;
  const Program& program_;
  const Decoder decoder_;
  const bool is_graypaper_;
  std::optional<Pipeline> pipeline_;

  // The block in progress: its first operation and its instructions so far. Without a start it can't be entered.
  std::optional<std::size_t> block_;
  i64 block_length_ = 0;
  std::size_t stretch_ = 0;
};

std::optional<u32> Predecoder::next_marked(u32 pc) const {
  for (u32 byte = pc / 8, skipped = pc % 8; byte < (program_.code_size + 7) / 8; ++byte, skipped = 0) {
    const u32 marks = program_.bitmask[byte] & (0xffu << skipped);
    if (marks == 0) continue;
    const u32 found = 8 * byte + static_cast<u32>(std::countr_zero(marks));
    return found < program_.code_size ? std::optional(found) : std::nullopt;
  }
  return std::nullopt;
}

// [block.start] [block.extent] [flow.fall_through]
void Predecoder::decode_code() {
  std::size_t marks = 0;
  for (const u8 byte : program_.bitmask) marks += static_cast<std::size_t>(std::popcount(byte));
  operations_.reserve(marks + marks / 16 + 2);
  std::optional<u32> position = next_marked(0);
  bool begins = position == 0u;
  while (position) {
    const Instruction in = decoder_.decode_marked(*position);
    if (begins) begin_block();
    add(in);
    const bool goes_on = decoder_.is_marked(in.next);
    if (!goes_on) add_implicit_trap(in);
    begins = goes_on && ends_block(in.op);
    if (!goes_on) block_.reset();
    position = goes_on ? std::optional(in.next) : next_marked(in.next);
  }
}

void Predecoder::begin_block() {
  block_ = operations_.size();
  block_length_ = 0;
  stretch_ = 0;
}

void Predecoder::add(const Instruction& in) {
  if (++stretch_ > longest_stretch) {
    operations_.push_back({.pc = in.pc, .code = Code::poll});
    stretch_ = 0;
  }
  operations_.push_back(operation_of(in));
  Operation& operation = operations_.back();
  if (is_graypaper_) {
    operation.cost = 1;  // [gas.instruction]
    return;
  }
  // [jump.branch] A branch that is unsound traps, taken or not.
  if (is_branch(in.op) && !(decoder_.is_marked(in.next) && decoder_.is_valid_target(in.target))) operation.code = Code::trap;
  if (!block_) return;
  ++block_length_;
  if (!ends_block(in.op)) {
    if (pipeline_) pipeline_->feed(in);
    return;
  }
  operations_[*block_].cost = pipeline_ ? pipeline_->finish(in) : block_length_;  // [gas.block] [gas.flat]
  block_.reset();
}

// `before` is followed by no instruction. [decode.implicit_trap] [flow.fall_through]
void Predecoder::add_implicit_trap(const Instruction& before) {
  if (!falls_through(before.op)) return;
  if (!is_graypaper_) {
    if (is_branch(before.op)) return;
    if (before.op == isa::Op::fallthrough) {
      if (before.next >= program_.code_size) {
        operations_.back().code = Code::trap;
        return;
      }
      begin_block();
    }
  }
  Instruction in{};
  in.op = isa::Op::invalid;
  in.pc = before.next;
  in.next = before.next + 1;
  add(in);
}

void Predecoder::make_index() {
  std::vector<u32>& index_of = result_.index_of_;
  index_of.reserve(program_.code_size / stride + 2);
  for (std::size_t index = 0; index < operations_.size(); ++index) {
    while (index_of.size() * stride <= operations_[index].pc) index_of.push_back(static_cast<u32>(index));
  }
  index_of.resize(program_.code_size / stride + 2, static_cast<u32>(operations_.size()));
}

// [jump.static] [jump.branch]
void Predecoder::resolve_targets() {
  std::vector<std::size_t> invalid;
  for (std::size_t index = 0; index < operations_.size(); ++index) {
    Operation& operation = operations_[index];
    if (!has_static_target(operation.code)) continue;
    if (const Operation* target = valid_target(static_cast<u32>(operation.extra))) {
      operation.extra = static_cast<i32>(target - &operation);
    } else if (operation.code == Code::jump) {
      operation.code = Code::trap;
    } else {
      invalid.push_back(index);
    }
  }
  // The others do something before they trap, or may not trap at all: they go to a trap at their own position, which costs nothing.
  operations_.reserve(operations_.size() + invalid.size());
  for (const std::size_t index : invalid) {
    operations_[index].extra = static_cast<i32>(operations_.size() - index);
    operations_.push_back({.pc = operations_[index].pc, .code = Code::trap});
  }
}

// [jump.table]
void Predecoder::resolve_jump_table() {
  constexpr u64 addressable = u64{1} << 31;
  const u64 count = std::min(program_.jump_table_count, addressable);
  const auto target = [&](u64 index) { return valid_target(program_.jump_table_entry(index).value_or(~u32{0})); };
  if (program_.jump_table_entry_size == 0) {
    result_.uniform_count_ = static_cast<u32>(count);
    if (count != 0) result_.uniform_target_ = target(0);
    return;
  }
  result_.jump_targets_.reserve(count);
  for (u64 index = 0; index < count; ++index) result_.jump_targets_.push_back(target(index));
}

void Predecoder::choose_handlers() {
  const void* const* handlers = handlers_of(result_.mode_);
  // Backwards, so that the last instructions before a jump become a pair. A pair's second keeps its own operation, for entries.
  for (std::size_t index = operations_.size(); index-- > 0;) {
    Operation& operation = operations_[index];
    if (!is_graypaper_ && index + 1 < result_.ordered_ && operation.code < Code::poll) {
      const Code next = operations_[index + 1].code;
      if (next < Code::poll && !ends_block(static_cast<isa::Op>(operation.code))) operation.code = pair_of(operation.code, next);
    }
    if (handlers != nullptr) operation.handler = handlers[static_cast<std::size_t>(operation.code)];
  }
}

DecodedProgram::DecodedProgram(std::shared_ptr<const Program> program) : program_(std::move(program)) {
  mode_ = is_graypaper(program_->semantics()) ? Mode::instructions : program_->is_64_bit() ? Mode::blocks_64 : Mode::blocks_32;
  Predecoder(*this).run();
  if (program_->is_paged()) return;
  const std::vector<u8>& data = program_->ro_data;
  read_only_data_.first = static_cast<u32>(map_of(*program_).read_only.begin >> page_bits);
  for (std::size_t at = 0; at < data.size(); at += page_size) {
    PageBytes bytes{};
    std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(at), std::min<std::size_t>(page_size, data.size() - at), bytes.begin());
    read_only_data_.pages.emplace_back(bytes);
  }
}

const Operation* DecodedProgram::find(u32 pc) const {
  const std::size_t slot = pc / stride;
  if (slot + 1 >= index_of_.size()) return nullptr;
  const Operation* begin = operations_.data() + index_of_[slot];
  const Operation* end = operations_.data() + index_of_[slot + 1];
  const Operation* found =
      std::lower_bound(begin, end, pc, [](const Operation& operation, u32 position) { return operation.pc < position; });
  return found != end && found->pc == pc ? found : nullptr;
}

Result<std::shared_ptr<const DecodedProgram>> predecode(std::shared_ptr<const Program> program) {
  return std::shared_ptr<const DecodedProgram>(std::make_shared<DecodedProgram>(std::move(program)));
}

}  // namespace pvm::engine::interp
