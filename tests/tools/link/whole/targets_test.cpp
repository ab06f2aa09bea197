// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every instruction set and container, and what the options of a link do.
#include "native.hpp"

namespace pvm::link::test {
namespace {

Bytes basic_object(u32 bits) {
  const TemporaryFolder folder;
  const auto object = compile(folder, "basic.c", {bits, {"-O2"}, false});
  return read_file(bits == 64 ? object : link_with(folder, {lld(), "-r"}, {object, helpers_32()}, 32));
}

TEST(Targets, EveryInstructionSet) {
  const Bytes object = basic_object(64);
  for (const ref::Semantics version : {ref::Semantics::revive_1, ref::Semantics::rv64_1, ref::Semantics::jam_1}) {
    LinkOptions options;
    options.semantics = version;
    Guest guest(link_bytes({object}, options), version);
    for (const u64 x : operands) EXPECT_EQ(guest.test("basic", 0, x), basic(0, x)) << ref::name_of(version);
  }
}

TEST(Targets, StandardPrograms) {
  LinkOptions options;
  options.semantics = ref::Semantics::graypaper_0_7_2;
  options.dispatch_table = {"basic"};
  const Bytes blob = link_bytes({basic_object(64)}, options);
  ref::Config config;
  config.semantics = *options.semantics;
  config.container = ref::Container::standard;
  config.metering = ref::Metering::none;
  const auto loaded = ref::load(blob, config);
  ASSERT_TRUE(std::holds_alternative<ref::Program>(loaded));
  ref::Machine machine(std::get<ref::Program>(loaded));
  machine.set_reg(0, 0xffff0000);
  machine.set_reg(7, 3);
  machine.set_reg(8, 77);
  machine.set_pc(0);
  machine.set_gas(1'000'000);
  const auto exit = machine.run_at_most(1'000'000);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->status, ref::Status::halt);
  EXPECT_EQ(machine.reg(7), basic(3, 77));
}

TEST(Targets, RawProgramsHaveNoData) {
  LinkOptions options;
  options.container = ref::Container::raw;
  const std::string text = export_of("main") + ".text\nmain: mv a0, a1\nret\n";
  const Bytes blob = link_bytes({assemble(text)}, options);
  ref::Config config;
  config.container = ref::Container::raw;
  EXPECT_TRUE(std::holds_alternative<ref::Program>(ref::load(blob, config)));
  try {
    link_bytes({basic_object(64)}, options);
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("a raw program has no data"), std::string::npos) << error.what();
  }
}

TEST(Targets, DispatchTable) {
  const std::string text = export_of("one") + export_of("two") + ".text\n.globl one, two\none: li a0, 1\nret\ntwo: li a0, 2\nret\n";
  LinkOptions options;
  options.dispatch_table = {"two", "one"};
  Guest guest(link_bytes({assemble(text)}, options));
  for (const auto& [pc, result] : {std::pair{0U, 2U}, std::pair{5U, 1U}}) {
    guest.machine().set_reg(0, 0xffff0000);
    guest.machine().set_pc(pc);
    EXPECT_EQ(guest.machine().run().status, ref::Status::halt);
    EXPECT_EQ(guest.machine().reg(7), result);
  }
  options.dispatch_table = {"three"};
  EXPECT_THROW(link_bytes({assemble(text)}, options), std::runtime_error);
}

TEST(Targets, TheStackIsTheLargestAskedFor) {
  const std::string text = export_of("main") + ".text\nmain: ret\n.section .polkavm_min_stack_size,\"a\"\n.word 20000\n";
  LinkOptions options;
  EXPECT_EQ(Guest(link_bytes({assemble(text)}, options)).program().stack_size, 20480U);
  options.min_stack_size = 100'000;
  EXPECT_EQ(Guest(link_bytes({assemble(text)}, options)).program().stack_size, 102'400U);
}

TEST(Targets, EqualInputsGiveEqualBlobs) {
  const Bytes object = basic_object(32);
  EXPECT_EQ(link_bytes({object}), link_bytes({object}));
}

TEST(Targets, StrippedBlobsAreNoLarger) {
  const Bytes object = basic_object(64);
  LinkOptions options;
  options.strip = true;
  EXPECT_LE(link_bytes({object}, options).size(), link_bytes({object}).size());
}

TEST(Targets, EachPassAlone) {
  const Bytes object = basic_object(64);
  bool OptimizeOptions::*const passes[] = {
      &OptimizeOptions::reachability,    &OptimizeOptions::jump_threading,       &OptimizeOptions::constants, &OptimizeOptions::dead_code,
      &OptimizeOptions::share_constants, &OptimizeOptions::merge_identical_code, &OptimizeOptions::reorder};
  for (bool OptimizeOptions::*const pass : passes) {
    LinkOptions alone;
    alone.optimize = OptimizeOptions::none();
    alone.optimize.*pass = true;
    expect_as_native(link_bytes({object}, alone));
    LinkOptions without;
    without.optimize.*pass = false;
    expect_as_native(link_bytes({object}, without));
  }
}

TEST(Targets, MemsetAndSbrkWhereTheyExist) {
  const std::string text = export_of("main") + ".text\nmain: .word 0x0005150b\nret\n";
  EXPECT_NE(Guest(link_bytes({assemble(text)})).call("main", {100}), 0U);
  LinkOptions options;
  options.semantics = ref::Semantics::jam_1;
  EXPECT_THROW(link_bytes({assemble(text)}, options), std::runtime_error);
}

}  // namespace
}  // namespace pvm::link::test
