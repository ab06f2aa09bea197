// SPDX-License-Identifier: Apache-2.0 OR MIT
// Target protocol 1 from both sides, and hostile replies.
#include "pvm/conformance/protocol.hpp"

#include "fixtures.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/json_reader.hpp"
#include "random_case.hpp"

namespace pvm::conformance {
namespace {

using testing::expect_error;
using testing::expect_value;

Case filled_case() {
  Case c = testing::fault_case();
  EXPECT_EQ(fill_expectations(c), std::nullopt);
  return c;
}

Comparison through_protocol(const Case& c) {
  const std::string reply = answer(run_request(5, c)).value_or("");
  EXPECT_EQ(reply.find('\n'), std::string::npos);
  return compare(c, expect_value(parse_reply(reply, 5, c)));
}

TEST(Protocol, ref_passes_its_own_cases) {
  for (Case c : {testing::fault_case(), testing::blocks_case(), testing::rejected_case()}) {
    ASSERT_EQ(fill_expectations(c), std::nullopt);
    EXPECT_EQ(through_protocol(c), Comparison{}) << c.id;
  }
}

TEST(Protocol, a_request_has_the_whole_state_and_no_expectation) {
  const std::string regs = R"(["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x1234","0x0","0x0","0x0","0x0","0x0"])";
  EXPECT_EQ(run_request(5, filled_case()),
            R"({"run":{"seq":5,"id":"rv64-1/test.fault","semantics":"rv64-1","config":{"page_size":4096,"aux_size":0,)"
            R"("dynamic_paging":true,"strict":false,"gas_model":"flat-1","memory_cost":25,"metering":"sync","arguments":""},)"
            R"("program":{"container":"raw","bytes":"0000063b070000020021"},"pre":{"pc":0,"gas":"0x3b9aca00","regs":)" +
                regs +
                R"(,"pages":[],"memory":[]},"steps":[{"do":"run"},{"do":"map","address":"0x20000","length":4096,"writable":true},)"
                R"({"do":"run","read":[{"address":"0x20000","length":1}]}]}})");
  Case blocks = testing::blocks_case();
  EXPECT_TRUE(run_request(6, blocks).ends_with(R"("block_costs":[0]}})"));
}

TEST(Protocol, standard_programs_may_leave_the_registers_to_the_loader) {
  Case c = testing::fault_case();
  c.program.container = ref::Container::standard;
  std::get<Execution>(c.body).pre.regs.reset();
  EXPECT_EQ(run_request(1, c).find("\"regs\""), std::string::npos);
  expect_value(parse_request(run_request(1, c)));
}

TEST(Protocol, hello) {
  EXPECT_EQ(hello_request(), R"({"hello":{"protocol":1}})");
  const Hello hello = expect_value(parse_hello(answer(hello_request()).value_or("")));
  EXPECT_EQ(hello, ref_hello());
  EXPECT_TRUE(can_trace(hello));
  EXPECT_EQ(unsupported_reason(hello, filled_case()), std::nullopt);
  EXPECT_EQ(unsupported_reason(Hello{1, "x", "1", {"jam-1"}, {}}, filled_case()), "semantics rv64-1");
  EXPECT_EQ(unsupported_reason(Hello{1, "x", "1", {"rv64-1"}, {"raw", "flat-1"}}, filled_case()), "dynamic_paging");
  for (const char* line :
       {"", "{}", "[]", R"({"hello":{}})", R"({"hello":{"protocol":2,"name":"","version":"","semantics":[],"features":[]}})",
        R"({"hello":{"protocol":1,"name":1,"version":"","semantics":[],"features":[]}})",
        R"({"hello":{"protocol":1,"name":"","version":"","semantics":[],"features":[]},"x":1})"}) {
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse_hello(line))) << line;
  }
}

TEST(Protocol, bye_ends) {
  EXPECT_EQ(bye_request(), R"({"bye":{}})");
  EXPECT_EQ(answer(bye_request()), std::nullopt);
}

TEST(Protocol, bad_requests_are_answered_with_an_error) {
  EXPECT_EQ(answer("{\"run\":{\"seq\":7}}"), R"({"seq":7,"error":"request: /run: lacks member \"id\""})");
  for (const char* line :
       {"", "\xff", "{}", "[]", R"({"run":{},"bye":{}})", R"({"run":{"seq":-1}})", R"({"jump":{}})", R"({"hello":{"protocol":9}})"}) {
    const std::string reply = answer(line).value_or("ended");
    EXPECT_TRUE(reply.starts_with("{\"error\":")) << line << " " << reply;
  }
}

TEST(Protocol, traces) {
  const Case c = filled_case();
  const auto trace = expect_value<std::vector<TraceEntry>>(parse_trace_reply(answer(trace_request(3, c, 2)).value_or(""), 3));
  ASSERT_EQ(trace.size(), 2u);
  EXPECT_EQ(trace[1].pc, 0u);
  EXPECT_EQ(trace[1].gas, ample_gas - 2);
  EXPECT_TRUE(std::holds_alternative<TargetError>(parse_trace_reply(error_reply(3, "no"), 3)));
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_trace_reply(error_reply(4, "no"), 3)));
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_trace_reply(R"({"seq":3,"trace":[{}]})", 3)));
}

TEST(Protocol, replies_that_do_not_answer_the_request_are_errors) {
  const Case c = filled_case();
  const std::string good = answer(run_request(5, c)).value_or("");
  EXPECT_EQ(expect_error(parse_reply(good, 6, c)).place, "/seq");
  for (const char* line : {
           "",
           "ok",
           "{}",
           "[]",
           R"({"seq":5})",
           R"({"seq":5,"steps":[]})",
           R"({"seq":5,"steps":[{},{"ok":true},{},{}]})",
           R"({"seq":5,"steps":[{},{"ok":1},{}]})",
           R"({"seq":5,"steps":[{},{"ok":true,"bytes":"00"},{}]})",
           R"({"seq":5,"steps":[{"status":"panic"},{"ok":true},{}]})",
           R"({"seq":5,"steps":[{"extra":1},{"ok":true},{}]})",
           R"({"seq":5,"steps":[{"regs":[1]},{"ok":true},{}]})",
           R"({"seq":5,"block_costs":[]})",
           R"({"seq":5,"steps":[{},{"ok":true},{}],"error":"x"})",
           R"({"seq":"5","error":"x"})",
           R"({"error":"x"})",
           R"({"seq":5,"rejected":{"why":"x"}})",
           R"({"seq":5,"rejected":{"reason":"ugly"}})",
       }) {
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse_reply(line, 5, c))) << line;
  }
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_reply(good + "{", 5, c)));
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_reply(std::string(max_line_bytes + 1, ' '), 5, c)));
}

TEST(Protocol, replies_may_leave_members_out) {
  const Case c = filled_case();
  const Outcome outcome = expect_value(parse_reply(R"({"seq":5,"steps":[{},{"ok":true},{"status":"trap"}]})", 5, c));
  EXPECT_EQ(compare(c, outcome).verdict, Verdict::fail);
  EXPECT_EQ(expect_value(parse_reply(R"({"seq":5,"error":"x"})", 5, c)), Outcome(TargetError{"x"}));
  EXPECT_EQ(expect_value(parse_reply(R"({"seq":5,"rejected":{}})", 5, c)), Outcome(Rejected{}));
}

TEST(Protocol, random_cases_reach_the_target_whole) {
  EXPECT_TRUE(rc::check([] {
    const Case c = *testing::random_case();
    const auto request = parse_request(run_request(9, c));
    if (const auto* error = std::get_if<ParseError>(&request)) RC_FAIL(to_text(*error));
    const Job& job = std::get<RunRequest>(std::get<Request>(request)).job;
    const Job sent = job_of(c);
    RC_ASSERT(job.steps == sent.steps);
    RC_ASSERT(job.program == sent.program);
    RC_ASSERT(job.pre.memory == sent.pre.memory);
    RC_ASSERT(job.pre.pc == sent.pre.pc);
    RC_ASSERT(job.config.page_size == sent.config.page_size);
    RC_ASSERT(job.config.gas_model == sent.config.gas_model);
  }));
}

TEST(Protocol, random_outcomes_reach_the_runner_whole) {
  EXPECT_TRUE(rc::check([] {
    Case c = testing::fault_case();
    StepResults results;
    std::vector<Step>& steps = std::get<Execution>(c.body).steps;
    steps.clear();
    for (int count = *rc::gen::inRange(0, 4); count > 0; --count) {
      results.push_back(*testing::random_post());
      steps.push_back(RunStep{});
    }
    const auto reply = parse_reply(run_reply(1, results), 1, c);
    if (const auto* error = std::get_if<ParseError>(&reply)) RC_FAIL(to_text(*error));
    RC_ASSERT(std::get<Outcome>(reply) == Outcome(results));
  }));
}

TEST(Protocol, any_bytes_are_survived) {
  const Case c = filled_case();
  const std::string request = run_request(5, c), reply = answer(request).value_or("");
  EXPECT_TRUE(rc::check([&](const std::string& bytes) {
    parse_hello(bytes);
    parse_reply(bytes, 5, c);
    parse_trace_reply(bytes, 5);
    RC_ASSERT(answer(bytes).has_value());
  }));
  EXPECT_TRUE(rc::check([&] {
    std::string damaged = *rc::gen::element(request, reply);
    const auto position = *rc::gen::inRange<std::size_t>(0, damaged.size());
    damaged[position] = *rc::gen::arbitrary<char>();
    parse_reply(damaged, 5, c);
    answer(damaged, {.max_steps = 1000, .trace = {}});
  }));
}

}  // namespace
}  // namespace pvm::conformance
