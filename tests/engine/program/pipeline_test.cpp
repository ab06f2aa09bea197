// SPDX-License-Identifier: Apache-2.0 OR MIT
// pipeline-1: the document's examples, and random blocks priced as by the reference interpreter.
#include <gtest/gtest.h>

#include <random>

#include "compare.hpp"
#include "program/decoder.hpp"
#include "program/gas.hpp"
#include "pvm/builder/assemble.hpp"
#include "pvm/ref/gas.hpp"

namespace pvm::testing {
namespace {

using Random = std::mt19937;

constexpr ref::Semantics versions[] = {ref::Semantics::rv32_1, ref::Semantics::rv64_1, ref::Semantics::jam_1};
constexpr u32 memory_costs[] = {1, 4, 25, 37, 1000};

ref::Config pipeline_config(ref::Semantics version, u32 memory_cost) {
  ref::Config config;
  config.semantics = version;
  config.container = ref::Container::raw;
  config.gas_model = ref::GasModel::pipeline_1;
  config.memory_cost = memory_cost;
  return config;
}

std::string repeated(u32 count, std::string_view line) {
  std::string text;
  for (u32 index = 0; index < count; ++index) text += line;
  return text;
}

i64 cost_of_code(const builder::CodeBlob& blob, const ref::Config& config) {
  const auto program = engine::load(raw_container(blob), engine_config(config));
  if (!program) return -1;
  return engine::block_cost(*program, 0);
}

i64 cost_of(std::string_view text, u32 memory_cost = 25) {
  const auto blob = builder::assemble(ref::Semantics::rv64_1, text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return -1;
  }
  return cost_of_code(std::get<builder::CodeBlob>(blob), pipeline_config(ref::Semantics::rv64_1, memory_cost));
}

// Chapter "Gas", "Examples of the pipeline model". [pipeline.end]
TEST(Pipeline, prices_the_documents_examples) {
  EXPECT_EQ(cost_of("trap"), 2);
  EXPECT_EQ(cost_of("jump 0"), 15);
  EXPECT_EQ(cost_of("unlikely; fallthrough"), 40);
  EXPECT_EQ(cost_of(repeated(3, "add_64 a0, a1, a2; ") + "trap"), 3);
  EXPECT_EQ(cost_of(repeated(8, "add_imm_64 a0, a0, 1; ") + "trap"), 8);
  std::string eight, from_a5;
  for (const std::string name : {"t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2"}) {
    eight += "add_imm_64 " + name + ", " + name + ", 1; ";
    from_a5 += "add_imm_64 " + name + ", a5, 1; ";
  }
  EXPECT_EQ(cost_of(eight + "trap"), 4);
  EXPECT_EQ(cost_of(from_a5 + "trap"), 6);
  EXPECT_EQ(cost_of("mul_64 a0, a0, a1; mul_64 a2, a2, a3; trap"), 6);
  EXPECT_EQ(cost_of("mul_64 a0, a0, a1; move_reg a2, a0; add_64 a2, a2, a3; trap"), 4);
  EXPECT_EQ(cost_of("div_unsigned_64 a0, a0, a1; div_unsigned_64 a2, a2, a3; trap"), 120);
  const std::string load = "load_u32 a0, 0x20000; ";
  EXPECT_EQ(cost_of(repeated(4, load) + "trap"), 25);
  EXPECT_EQ(cost_of(repeated(5, load) + "trap"), 50);
  EXPECT_EQ(cost_of(repeated(33, "load_imm a0, 1; ") + "trap"), 10);
}

TEST(Pipeline, prices_loads_by_the_parameter) {
  const std::string text = "load_indirect_u64 a0, a1, 0; jump_indirect a0, 0";
  EXPECT_EQ(cost_of(text, 4), 26);
  EXPECT_EQ(cost_of(text, 25), 47);
  EXPECT_EQ(cost_of(text, 37), 59);
}

// [pipeline.branch]
TEST(Pipeline, prices_branches_by_what_they_lead_to) {
  const ref::Config config = pipeline_config(ref::Semantics::rv64_1, 25);
  EXPECT_EQ(cost_of_code({{0xaa, 0x87, 0x04, 0x00, 0x00}, {0x19}, {}, 0, {}, {}}, config), 1);
  EXPECT_EQ(cost_of_code({{0xaa, 0x87, 0x04, 0x01, 0x33}, {0x19}, {}, 0, {}, {}}, config), 20);
  EXPECT_EQ(cost_of_code({{0xaa, 0x87, 0x04, 0x01, 0x03, 0x01}, {0x39}, {}, 0, {}, {}}, config), 1);
  EXPECT_EQ(cost_of_code({{0xaa, 0x87, 0x7f, 0x01}, {0x09}, {}, 0, {}, {}}, config), 1);
  // add_64 a0, a0, a1; add_imm_64 a1, a1, -1; branch_not_eq a1, a2 to something dear; load_imm a0, 0; trap
  const builder::CodeBlob loop = {{0xc8, 0x87, 0x07, 0x95, 0x88, 0xff, 0xab, 0x98, 0xfa, 0x33, 0x07, 0x00}, {0x49, 0x0a}, {}, 0, {}, {}};
  EXPECT_EQ(cost_of_code(loop, config), 21);
}

// [pipeline.skip_ahead]
TEST(Pipeline, skips_cycles_in_which_more_could_have_started) {
  std::string text = "load_u32 a0, 0x20000; and_imm a1, a0, 1; and_imm a2, a0, 1; and_imm a3, a0, 1; and_imm a4, a0, 1; ";
  for (const std::string name : {"a1", "a2", "a3", "a4"}) text += "load_indirect_u32 t0, " + name + ", 0; ";
  text += repeated(80, "move_reg t1, t2; ") + repeated(14, "unlikely; ") + "trap";
  EXPECT_EQ(cost_of(text), 91);
}

TEST(Pipeline, prices_the_block_that_the_document_follows_cycle_by_cycle) {
  const builder::CodeBlob blob = {
      {0x38, 0x07, 0, 0, 0x02, 0xc8, 0x78, 0x08, 0xca, 0xa9, 0x09, 0x64, 0x96, 0xca, 0x66, 0x06, 0x01}, {0x21, 0x29, 0x01}, {}, 0, {}, {}};
  EXPECT_EQ(cost_of_code(blob, pipeline_config(ref::Semantics::rv64_1, 4)), 6);
  EXPECT_EQ(cost_of_code(blob, pipeline_config(ref::Semantics::rv64_1, 25)), 26);
}

TEST(Pipeline, prices_the_compiled_function_of_rv32) {
  builder::CodeBlob blob;
  for (const builder::Bytes& bytes : std::vector<builder::Bytes>{{0x83, 0x11, 0xf8},
                                                                 {0x7a, 0x10, 0x04},
                                                                 {0x7a, 0x15},
                                                                 {0xbe, 0x78, 0x05},
                                                                 {0x0a},
                                                                 {0xbe, 0x57, 0x07},
                                                                 {0x81, 0x10, 0x04},
                                                                 {0x81, 0x15},
                                                                 {0x83, 0x11, 0x08},
                                                                 {0x32, 0x00}}) {
    const std::size_t place = blob.code.size();
    blob.code.insert(blob.code.end(), bytes.begin(), bytes.end());
    blob.bitmask.resize((blob.code.size() + 7) / 8);
    blob.bitmask[place / 8] = static_cast<u8>(blob.bitmask[place / 8] | 1u << (place % 8));
  }
  for (const u32 memory_cost : {4u, 25u, 37u}) EXPECT_EQ(cost_of_code(blob, pipeline_config(ref::Semantics::rv32_1, memory_cost)), 102);
  ref::Config flat = pipeline_config(ref::Semantics::rv32_1, 25);
  flat.gas_model = ref::GasModel::flat_1;
  EXPECT_EQ(cost_of_code(blob, flat), 10);
}

// Makes blocks whose instructions come from a few kinds, so that each limit of the model is met in some of them.
class BlockMaker {
 public:
  BlockMaker(ref::Semantics version, Random& random) : version_(version), random_(random) {
    const bool any_op = below(3) == 0;
    const u32 kinds = 1 + below(6);
    for (u32 count = 0; count < (any_op ? 200 : kinds); ++count) ops_.push_back(random_op());
    registers_ = 1 + below(15);
    share_of_moves_ = below(4) == 0 ? 1 + below(10) : 40;
  }

  builder::CodeBlob block(u32 length) {
    builder::Code code(version_);
    for (u32 index = 0; index < length; ++index) {
      const bool moves = below(share_of_moves_) == 0;
      code.instruction(moves ? isa::Op::move_reg : ops_[below(static_cast<u32>(ops_.size()))], operands());
    }
    finish(code);
    return std::get<builder::CodeBlob>(code.build());
  }

 private:
  u32 below(u32 limit) { return static_cast<u32>(random_() % limit); }

  builder::Operands operands() {
    const auto number = [this] { return static_cast<u8>(below(registers_)); };
    return {number(), number(), number(), static_cast<i64>(below(40)), 1, 0};
  }

  bool exists(isa::Op op) const { return isa::row_of(op).opcode[static_cast<std::size_t>(version_)] >= 0; }

  // One that doesn't end the block.
  isa::Op random_op() {
    for (;;) {
      const isa::Op op = static_cast<isa::Op>(below(isa::op_count));
      if (exists(op) && !engine::ends_block(op)) return op;
    }
  }

  // A terminator, an opcode that no version has, or nothing: the implicit invalid instruction.
  void finish(builder::Code& code) {
    switch (below(8)) {
      case 0: return;
      case 1: return code.raw({0xff});
      default: break;
    }
    for (;;) {
      const isa::Op op = static_cast<isa::Op>(below(isa::op_count));
      if (!exists(op) || !engine::ends_block(op)) continue;
      builder::Operands last = operands();
      last.target = below(200);
      return code.instruction(op, last, {{}, 2});
    }
  }

  ref::Semantics version_;
  Random& random_;
  std::vector<isa::Op> ops_;
  u32 registers_;
  u32 share_of_moves_;
};

u32 random_length(Random& random) {
  const auto below = [&random](u32 limit) { return static_cast<u32>(random() % limit); };
  if (below(400) == 0) return below(6000);
  return below(2) == 0 ? below(12) : below(150);
}

// One pipeline for all blocks of a version: nothing of a block may be left when the next begins.
TEST(Pipeline, prices_random_blocks_as_the_reference_does) {
  Random random(6);
  for (int round = 0; round < 40000; ++round) {
    const ref::Semantics version = versions[random() % std::size(versions)];
    const ref::Config config = pipeline_config(version, memory_costs[random() % std::size(memory_costs)]);
    BlockMaker maker(version, random);
    const auto bytes = raw_container(maker.block(random_length(random)));
    const auto expected = ref::load(bytes, config);
    const auto actual = engine::load(bytes, engine_config(config));
    ASSERT_EQ(std::holds_alternative<ref::Program>(expected), actual.ok());
    if (!actual) continue;
    const i64 cost = ref::block_cost(std::get<ref::Program>(expected), 0);
    const engine::Decoder decoder(*actual);
    engine::Pipeline pipeline(*actual);
    for (int repetition = 0; repetition < 2; ++repetition) {
      engine::Instruction instruction = decoder.decode(0);
      for (; !engine::ends_block(instruction.op); instruction = decoder.decode(instruction.next)) pipeline.feed(instruction);
      ASSERT_EQ(pipeline.finish(instruction), cost) << "round " << round << ", repetition " << repetition;
    }
  }
}

// The greatest latency, and costs beyond 32 bits. [pipeline.parameters]
TEST(Pipeline, prices_blocks_with_the_greatest_memory_cost) {
  EXPECT_EQ(cost_of("load_u32 a0, 0; trap", 0xffffffff), 0xffffffff);
  EXPECT_EQ(cost_of(repeated(5, "load_u32 a0, 0; ") + "trap", 0xffffffff), 2 * i64{0xffffffff});
  for (u32 memory_cost = 1; memory_cost < 140; ++memory_cost) {
    const auto blob = builder::assemble(ref::Semantics::rv64_1, "load_u32 a0, 0; add_64 a1, a1, a0; load_u32 a2, 0; mul_64 a3, a2, a1; " +
                                                                    repeated(40, "unlikely; load_u32 a3, 0; ecalli 0; ") + "trap");
    const ref::Config config = pipeline_config(ref::Semantics::rv64_1, memory_cost);
    const auto program = ref::load(raw_container(std::get<builder::CodeBlob>(blob)), config);
    EXPECT_EQ(cost_of_code(std::get<builder::CodeBlob>(blob), config), ref::block_cost(std::get<ref::Program>(program), 0)) << memory_cost;
  }
}

}  // namespace
}  // namespace pvm::testing
