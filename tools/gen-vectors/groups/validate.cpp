// SPDX-License-Identifier: Apache-2.0 OR MIT
// Configurations that a version doesn't have, the order of the checks, and the code check of jam-1.
#include "groups.hpp"
#include "sample_blob.hpp"

namespace pvm::gen {

using conformance::Config;
using ref::Container;
using ref::GasModel;
using ref::Metering;
using ref::Reason;

namespace {

void configurations(Group& g) {
  const Bytes polkavm = builder::polkavm_container(sample_container(g.version));
  const Bytes raw = builder::raw_container(sample_code(g.version));
  const Bytes standard = builder::standard_container({.ro_data = {},
                                                      .rw_data = {},
                                                      .heap_pages = 0,
                                                      .stack_size = 0,
                                                      .program = raw,
                                                      .ro_length = {},
                                                      .rw_length = {},
                                                      .program_length = {}});
  const auto config = [&](const std::string& what, const char* why, bool fine, const std::function<void(Config&)>& change) {
    CaseBuilder& c = g.add("version.select." + what, why, {"version.select"}).container(Container::raw, raw).config(change);
    if (fine) c.run().expect_halt();
    if (!fine) c.expect_rejected(Reason::bad_configuration);
  };
  const bool gp = g.is_graypaper();
  config("flat_1", "flat-1 exists in the PolkaVM versions.", !gp, [](Config& c) { c.gas_model = GasModel::flat_1; });
  config("pipeline_1", "pipeline-1 exists in rv32-1, rv64-1 and jam-1.", g.has_pipeline(),
         [](Config& c) { c.gas_model = GasModel::pipeline_1; });
  config("instruction_1", "instruction-1 exists in graypaper-0.7.2.", gp, [](Config& c) { c.gas_model = GasModel::instruction_1; });
  config("memory_cost_0", "A load that costs nothing isn't a model.", false, [](Config& c) {
    c.gas_model = GasModel::pipeline_1;
    c.memory_cost = 0;
  });
  config("metering_none", "Metering may be off.", true, [gp](Config& c) {
    c.metering = Metering::none;
    c.gas_model = gp ? GasModel::instruction_1 : GasModel::flat_1;
  });
  config("metering_async", "Asynchronous metering exists in the PolkaVM versions.", !gp, [gp](Config& c) {
    c.metering = Metering::async;
    c.gas_model = gp ? GasModel::instruction_1 : GasModel::flat_1;
  });
  config("arguments", "Arguments belong to the standard container.", false, [](Config& c) { c.arguments = {1}; });
  config("aux", "Auxiliary data belongs to mapped memory.", !gp, [](Config& c) { c.aux_size = 4096; });
  config("aux_and_paging", "Auxiliary data belongs to mapped memory.", false, [](Config& c) {
    c.aux_size = 4096;
    c.dynamic_paging = true;
  });
  config("paging", "Paged memory is a choice, or the only choice.", true, [](Config& c) { c.dynamic_paging = true; });
  config("strict", "Strict loading may be asked for, or has no effect.", true, [](Config& c) { c.strict = true; });
  const auto container = [&](Container kind, const Bytes& bytes, bool fine) {
    CaseBuilder& c =
        g.add("version.select.container_" + std::string(ref::name_of(kind)), "Each version has its containers.", {"version.select"})
            .container(kind, bytes);
    if (fine) c.run().expect(Status::halt);
    if (!fine) c.rejected();
  };
  container(Container::raw, raw, true);
  container(Container::polkavm, polkavm, !gp);
  container(Container::standard, standard, gp);
}

void reject_order(Group& g) {
  const auto add = [&](const char* what, const char* why, const std::function<void(builder::PolkavmContainer&)>& change,
                       const std::function<void(Config&)>& config, Reason reason) {
    builder::PolkavmContainer container = sample_container(g.version);
    change(container);
    g.add(std::string("reject.order.") + what, why, {"reject.order"})
        .container(Container::polkavm, builder::polkavm_container(container))
        .config(config)
        .expect_rejected(reason);
  };
  const auto nothing = [](Config&) {};
  const u8 other = static_cast<u8>((builder::blob_version_of(g.version) + 1) % 4);
  const auto too_large = [](builder::PolkavmContainer& c) {
    section_of(c, 1)->content = builder::memory_config_section(0xffffffff, 6, 8192).content;
  };
  const bool gp = g.is_graypaper();
  add(
      "decode_before_version", "A fault of the container comes before the version.",
      [&](builder::PolkavmContainer& c) {
        c.version = other;
        c.has_end_marker = false;
      },
      nothing, Reason::truncated);
  add(
      "version_before_configuration", "The version comes before the configuration.",
      [&](builder::PolkavmContainer& c) { c.version = other; }, [](Config& c) { c.arguments = {1}; }, Reason::version_mismatch);
  if (gp) return;
  add(
      "version_before_page_size", "The version comes before the page size.", [&](builder::PolkavmContainer& c) { c.version = other; },
      [](Config& c) { c.page_size = 3000; }, Reason::version_mismatch);
  add(
      "configuration_before_page_size", "The configuration comes before the page size.", [](builder::PolkavmContainer&) {},
      [](Config& c) {
        c.arguments = {1};
        c.page_size = 3000;
      },
      Reason::bad_configuration);
  add(
      "page_size_before_map", "The page size comes before the memory map.", too_large, [](Config& c) { c.page_size = 3000; },
      Reason::bad_page_size);
  add(
      "map_before_strict", "The memory map comes before the strict checks.",
      [&](builder::PolkavmContainer& c) {
        too_large(c);
        section_of(c, 5)->content = hex("01 0a 01 61");
      },
      [](Config& c) { c.strict = true; }, Reason::memory_too_large);
  add(
      "import_before_table", "Strict: imports come before the jump table.",
      [&](builder::PolkavmContainer& c) {
        section_of(c, 4)->content = hex("01 ff000000 61");
        CodeBlob blob = sample_code(g.version);
        blob.jump_table = {10};
        *section_of(c, 6) = builder::code_section(blob);
      },
      [](Config& c) { c.strict = true; }, Reason::invalid_import);
  add(
      "table_before_export", "Strict: the jump table comes before exports.",
      [&](builder::PolkavmContainer& c) {
        section_of(c, 5)->content = hex("01 0a 01 61");
        CodeBlob blob = sample_code(g.version);
        blob.jump_table = {10};
        *section_of(c, 6) = builder::code_section(blob);
      },
      [](Config& c) { c.strict = true; }, Reason::jump_table_entry_out_of_range);
  if (g.is_jam())
    add(
        "strict_before_code", "The strict checks come before the code.",
        [&](builder::PolkavmContainer& c) {
          section_of(c, 5)->content = hex("01 0a 01 61");
          CodeBlob blob = sample_code(g.version);
          blob.code[3] = 0xff;
          *section_of(c, 6) = builder::code_section(blob);
        },
        [](Config& c) { c.strict = true; }, Reason::export_out_of_range);
}

// Code that only jam-1 refuses; the other versions load it, so that its end shows as an ordinary exit.
void code_checks(Group& g) {
  const auto add = [&](const std::string& what, const std::string& why, const std::string& code, std::optional<Reason> reason) {
    CaseBuilder& c = g.add("validate.code." + what, why, {g.is_jam() ? "validate.code" : "block.extent"})
                         .reg("a1", 1)
                         .code("ret;" + code)
                         .run()
                         .expect_halt();
    if (reason) c.jam_rejects(*reason);
  };
  add("good", "Code that ends with a jump.", "load_imm a0, 1; jump 0", std::nullopt);
  add("ends_in_trap", "Code may end with a trap.", "trap", std::nullopt);
  add("ends_in_jump_indirect", "Code may end with jump_indirect.", "jump_indirect a0, 0", std::nullopt);
  add("ends_in_call", "Code may end with load_imm_and_jump.", "load_imm_and_jump a0, 1, 0", std::nullopt);
  add("ends_in_indirect_call", "Code may end with load_imm_and_jump_indirect.", "load_imm_and_jump_indirect a0, a1, 1, 0", std::nullopt);
  add("bad_jump_target", "Where jumps lead isn't looked at.", "jump 1000", std::nullopt);
  add("ends_in_fallthrough", "Code may not end with fallthrough.", "fallthrough", Reason::falls_off_end);
  add("ends_in_branch", "Code may not end with a branch.", "branch_eq a0, a1, 0", Reason::falls_off_end);
  add("ends_in_ecalli", "Code may not end with a host call.", "ecalli 1", Reason::falls_off_end);
  add("ends_in_load_imm", "Code may not end with an instruction that falls through.", "load_imm a0, 1", Reason::falls_off_end);
  add("ends_in_store", "Code may not end with a store.", "store_u8 a0, 0x30000", Reason::falls_off_end);
  add("unreachable_invalid", "Code that is never reached is checked too.", ".raw ff; trap", Reason::invalid_opcode);
  add("last_invalid", "The last instruction is checked too.", "load_imm a0, 1; .raw ff", Reason::invalid_opcode);
  add("gap_behind_trap", "A gap of more than 24 bytes behind an instruction that can't fall through.", ".raw 00 00*25; trap",
      Reason::gap_too_long);
  add("gap_behind_jump", "The same behind a jump.", ".raw 28 00*25; trap", Reason::gap_too_long);
  add("gap_behind_load_imm", "The same behind an instruction that can.", ".raw 33 07 00*24; trap", Reason::gap_too_long);
  add("longest_gap", "24 bytes are fine.", ".raw 00 00*24; trap", std::nullopt);
  add("gap_at_end", "A last trap with 24 bytes behind it.", ".raw 00 00*24", std::nullopt);
  add("gap_at_end_too_long", "A last trap with 25 bytes behind it.", ".raw 00 00*25", Reason::gap_too_long);
  add("gap_at_end_load_imm", "A last load_imm with 23 further bytes: the end is reached.", ".raw 33 07 00*23", Reason::falls_off_end);
  add("invalid_before_gap", "At one instruction the opcode is checked before the gap.", ".raw ff 00*30", Reason::invalid_opcode);
  add("first_fault_counts", "The first faulty instruction counts.", ".raw 00 00*30; .raw ff", Reason::gap_too_long);
  for (const u32 byte : {2U, 3U, 56U, 101U, 111U, 112U, 255U}) {
    const bool valid = isa::ops_by_opcode[static_cast<std::size_t>(g.version)][byte] != isa::Op::invalid;
    add("opcode_" + std::to_string(byte), "Which opcodes exist.",
        ".raw " + conformance::hex_bytes(Bytes{static_cast<u8>(byte)}) + " 77; trap",
        valid ? std::nullopt : std::optional(Reason::invalid_opcode));
  }
}

}  // namespace

void define_validate(Group& g) {
  configurations(g);
  reject_order(g);
  code_checks(g);
}

}  // namespace pvm::gen
