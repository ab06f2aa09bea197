// SPDX-License-Identifier: Apache-2.0 OR MIT
// Writes the seeds of every fuzz target: small, valid inputs to begin with.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

#include "pvm/builder/assemble.hpp"
#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/manifest.hpp"
#include "pvm/conformance/protocol.hpp"

namespace {

using namespace pvm;
using builder::Bytes;
using ref::Semantics;
using ref::u32;
using ref::u8;

constexpr std::string_view programs[] = {
    "trap",
    "load_imm a0, 5; ret",
    "ecalli 3; fallthrough; ecalli -1:2; trap",
    "load_imm a0, 10; fallthrough; loop:; add_imm_32 a1, a1, 3; add_imm_32 a0, a0, -1; branch_not_eq_imm a0, 0, loop; ret",
    "load_imm a0, 0x30000; store_imm_indirect_u32 a0, 4, 77; load_indirect_u8 a1, a0, 4; store_indirect_u16 a1, a0, 4094; ret",
    "jump over; f:; add_32 a0, a0, a0; jump_indirect t0, 0; over:; load_imm t0, &back; load_imm a1, &f; load_imm_and_jump_indirect t1, a1, "
    "1, 0; back:; ret",
    "div_signed_32 a0, a1, a2; rem_unsigned_32 a0, a0, a1; shift_logical_left_32 a0, a0, a1; cmov_if_zero a0, a1, a2; trap",
    ".raw 33 07 05; .raw c8 ed 19; .unmarked 00*30; trap",
};
constexpr std::string_view memory_programs[] = {
    "load_imm a0, 0x30000; load_imm a1, 0xab; load_imm a2, 100; memset; sbrk a3, a2; ret",
    "load_imm a0, 0x23ff0; load_imm a2, 64; memset; trap",
};

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string with_tag(u8 tag, std::string_view text) {
  return std::string(1, static_cast<char>(tag)) + std::string(text);
}

builder::CodeBlob assembled(Semantics version, std::string_view text) {
  auto blob = builder::assemble(version, text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    std::cerr << "make-fuzz-seeds: " << *error << '\n';
    std::exit(1);
  }
  return std::get<builder::CodeBlob>(std::move(blob));
}

// Input of fuzz-blob.
void write_blobs(const std::filesystem::path& root, Semantics version, const std::string& name, const builder::CodeBlob& blob, u8 flags) {
  const u8 tag = static_cast<u8>(version);
  write(root / "blob" / (name + "-raw"), std::string{static_cast<char>(tag), 1, static_cast<char>(flags)} + text_of(raw_container(blob)));
  if (ref::is_graypaper(version)) {
    builder::StandardContainer standard;
    standard.ro_data = {1, 2, 3};
    standard.rw_data = {4, 5};
    standard.heap_pages = 1;
    standard.stack_size = 4096;
    standard.program = raw_container(blob);
    write(root / "blob" / (name + "-standard"), std::string{static_cast<char>(tag), 2, 0} + text_of(standard_container(standard)));
    return;
  }
  builder::ProgramParts parts;
  parts.blob = blob;
  parts.ro_size = 100;
  parts.rw_size = 5000;
  parts.stack_size = 4096;
  parts.ro_data = {1, 2, 3};
  parts.rw_data = {4, 5};
  parts.imports = {"first", "second"};
  parts.exports = {{0, "main"}};
  write(root / "blob" / (name + "-polkavm"),
        std::string{static_cast<char>(tag), 0, static_cast<char>(flags)} + text_of(polkavm_container(polkavm_parts(version, parts))));
}

// Input of fuzz-engine_blob is that of fuzz-blob, with a byte more under pipeline-1.
void write_engine_blobs(const std::filesystem::path& root) {
  for (const auto& entry : std::filesystem::directory_iterator(root / "blob")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if ((text[2] & 16) != 0) text.insert(3, 1, 24);
    write(root / "engine_blob" / entry.path().filename(), text);
  }
}

// Input of fuzz-differential and fuzz-api is any bytes: decisions.
void write_decisions(const std::filesystem::path& root) {
  std::mt19937_64 random(20240917);  // The same numbers everywhere: the standard says which.
  for (u32 number = 0; number < 12; ++number) {
    std::string text(300 + 100 * number, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    write(root / "differential" / ("random-" + std::to_string(number)), text);
    for (char& byte : text) byte = static_cast<char>(random());
    write(root / "api" / ("random-" + std::to_string(number)), text);
  }
}

// Input of fuzz-run.
void write_run(const std::filesystem::path& root, Semantics version, const std::string& name, const builder::CodeBlob& blob, u8 flags) {
  std::string text = {static_cast<char>(version), static_cast<char>(flags), 0, static_cast<char>(0xe8), 3};
  text += std::string("\x00\x00\x02\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00", 24);
  text += std::string("\x3f\x01", 2);
  for (std::size_t place = 0; place < blob.code.size(); ++place) {
    text += static_cast<char>(blob.code[place]);
    text += static_cast<char>(blob.bitmask[place / 8] >> (place % 8) & 1);
  }
  write(root / "run" / name, text);
}

conformance::Case example_case(std::string_view what) {
  conformance::Case c;
  c.id = "jam-1/fuzz." + std::string(what);
  c.semantics = Semantics::jam_1;
  c.why = "A seed.";
  c.clauses = {"control.trap"};
  c.program.container = ref::Container::raw;
  c.config.dynamic_paging = true;
  c.program.bytes = raw_container(assembled(Semantics::jam_1, "load_imm a0, 7; store_u8 a0, 0x20000; ecalli 1; trap"));
  conformance::Execution execution;
  execution.pre.pc = 0;
  execution.pre.gas = 100;
  c.config.gas_model = ref::GasModel::pipeline_1;
  execution.pre.pages = {{0x10000, 4096, false}};
  execution.steps = {conformance::RunStep{},
                     conformance::MapStep{0x20000, 4096, true, true},
                     conformance::SetGasStep{50},
                     conformance::SetRegStep{7, ~0ull},
                     conformance::RunStep{},
                     conformance::RunStep{},
                     conformance::ReadStep{0x20000, 2, true, {}}};
  c.body = execution;
  return c;
}

conformance::Case filled(conformance::Case c) {
  if (const auto error = fill_expectations(c)) std::cerr << "make-fuzz-seeds: " << *error << '\n';
  return c;
}

void write_json(const std::filesystem::path& root) {
  conformance::Case run = filled(example_case("run"));
  conformance::Case refused = example_case("refused");
  refused.config = {};
  refused.program.bytes = {0, 0, 1, 1};
  refused.body = conformance::Rejected{};
  refused = filled(refused);
  conformance::Case costs = example_case("costs");
  costs.config.dynamic_paging = false;
  costs.body = conformance::BlockCosts{{0, 0}};
  costs = filled(costs);
  conformance::VectorFile file{Semantics::jam_1, "fuzz", {run, refused, costs}};
  const std::string text = print_file(file);
  write(root / "json" / "three-cases", text);
  file.cases.clear();
  write(root / "json" / "empty", print_file(file));

  conformance::Manifest manifest{"1.0.0", "1.0.0", {}, {{"jam-1/fuzz.gone", "It was wrong."}}};
  file.cases = {run, refused, costs};
  manifest.files = {describe_file(file, "vectors/jam-1/fuzz.json", text)};
  write(root / "manifest" / "manifest", with_tag(1, print_manifest(manifest)));
  write(root / "manifest" / "release", with_tag(0, print_release(release_of(manifest))));

  write(root / "reply" / "hello", with_tag(0, hello_reply(conformance::ref_hello())));
  const std::string zeros = R"("regs":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"])";
  write(root / "reply" / "run", with_tag(1, R"({"seq":1,"steps":[{"status":"trap","pc":3,"next_pc":null,"gas":"0x5",)" + zeros +
                                                R"(,"memory":[]},{"ok":true},{"ok":true,"bytes":"0000"}]})"));
  write(root / "reply" / "rejected", with_tag(1, R"({"seq":1,"rejected":{"phase":"decode","reason":"truncated"}})"));
  write(root / "reply" / "error", with_tag(1, conformance::error_reply(1, "no")));
  write(root / "reply" / "costs", with_tag(2, R"({"seq":1,"block_costs":[{"pc":0,"cost":"0x2"},{"pc":3,"cost":"0x1"}]})"));
  write(root / "reply" / "trace", with_tag(3, R"({"seq":1,"trace":[{"pc":0,"gas":"-0x1",)" + zeros + "}]}"));
  write(root / "reply" / "request", with_tag(4, run_request(1, run)));
  write(root / "reply" / "trace-request", with_tag(4, trace_request(2, run, 10)));

  for (const auto dialect : {conformance::Dialect::a, conformance::Dialect::c}) {
    const auto result = export_cases(dialect, {run, costs});
    for (const auto& exported : result.files) {
      write(root / "dialect" / (std::string(name_of(dialect)) + "-" + exported.name), with_tag(static_cast<u8>(dialect), exported.text));
    }
  }
  write(
      root / "dialect" / "a-example",
      with_tag(
          0,
          R"({"name":"add","initial-regs":[0,0,0,0,0,0,0,1,2,0,0,0,0],"initial-pc":0,"initial-page-map":[{"address":131072,"length":4096,"is-writable":true}],)"
          R"("initial-memory":[{"address":131072,"contents":[1,2]}],"initial-gas":10000,"program":[0,0,3,190,135,9,1],"expected-status":"panic",)"
          R"("expected-regs":[0,0,0,0,0,0,0,1,2,3,0,0,0],"expected-pc":0,"expected-memory":[{"address":131072,"contents":[1,2]}],"expected-gas":9998})"));
  write(root / "dialect" / "b-example", with_tag(1, R"({"name":"trap","program":[0,0,1,0,1],"block-gas-costs":{"0":2}})"));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make-fuzz-seeds DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path root = argv[1];
  for (const Semantics version : ref::all_semantics) {
    u32 number = 0;
    const auto both = [&](std::string_view text) {
      const std::string name = std::string(name_of(version)) + "-" + std::to_string(number);
      const auto blob = assembled(version, text);
      if (number % 3 == 0) write_blobs(root, version, name, blob, static_cast<u8>(number));
      write_run(root, version, name, blob, static_cast<u8>(number % 8));
      ++number;
    };
    for (const std::string_view text : programs) both(text);
    if (builder::opcode_of(version, isa::Op::memset)) {
      for (const std::string_view text : memory_programs) both(text);
    }
  }
  write_json(root);
  write_engine_blobs(root);
  write_decisions(root);
}
