// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random files of the foreign dialects, in the form that their own writers give them.
#pragma once

#include "fixtures.hpp"
#include "pvm/conformance/json_reader.hpp"

namespace pvm::conformance::testing {

inline u64 random_u64() {
  return *rc::gen::oneOf(rc::gen::arbitrary<u64>(), rc::gen::element(~u64{0}, u64{1} << 63, (u64{1} << 53) + 1));
}

inline Json random_registers() {
  Json registers = Json::array();
  for (int reg = 0; reg < 13; ++reg) registers.push_back(random_u64());
  return registers;
}

/// Ascending disjoint chunks; `lowest_byte` 1 leaves zeros out.
inline Json random_chunks(int lowest_byte) {
  Json chunks = Json::array();
  u32 address = 0x20000;
  for (int count = *rc::gen::inRange(0, 4); count > 0; --count) {
    Json contents = Json::array();
    for (int length = *rc::gen::inRange(1, 6); length > 0; --length) contents.push_back(*rc::gen::inRange(lowest_byte, 256));
    const u32 gap = *rc::gen::inRange(1u, 8u);
    const u32 length = static_cast<u32>(contents.size());
    chunks.push_back({{"address", address + gap}, {"contents", std::move(contents)}});
    address += gap + length;
  }
  return chunks;
}

/// An object with one member.
inline Json tagged(const char* tag, Json content) {
  Json json = Json::object();
  json[tag] = std::move(content);
  return json;
}

inline Json random_page() {
  return {{"address", *rc::gen::inRange(16u, 100u) * 4096},
          {"length", *rc::gen::inRange(1u, 4u) * 4096},
          {"is-writable", *rc::gen::arbitrary<bool>()}};
}

inline Json random_program() {
  Json program = Json::array();
  for (const u8 byte : *rc::gen::resize(10, rc::gen::arbitrary<Bytes>())) program.push_back(byte);
  return program;
}

inline std::string random_name() {
  return "case " + std::to_string(*rc::gen::arbitrary<u32>());
}

inline rc::Gen<Json> random_flat_file() {
  return rc::gen::exec([] {
    Json file;
    file["name"] = random_name();
    file["initial-regs"] = random_registers();
    file["initial-pc"] = *rc::gen::arbitrary<u32>();
    file["initial-page-map"] = Json::array();
    for (int count = *rc::gen::inRange(0, 3); count > 0; --count) file["initial-page-map"].push_back(random_page());
    file["initial-memory"] = random_chunks(0);
    file["initial-gas"] = random_u64();
    file["program"] = random_program();
    file["expected-status"] = *rc::gen::element<std::string>("halt", "panic", "trap", "page-fault", "oog", "host");
    file["expected-regs"] = random_registers();
    file["expected-pc"] = *rc::gen::arbitrary<u32>();
    file["expected-memory"] = random_chunks(1);
    file["expected-gas"] = random_u64();
    if (file["expected-status"] == "page-fault") file["expected-page-fault-address"] = *rc::gen::arbitrary<u32>();
    return file;
  });
}

inline Json random_assert() {
  Json content = Json::object();
  if (*rc::gen::arbitrary<bool>()) {
    content["status"] = *rc::gen::element<std::string>("panic", "halt", "page-fault", "out-of-gas", "ecalli");
    if (content["status"] == "page-fault") content["page-fault-address"] = *rc::gen::arbitrary<u32>();
    if (content["status"] == "ecalli") content["hostcall"] = *rc::gen::arbitrary<u32>();
  }
  if (*rc::gen::arbitrary<bool>()) content["gas"] = *rc::gen::arbitrary<i64>();
  if (*rc::gen::arbitrary<bool>()) content["pc"] = *rc::gen::arbitrary<u32>();
  if (*rc::gen::arbitrary<bool>()) content["regs"] = random_registers();
  Json memory = random_chunks(0);
  if (content.contains("regs") || !memory.empty()) content["memory"] = std::move(memory);
  return tagged("assert", std::move(content));
}

inline Json random_set_reg() {
  return tagged("set-reg", {{"reg", *rc::gen::inRange(0, 13)}, {"value", random_u64()}});
}

inline Json random_stepped_step() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0: return tagged("map", random_page());
    case 1: return tagged("write", {{"address", *rc::gen::arbitrary<u32>()}, {"contents", {1, 2, 3}}});
    case 2: return random_set_reg();
    case 3: return random_assert();
    default: return tagged("run", Json::object());
  }
}

inline rc::Gen<Json> random_stepped_file() {
  return rc::gen::exec([] {
    Json file;
    file["name"] = random_name();
    file["initial-pc"] = *rc::gen::arbitrary<u32>();
    file["initial-gas"] = *rc::gen::arbitrary<i64>();
    file["program"] = random_program();
    // Preparation in the generator's order, then anything.
    Json steps = Json::array();
    for (int count = *rc::gen::inRange(0, 3); count > 0; --count) steps.push_back(tagged("map", random_page()));
    const Json chunks = random_chunks(0);
    for (const Json& chunk : chunks) steps.push_back(tagged("write", chunk));
    for (int count = *rc::gen::inRange(0, 3); count > 0; --count) steps.push_back(random_set_reg());
    steps.push_back(tagged("run", Json::object()));
    for (int count = *rc::gen::inRange(0, 8); count > 0; --count) steps.push_back(random_stepped_step());
    file["steps"] = std::move(steps);
    file["block-gas-costs"] = Json::array();
    for (u32 pc = 0; pc < *rc::gen::inRange(0u, 4u); ++pc) {
      file["block-gas-costs"].push_back({{"pc", pc * 7}, {"cost", *rc::gen::inRange(0, 1000)}});
    }
    return file;
  });
}

}  // namespace pvm::conformance::testing
