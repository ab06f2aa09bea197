// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random programs, valid and strange: assemble(disassemble(blob)) is the blob.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "support.hpp"

namespace pvm::assembly {
namespace {

using builder::CodeBlob;
using ref::Container;

// All choices of one program, from one number: programs are too long to be shrunk piece by piece.
class Dice {
 public:
  explicit Dice(u64 seed) : engine_(seed) {}

  /// least..most
  u64 number(u64 least, u64 most) { return std::uniform_int_distribution<u64>(least, most)(engine_); }
  bool one_in(u64 odds) { return number(1, odds) == 1; }
  template <typename T>
  T one_of(const std::vector<T>& values) {
    return values[number(0, values.size() - 1)];
  }
  Bytes bytes_of_size(std::size_t size) {
    Bytes bytes(size);
    for (u8& byte : bytes) byte = static_cast<u8>(number(0, 255));
    return bytes;
  }
  Bytes bytes(std::size_t most) { return bytes_of_size(number(0, most)); }

 private:
  std::mt19937_64 engine_;
};

isa::Op any_op(Dice& dice) {
  return static_cast<isa::Op>(dice.number(0, isa::op_count - 1));
}

// Bytes that are mostly opcodes of the version and small operands.
Bytes likely_code(Dice& dice, Semantics version, std::size_t size) {
  Bytes code;
  while (code.size() < size) {
    const isa::Op op = any_op(dice);
    if (dice.one_in(8) || !has_op(version, op)) {
      code.push_back(static_cast<u8>(dice.number(0, 255)));
    } else {
      code.push_back(*builder::opcode_of(version, op));
      builder::append(code, dice.bytes(dice.one_in(3) ? 12 : 5));
    }
  }
  return code;
}

void mark(CodeBlob& blob, std::size_t at) {
  blob.bitmask[at / 8] = static_cast<u8>(blob.bitmask[at / 8] | 1U << at % 8);
}

// Garbage with a random bitmask: dense, sparse or with long gaps.
CodeBlob garbage(Dice& dice, Semantics version) {
  CodeBlob blob;
  const std::size_t size = dice.number(0, 220);
  blob.code = dice.one_in(2) ? likely_code(dice, version, size) : dice.bytes_of_size(size);
  blob.bitmask.assign((blob.code.size() + 7) / 8, 0);
  const u64 odds = dice.one_of<u64>({1, 2, 4, 8, 40});
  for (std::size_t at = 0; at < blob.code.size(); ++at) {
    if (dice.one_in(odds)) mark(blob, at);
  }
  return blob;
}

builder::Operands any_operands(Dice& dice) {
  const auto number = [&] {
    const i64 value = static_cast<ref::i32>(static_cast<u32>(dice.number(0, 0xffffffff)));
    return dice.one_in(2) ? value : value % 300;
  };
  const auto reg = [&] { return static_cast<u8>(dice.number(0, 12)); };
  return {reg(), reg(), reg(), number(), number(), static_cast<u32>(dice.number(0, 400))};
}

builder::Lengths any_lengths(Dice& dice) {
  builder::Lengths lengths;
  if (dice.one_in(5)) lengths.first = static_cast<u8>(dice.number(0, 4));
  if (dice.one_in(5)) lengths.second = static_cast<u8>(dice.number(0, 4));
  return lengths;
}

// Instructions as an encoder makes them, some with longer immediates than they need.
CodeBlob sound(Dice& dice, Semantics version) {
  CodeBlob blob;
  std::vector<std::size_t> starts;
  for (u64 left = dice.number(1, 60); left > 0; --left) {
    const isa::Op op = any_op(dice);
    if (!has_op(version, op)) continue;
    const u32 pc = static_cast<u32>(blob.code.size());
    auto operands = any_operands(dice);
    if (!starts.empty() && dice.one_in(2)) operands.target = static_cast<u32>(dice.one_of(starts));
    auto bytes = builder::encode(version, op, operands, pc, any_lengths(dice));
    if (!bytes) bytes = builder::encode(version, op, operands, pc);
    if (!bytes) continue;
    starts.push_back(blob.code.size());
    builder::append(blob.code, *bytes);
  }
  if (version == Semantics::jam_1) {
    starts.push_back(blob.code.size());
    blob.code.push_back(0);
  }
  blob.bitmask.assign((blob.code.size() + 7) / 8, 0);
  for (const std::size_t at : starts) mark(blob, at);
  return blob;
}

CodeBlob any_code(Dice& dice, Semantics version) {
  CodeBlob blob = version == Semantics::jam_1 || dice.one_in(2) ? sound(dice, version) : garbage(dice, version);
  const u64 size = blob.code.size();
  for (u64 left = dice.number(0, 30); left > 0; --left) blob.jump_table.push_back(dice.number(0, size + 2));
  blob.entry_size = static_cast<u8>(dice.number(0, ref::is_graypaper(version) ? 12 : 4));
  return blob;
}

// A container's bytes of a number in one of its forms.
Bytes any_varint(Dice& dice, u32 value) {
  u32 extra = 0;
  while (extra < 4 && value >> (7 * (extra + 1)) != 0) ++extra;
  return builder::varint_of_length(value, dice.one_in(2) ? extra : static_cast<u32>(dice.number(extra, 4)));
}

Bytes strange_raw(Dice& dice, const CodeBlob& blob) {
  Bytes out = any_varint(dice, static_cast<u32>(blob.jump_table.size()));
  out.push_back(blob.entry_size);
  builder::append(out, any_varint(dice, static_cast<u32>(blob.code.size())));
  for (const u64 entry : blob.jump_table) builder::append_little_endian(out, entry, blob.entry_size);
  builder::append(out, blob.code);
  builder::append(out, blob.bitmask);
  return out;
}

std::string any_name(Dice& dice) {
  if (dice.one_in(2)) return dice.one_of<std::string>({"main", "a", "b::c", "12", "", "x y", "it's", "a//b", "_", "%raw", "q:", "a=b"});
  const Bytes bytes = dice.bytes(6);
  return std::string(bytes.begin(), bytes.end());
}

builder::Section exports_of(Dice& dice, const CodeBlob& blob) {
  std::vector<builder::ExportEntry> entries;
  std::vector<u32> places = {0, 77};
  for (u32 at = 0; at < blob.code.size(); ++at) {
    if ((blob.bitmask[at / 8] >> (at % 8) & 1) != 0) places.push_back(at);
  }
  for (u64 left = dice.number(0, 3); left > 0; --left) entries.push_back({dice.one_of(places), any_name(dice)});
  if (dice.one_in(2)) std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.symbol < b.symbol; });
  return builder::exports_section(entries);
}

void add_memory(Dice& dice, std::vector<builder::Section>& sections) {
  const Bytes ro = dice.bytes(70), rw = dice.bytes(40);
  if (dice.one_in(3)) {
    if (dice.one_in(2)) sections.push_back({builder::section_memory_config, {0, 0, 0}, {}});
    if (dice.one_in(2)) sections.push_back({builder::section_ro_data, {}, {}});
    return;
  }
  sections.push_back(builder::memory_config_section(ro.size(), rw.size() + 5, dice.one_of<u32>({0, 8192, 0xffffffff})));
  if (dice.one_in(4)) {
    Bytes& content = sections.back().content;
    content = any_varint(dice, static_cast<u32>(ro.size()));
    builder::append(content, any_varint(dice, static_cast<u32>(rw.size())));
    builder::append(content, any_varint(dice, 0));
  }
  if (dice.one_in(2)) sections.push_back({builder::section_ro_data, ro, {}});
  if (dice.one_in(2)) sections.push_back({builder::section_rw_data, rw, {}});
}

Bytes any_polkavm(Dice& dice, Semantics version, const CodeBlob& blob) {
  builder::PolkavmContainer container;
  container.version = builder::blob_version_of(version);
  auto& sections = container.sections;
  add_memory(dice, sections);
  if (dice.one_in(2)) {
    sections.push_back(builder::imports_section({any_name(dice), any_name(dice)}));
    if (dice.one_in(4)) sections.back().content = {1, 9, 0, 0, 0, 65};
  }
  if (dice.one_in(2)) {
    sections.push_back(exports_of(dice, blob));
    if (dice.one_in(4)) sections.back().content = dice.bytes(9);
  }
  sections.push_back({builder::section_code, dice.one_in(3) ? strange_raw(dice, blob) : builder::raw_container(blob), {}});
  while (dice.one_in(2)) sections.push_back({dice.one_of<u8>({128, 129, 130, 131, 200, 255}), dice.bytes(70), {}});
  for (builder::Section& section : sections) {
    if (dice.one_in(5)) section.length = any_varint(dice, static_cast<u32>(section.content.size()));
  }
  if (dice.one_in(4)) container.after_end = dice.bytes(5);
  return builder::polkavm_container(container);
}

Bytes any_standard(Dice& dice, const CodeBlob& blob) {
  builder::StandardContainer container;
  container.ro_data = dice.bytes(40);
  container.rw_data = dice.bytes(40);
  container.heap_pages = static_cast<u32>(dice.number(0, 20));
  container.stack_size = static_cast<u32>(dice.number(0, 9000));
  container.program = builder::raw_container(blob);
  return builder::standard_container(container);
}

struct Any {
  Bytes blob;
  ref::Config config;
};

Any any_program(Dice& dice) {
  Any any;
  any.config.semantics = ref::all_semantics[dice.number(0, 4)];
  const CodeBlob blob = any_code(dice, any.config.semantics);
  const bool is_graypaper = ref::is_graypaper(any.config.semantics);
  any.config.container = dice.one_in(3) ? Container::raw : is_graypaper ? Container::standard : Container::polkavm;
  switch (any.config.container) {
    case Container::raw: any.blob = is_graypaper ? builder::raw_container(blob) : strange_raw(dice, blob); break;
    case Container::standard: any.blob = any_standard(dice, blob); break;
    case Container::polkavm: any.blob = any_polkavm(dice, any.config.semantics, blob); break;
  }
  return any;
}

Dice any_dice() {
  return Dice(*rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<u64>()));
}

RC_GTEST_PROP(RoundTrip, CanonicalTextMakesTheSameBytes, ()) {
  Dice dice = any_dice();
  const Any any = any_program(dice);
  DisasmOptions options;
  options.show_raw_bytes = dice.one_in(2);
  options.show_gas = dice.one_in(2);
  const auto text = disassemble(any.blob, any.config, options);
  const bool is_accepted = std::holds_alternative<ref::Program>(load_to_inspect(any.blob, any.config));
  RC_ASSERT(std::holds_alternative<std::string>(text) == is_accepted);
  RC_CLASSIFY(is_accepted, "accepted");
  if (!is_accepted) return;
  const std::string& written = std::get<std::string>(text);
  RC_LOG() << written;
  const auto again = assemble(written);
  if (const auto* errors = std::get_if<std::vector<AsmError>>(&again)) RC_FAIL(to_text(*errors));
  RC_ASSERT(to_hex(std::get<Assembled>(again).blob) == to_hex(any.blob));
  RC_ASSERT(std::get<Assembled>(again).semantics == any.config.semantics);
  RC_ASSERT(std::get<Assembled>(again).container == any.config.container);
}

RC_GTEST_PROP(RoundTrip, ListingsWithBytesMakeTheSameCode, ()) {
  Any any;
  Dice dice = any_dice();
  any.config.semantics = ref::all_semantics[dice.number(0, 4)];
  const CodeBlob blob = sound(dice, any.config.semantics);
  any.config.container = Container::raw;
  any.blob = builder::raw_container(blob);
  DisasmOptions options;
  options.format = DisasmOptions::Format::listing;
  options.show_raw_bytes = true;
  const auto text = disassemble(any.blob, any.config, options);
  RC_ASSERT(std::holds_alternative<std::string>(text));
  const std::string written =
      "%isa = " + std::string(isa_name(any.config.semantics)) + "\n%container = raw\n" + std::get<std::string>(text);
  RC_LOG() << written;
  const auto again = assemble(written);
  if (const auto* errors = std::get_if<std::vector<AsmError>>(&again)) RC_FAIL(to_text(*errors));
  RC_ASSERT(to_hex(std::get<Assembled>(again).blob) == to_hex(any.blob));
}

// Any text ends in a program or in errors that point into it.
RC_GTEST_PROP(RoundTrip, AnyTextIsReadOrRefused, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a0", "a1", " = ", "=", "5", "-", "+", "0x", "@x", ":", "pub ", "\n", "jump ", " if ", "[", "]", "u8 ",
                                    "i32 ", ">>", "a2", "<u", "%raw = ", "%", "//", "'", "~", "(", ",", "tmp", "ecalli ", "invalid",
                                    "  3: ", "00 ", "%section 128 = ", "%bytes ", "\t", "\r", "@0 [@dyn 1]"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  const auto result = assemble(text);
  const auto* errors = std::get_if<std::vector<AsmError>>(&result);
  if (errors == nullptr) return;
  RC_ASSERT(!errors->empty());
  const auto lines = static_cast<u32>(std::count(text.begin(), text.end(), '\n') + 1);
  for (const AsmError& error : *errors) RC_ASSERT(error.line >= 1 && error.line <= lines && error.column >= 1 && !error.message.empty());
}

}  // namespace
}  // namespace pvm::assembly
