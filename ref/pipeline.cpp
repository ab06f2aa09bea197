// SPDX-License-Identifier: Apache-2.0 OR MIT
// The pipeline-1 gas model: a block's cost is the time that a simple processor would take for it. Chapter "Gas".
#include <algorithm>
#include <array>

#include "pvm/ref/gas.hpp"

namespace pvm::ref {
namespace {

// [pipeline.parameters]
constexpr u32 decode_slots_per_cycle = 4;
constexpr std::size_t reorder_entries = 32;
constexpr u32 starts_per_cycle = 5;
constexpr i64 slack = 3;
constexpr i64 minimum_cost = 1;
constexpr i64 branch_hit = 1;
constexpr i64 branch_miss = 20;

struct Resources {
  u32 alu, load, store, mul, div;
};

enum class Stage : u8 { decoded, waiting, executing, done };

struct Entry {
  Stage stage = Stage::decoded;
  i64 remaining = 0;
  Resources needs{};
  std::array<std::optional<std::size_t>, 2> dependencies;  // numbers of entries
};

class Pipeline {
 public:
  explicit Pipeline(const Program& program) : program_(program) {}

  void feed(const Instruction& in);
  // [pipeline.end]
  i64 cost() const { return std::max(minimum_cost, cycles_ - slack); }

 private:
  u32 decode_slots(const Instruction& in) const;
  i64 latency(const Instruction& in) const;
  i64 branch_latency(const Instruction& in) const;
  bool is_cheap_branch_end(u64 position) const;
  void advance(bool final);
  void tick(bool pending, bool final);
  std::size_t retire();
  void start();
  i64 step_width(bool pending, bool final, std::size_t retired) const;
  void complete(std::size_t number);
  bool is_ready(const Entry& entry) const;
  std::size_t queued() const { return entries_.size() - first_; }

  const Program& program_;
  // [pipeline.state]
  i64 cycles_ = 0;
  u32 decode_left_ = decode_slots_per_cycle;
  Resources free_{4, 4, 4, 1, 1};
  std::vector<Entry> entries_;  // all entries ever made; those from first_ on are in the queue
  std::size_t first_ = 0;
  std::array<std::optional<std::size_t>, 13> writers_;
};

// [pipeline.slots]
u32 Pipeline::decode_slots(const Instruction& in) const {
  const isa::Row& row = isa::row_of(in.op);
  u32 slots = row.gas.decode_slots;
  if (row.gas.decode_plus_p && register_bits(program_.config.semantics) == 64) ++slots;
  if (row.gas.extra_slot == isa::ExtraSlot::never) return slots;
  const u8 d = register_in(in, row.operands.d);
  bool differs = d != register_in(in, row.operands.a);
  if (row.gas.extra_slot == isa::ExtraSlot::n2) differs = differs && d != register_in(in, row.operands.b);
  return slots + (differs ? 1 : 0);
}

// [pipeline.table]
i64 Pipeline::latency(const Instruction& in) const {
  const isa::GasRow& gas = isa::row_of(in.op).gas;
  if (gas.latency_kind == isa::Latency::memory) return program_.config.memory_cost;
  if (gas.latency_kind == isa::Latency::branch) return branch_latency(in);
  return gas.latency + (gas.latency_plus_p && register_bits(program_.config.semantics) == 64 ? 1 : 0);
}

// [pipeline.branch]
i64 Pipeline::branch_latency(const Instruction& in) const {
  return is_cheap_branch_end(in.next) || is_cheap_branch_end(in.target) ? branch_hit : branch_miss;
}

bool Pipeline::is_cheap_branch_end(u64 position) const {
  if (position >= program_.code_size()) return true;
  const isa::Op op = isa::ops_by_opcode[static_cast<std::size_t>(program_.config.semantics)][program_.byte_at(position)];
  return op == isa::Op::trap || op == isa::Op::unlikely;
}

// [pipeline.feed]
void Pipeline::feed(const Instruction& in) {
  const isa::GasRow& gas = isa::row_of(in.op).gas;
  const u32 slots = decode_slots(in);
  if (decode_left_ < slots || queued() == reorder_entries) advance(false);
  decode_left_ -= slots;
  // [pipeline.move]
  if (gas.latency_kind == isa::Latency::move) {
    writers_[register_in(in, gas.writes)] = writers_[register_in(in, gas.reads[0])];
    return;
  }
  Entry entry;
  entry.remaining = latency(in);
  entry.needs = {gas.alu, gas.load, gas.store, gas.mul, gas.div};
  for (std::size_t source = 0; source < 2; ++source) {
    if (gas.reads[source] != isa::Field::none) entry.dependencies[source] = writers_[register_in(in, gas.reads[source])];
  }
  if (gas.writes != isa::Field::none) writers_[register_in(in, gas.writes)] = entries_.size();
  entries_.push_back(entry);
  if (ends_block(in.op)) advance(true);
}

// [pipeline.advance]
void Pipeline::advance(bool final) {
  tick(true, final);
  const std::size_t keep = final ? 0 : reorder_entries - 1;
  while (queued() > keep) tick(false, final);
}

// [pipeline.tick]
void Pipeline::tick(bool pending, bool final) {
  const std::size_t retired = retire();
  start();
  const i64 width = step_width(pending, final, retired);
  for (std::size_t number = first_; number < entries_.size(); ++number) {
    Entry& entry = entries_[number];
    if (entry.stage != Stage::executing) continue;
    entry.remaining -= width;
    if (entry.remaining == 0) complete(number);
    if (entry.remaining < 0) entry.stage = Stage::done;
  }
  if (pending) {
    for (std::size_t number = first_; number < entries_.size(); ++number) {
      if (entries_[number].stage == Stage::decoded) entries_[number].stage = Stage::waiting;
    }
    decode_left_ = decode_slots_per_cycle;
  }
  cycles_ += width;
}

std::size_t Pipeline::retire() {
  const std::size_t before = first_;
  while (first_ < entries_.size() && entries_[first_].stage == Stage::done) ++first_;
  return first_ - before;
}

void Pipeline::start() {
  u32 started = 0;
  for (std::size_t number = first_; number < entries_.size() && started < starts_per_cycle; ++number) {
    Entry& entry = entries_[number];
    if (!is_ready(entry)) continue;
    entry.stage = Stage::executing;
    free_.alu -= entry.needs.alu;
    free_.load -= entry.needs.load;
    free_.store -= entry.needs.store;
    free_.mul -= entry.needs.mul;
    free_.div -= entry.needs.div;
    ++started;
  }
}

bool Pipeline::is_ready(const Entry& entry) const {
  return entry.stage == Stage::waiting && !entry.dependencies[0] && !entry.dependencies[1] && entry.needs.alu <= free_.alu &&
         entry.needs.load <= free_.load && entry.needs.store <= free_.store && entry.needs.mul <= free_.mul && entry.needs.div <= free_.div;
}

// [pipeline.skip_ahead]
i64 Pipeline::step_width(bool pending, bool final, std::size_t retired) const {
  if (pending || (!final && retired != 0)) return 1;
  std::optional<i64> least;
  for (std::size_t number = first_; number < entries_.size(); ++number) {
    const Entry& entry = entries_[number];
    if (entry.stage == Stage::executing) least = least ? std::min(*least, entry.remaining) : entry.remaining;
  }
  return least && *least > 0 ? *least : 1;
}

void Pipeline::complete(std::size_t number) {
  for (std::size_t other = first_; other < entries_.size(); ++other) {
    for (auto& dependency : entries_[other].dependencies) {
      if (dependency == number) dependency.reset();
    }
  }
  for (auto& writer : writers_) {
    if (writer == number) writer.reset();
  }
  const Resources& needs = entries_[number].needs;
  free_.alu += needs.alu;
  free_.load += needs.load;
  free_.store += needs.store;
  free_.mul += needs.mul;
  free_.div += needs.div;
}

}  // namespace

i64 pipeline_cost(const Program& program, const std::vector<Instruction>& block) {
  Pipeline pipeline(program);
  for (const Instruction& instruction : block) pipeline.feed(instruction);
  return pipeline.cost();
}

}  // namespace pvm::ref
