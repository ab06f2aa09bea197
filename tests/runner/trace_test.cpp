// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces in the formats that are in use, and the blank-line adapter.
#include "trace_formats.hpp"

#include <nlohmann/json.hpp>

#include "blank_line.hpp"
#include "pvm/conformance/json_io.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

// ecalli 5; store_u32 a0 at 0x20004; trap, with a host that reads and writes in between.
constexpr const char* host_call_case = R"({
  "id": "rv64-1/exit.host_call.traced", "why": "a host call, served, then a store", "clauses": ["exit.host_call"], "requires": ["raw", "dynamic_paging"],
  "config": {"dynamic_paging": true},
  "program": {"container": "raw", "bytes": "0000090a053d0704000200000501"},
  "disassembly": [],
  "pre": {"pc": 0, "gas": "0x64", "pages": [{"address": "0x20000", "length": 4096, "writable": true}], "memory": [{"address": "0x20000", "bytes": "0102"}]},
  "steps": [
    {"do": "run", "post": {"status": "host_call"}},
    {"do": "set_reg", "reg": 7, "value": "0x1122334455667788"},
    {"do": "read", "address": "0x20000", "length": 2, "ok": true, "bytes": "0102"},
    {"do": "write", "address": "0x20002", "bytes": "ff", "ok": true},
    {"do": "set_gas", "gas": "0x32"},
    {"do": "run", "post": {"status": "trap"}}
  ]})";

TracedCase traced_host_call() {
  auto c = conformance::parse_case(host_call_case, ref::Semantics::rv64_1, "test");
  if (const auto* error = std::get_if<conformance::ParseError>(&c)) {
    ADD_FAILURE() << conformance::to_text(*error);
    return {};
  }
  return trace_case(std::get<conformance::Case>(std::move(c)), 1000);
}

TEST(trace, text_shows_steps_and_exits) {
  const std::string text = trace_as_text(traced_host_call());
  EXPECT_NE(text.find("-- run\n"), std::string::npos) << text;
  EXPECT_NE(text.find("=> host_call, pc 0, next pc 2"), std::string::npos) << text;
  EXPECT_NE(text.find("-- set a0 to 0x1122334455667788\n"), std::string::npos) << text;
  EXPECT_NE(text.find("store 0x20004+4: 0x55667788"), std::string::npos) << text;
  EXPECT_NE(text.find("=> trap, pc 8, next pc none"), std::string::npos) << text;
}

TEST(trace, jip7_is_as_the_draft_says) {
  EXPECT_EQ(trace_as_jip7(traced_host_call()),
            "program 0x0000090a053d0704000200000501\n"
            "memwrite 0x20000 len=2 <- 0x0102\n"
            "start pc=0 gas=100\n"
            "ecalli=5 pc=0 gas=97\n"
            "setreg r07 <- 0x1122334455667788\n"
            "memread 0x20000 len=2 -> 0x0102\n"
            "memwrite 0x20002 len=1 <- 0xff\n"
            "setgas <- 50\n"
            "PANIC=0 pc=8 gas=50 r07=0x1122334455667788\n");
}

conformance::u64 value_at(const std::string& stream, std::size_t at, std::size_t bytes) {
  conformance::u64 value = 0;
  for (std::size_t index = bytes; index-- > 0;) value = value << 8 | static_cast<unsigned char>(stream.at(at + index));
  return value;
}

TEST(trace, streams_have_fixed_widths) {
  const TracedCase traced = traced_host_call();
  auto streams = trace_as_streams(traced);
  ASSERT_EQ(traced.steps.size(), 3U);
  EXPECT_EQ(streams.size(), 18U);
  EXPECT_EQ(streams["opcode"].size(), 3U);
  EXPECT_EQ(streams["loads"], std::string(36, '\0'));
  ASSERT_EQ(streams["stores"].size(), 36U);
  EXPECT_EQ(value_at(streams["stores"], 12, 4), 0x20004U);
  EXPECT_EQ(value_at(streams["stores"], 16, 8), 0x55667788U);
  EXPECT_EQ(value_at(streams["pc"], 16, 8), 8U);
  EXPECT_EQ(value_at(streams["r7"], 8, 8), 0x1122334455667788U);
  EXPECT_EQ(value_at(streams["gas"], 0, 8), 97U);
}

TEST(blank_line, overwrites_what_was_expected) {
  const std::string text = R"({"name": "add", "initial-regs": [0,0,0,0,0,0,0,0,18446744073709551615,2,0,0,0], "initial-pc": 0,
    "initial-page-map": [{"address": 131072, "length": 4096, "is-writable": true}], "initial-memory": [{"address": 131073, "contents": [7]}],
    "initial-gas": 10000, "program": [0,0,4,200,152,7,0,9], "expected-status": "halt", "expected-regs": [0,0,0,0,0,0,0,0,0,0,0,0,0],
    "expected-pc": 77, "expected-memory": [], "expected-gas": 1})";
  const auto answer = answer_blank_line(text, ref::Semantics::graypaper_0_7_2);
  ASSERT_TRUE(std::holds_alternative<std::string>(answer)) << conformance::to_text(std::get<conformance::ParseError>(answer));
  const auto json = nlohmann::json::parse(std::get<std::string>(answer));
  EXPECT_EQ(json["expected-status"], "panic");
  EXPECT_EQ(json["expected-regs"][7], 1);
  EXPECT_EQ(json["expected-regs"][8], 18446744073709551615U);
  EXPECT_EQ(json["expected-gas"], 9998);
  EXPECT_EQ(json["expected-pc"], 0);
  EXPECT_EQ(json["expected-memory"], nlohmann::json::parse(R"([{"address": 131073, "contents": [7]}])"));
  EXPECT_EQ(json["initial-gas"], 10000);
}

TEST(blank_line, refuses_what_is_no_case) {
  for (const char* text : {"", "[]", "{", "{\"name\": 1}"}) {
    EXPECT_TRUE(std::holds_alternative<conformance::ParseError>(answer_blank_line(text, ref::Semantics::graypaper_0_7_2))) << text;
  }
}

}  // namespace
}  // namespace pvm::runner
