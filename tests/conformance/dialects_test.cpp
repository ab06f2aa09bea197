// SPDX-License-Identifier: Apache-2.0 OR MIT
// Import and export of foreign vectors: nothing that a dialect can hold gets lost.
#include "pvm/conformance/dialects.hpp"

#include "fixtures.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/json_reader.hpp"
#include "pvm/conformance/ref_target.hpp"
#include "random_foreign.hpp"

namespace pvm::conformance {
namespace {

using testing::expect_error;
using testing::expect_value;

// load_imm a0, 5 in jam_v1 and everywhere: 51 07 05; then trap.
const char* const flat_file = R"({
  "name": "inst_Load imm/1", "initial-regs": [18446744073709551615, 9223372036854775808, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6],
  "initial-pc": 0, "initial-page-map": [{"address": 131072, "length": 4096, "is-writable": false}],
  "initial-memory": [{"address": 131072, "contents": [1, 0, 2]}, {"address": 131080, "contents": [9]}],
  "initial-gas": 10000, "program": [0, 0, 4, 51, 7, 5, 0, 9],
  "expected-status": "panic", "expected-regs": [18446744073709551615, 9223372036854775808, 0, 0, 0, 0, 0, 5, 2, 3, 4, 5, 6],
  "expected-pc": 3, "expected-memory": [{"address": 131072, "contents": [1]}, {"address": 131074, "contents": [2]}],
  "expected-gas": 18446744073709551615, "expected-page-fault-address": null})";

const char* const stepped_file = R"({
  "name": "sequence", "initial-pc": 0, "initial-gas": 10000, "program": [0, 0, 4, 51, 7, 5, 0, 9],
  "steps": [
    {"map": {"address": 65536, "length": 4096, "is-writable": false}},
    {"write": {"address": 65536, "contents": [1, 2]}},
    {"set-reg": {"reg": 12, "value": 18446744073709551615}},
    {"assert": {}},
    {"run": {}},
    {"assert": {"status": "panic", "gas": 9998, "pc": 3, "regs": [0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 18446744073709551615], "memory": []}},
    {"assert": {"memory": [{"address": 65536, "contents": [1, 2]}]}},
    {"map": {"address": 131072, "length": 4096, "is-writable": true}},
    {"write": {"address": 131072, "contents": [7]}},
    {"run": {}},
    {"run": {}},
    {"assert": {}}
  ],
  "block-gas-costs": [{"pc": 0, "cost": 2}]})";

std::vector<Case> import(Dialect dialect, const std::string& text, const ImportOptions& options = {}) {
  return expect_value(import_file(dialect, text, "file.json", options));
}

// The one file that cases are exported to.
ExportedFile export_one(Dialect dialect, const std::vector<Case>& cases, const ExportOptions& options = {}) {
  const ExportResult result = export_cases(dialect, cases, options);
  for (const NotExported& refused : result.refused) ADD_FAILURE() << refused.id << " " << name_of(refused.problem) << " " << refused.detail;
  EXPECT_EQ(result.files.size(), 1u);
  return result.files.empty() ? ExportedFile{} : result.files.front();
}

const Execution& execution_of(const Case& c) {
  return std::get<Execution>(c.body);
}
const Post& post_of(const Case& c, std::size_t step) {
  return std::get<RunStep>(execution_of(c).steps.at(step)).post.any_of.front();
}

TEST(DialectA, becomes_a_case_for_the_gray_paper) {
  const std::vector<Case> cases = import(Dialect::a, flat_file);
  ASSERT_EQ(cases.size(), 1u);
  const Case& c = cases[0];
  EXPECT_EQ(c.id, "import-a/inst_load_imm_1");
  EXPECT_EQ(c.semantics, ref::Semantics::graypaper_0_7_2);
  EXPECT_EQ(c.origin, (Origin{"a", "inst_Load imm/1", std::nullopt}));
  EXPECT_EQ(c.needs, (std::vector<std::string>{"raw", "instruction-1"}));
  EXPECT_EQ((*execution_of(c).pre.regs)[0], ~u64{0});
  EXPECT_EQ(post_of(c, 0).pc, Position(3));
  EXPECT_EQ(post_of(c, 0).gas, -1);
  // What was there and isn't listed any more is zero.
  EXPECT_EQ(post_of(c, 0).memory, (std::vector<MemoryBytes>{{131072, {1}}, {131074, {2}}, {131073, {0}}, {131080, {0}}}));
  const VectorFile file{c.semantics, "import-a", cases};
  EXPECT_EQ(expect_value(parse_file(print_file(file), "x")), file);
}

TEST(DialectA, goes_back_unchanged) {
  Json original = Json::parse(flat_file);
  original.erase("expected-page-fault-address");
  const ExportedFile file = export_one(Dialect::a, import(Dialect::a, flat_file));
  EXPECT_EQ(Json::parse(file.text), original);
  EXPECT_EQ(file.name, "inst_load_imm_1");
  EXPECT_EQ(file.ids, (std::vector<std::string>{"import-a/inst_load_imm_1"}));
  EXPECT_NE(file.text.find("18446744073709551615"), std::string::npos);
}

TEST(DialectA, other_versions_can_be_chosen) {
  const std::vector<Case> cases = import(Dialect::a, flat_file, {.semantics = ref::Semantics::rv64_1});
  EXPECT_EQ(cases[0].semantics, ref::Semantics::rv64_1);
  EXPECT_EQ(cases[0].needs, (std::vector<std::string>{"raw", "flat-1", "dynamic_paging"}));
  EXPECT_EQ(export_cases(Dialect::a, cases).refused.at(0).problem, ExportProblem::semantics);
  export_one(Dialect::a, cases, {.semantics = ref::Semantics::rv64_1});
}

TEST(DialectA, statuses) {
  const std::pair<const char*, ref::Status> statuses[] = {{"panic", ref::Status::trap},     {"trap", ref::Status::trap},
                                                          {"halt", ref::Status::halt},      {"page-fault", ref::Status::page_fault},
                                                          {"oog", ref::Status::out_of_gas}, {"host", ref::Status::host_call}};
  for (const auto& [name, status] : statuses) {
    Json json = Json::parse(flat_file);
    json["expected-status"] = name;
    json.erase("expected-page-fault-address");
    if (status == ref::Status::page_fault) json["expected-page-fault-address"] = 131072;
    const std::vector<Case> cases = import(Dialect::a, json.dump());
    EXPECT_EQ(post_of(cases[0], 0).status, status);
    EXPECT_EQ(Json::parse(export_one(Dialect::a, cases).text), json);
  }
}

TEST(DialectA, the_final_pc_can_be_dropped) {
  EXPECT_EQ(post_of(import(Dialect::a, flat_file, {.semantics = {}, .drop_final_pc = true})[0], 0).pc, Position());
}

TEST(DialectA, bad_files_are_refused_at_their_place) {
  const std::pair<const char*, const char*> bad_values[] = {{"/extra", "1"},           {"/name", "1"},
                                                            {"/initial-regs", "[]"},   {"/initial-regs/3", "18446744073709551616"},
                                                            {"/initial-regs/3", "-1"}, {"/initial-gas", "-1"},
                                                            {"/program/0", "256"},     {"/expected-status", "\"dead\""},
                                                            {"/expected-pc", "1.0"},   {"/initial-page-map/0/is-writable", "1"}};
  for (const auto& [pointer, value] : bad_values) {
    Json json = Json::parse(flat_file);
    json[Json::json_pointer(pointer)] = Json::parse(value);
    const ParseError error = expect_error(import_file(Dialect::a, json.dump(), "file.json"));
    EXPECT_EQ(error.place, std::string(pointer) == "/extra" ? "" : pointer) << error.reason;
  }
}

TEST(DialectC, becomes_two_cases) {
  const std::vector<Case> cases = import(Dialect::c, stepped_file);
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].id, "import-c/sequence");
  EXPECT_EQ(cases[1].id, "import-c/sequence.block_costs");
  EXPECT_EQ(cases[0].semantics, ref::Semantics::jam_1);
  EXPECT_EQ(cases[0].needs, (std::vector<std::string>{"raw", "pipeline-1", "dynamic_paging"}));
  EXPECT_EQ(cases[0].config.memory_cost, 25u);
  EXPECT_EQ(std::get<BlockCosts>(cases[1].body), (BlockCosts{{0, 2}}));
  // The read-only page was prepared before the first run: that belongs to the state.
  const Execution& execution = execution_of(cases[0]);
  EXPECT_EQ(execution.pre.pages, (std::vector<Page>{{65536, 4096, false}}));
  EXPECT_EQ(execution.pre.memory, (std::vector<MemoryBytes>{{65536, {1, 2}}}));
  ASSERT_EQ(execution.steps.size(), 9u);
  EXPECT_TRUE(std::holds_alternative<CheckStep>(execution.steps[1]));
  EXPECT_EQ(post_of(cases[0], 2).gas, 9998);
  EXPECT_EQ(execution.steps[6], Step(RunStep{}));
  EXPECT_EQ(execution.steps[7], Step(RunStep{}));
  EXPECT_EQ(execution.steps[8], Step(CheckStep{}));
  const VectorFile file{ref::Semantics::jam_1, "import-c", cases};
  EXPECT_EQ(expect_value(parse_file(print_file(file), "x")), file);
}

TEST(DialectC, goes_back_unchanged) {
  const ExportedFile file = export_one(Dialect::c, import(Dialect::c, stepped_file));
  EXPECT_EQ(Json::parse(file.text), Json::parse(stepped_file));
  EXPECT_EQ(file.ids.size(), 2u);
  EXPECT_TRUE(file.lost.empty());
}

TEST(DialectC, statuses_and_exits) {
  const std::pair<const char*, ref::Status> statuses[] = {{"panic", ref::Status::trap},
                                                          {"halt", ref::Status::halt},
                                                          {"page-fault", ref::Status::page_fault},
                                                          {"out-of-gas", ref::Status::out_of_gas},
                                                          {"ecalli", ref::Status::host_call}};
  for (const auto& [name, status] : statuses) {
    Json json = Json::parse(stepped_file);
    Json& content = json["steps"][5]["assert"];
    content["status"] = name;
    content["gas"] = std::numeric_limits<i64>::min();
    if (status == ref::Status::page_fault) content["page-fault-address"] = 4294963200u;
    if (status == ref::Status::host_call) content["hostcall"] = 4294967295u;
    const std::vector<Case> cases = import(Dialect::c, json.dump());
    EXPECT_EQ(post_of(cases[0], 2).status, status);
    EXPECT_EQ(Json::parse(export_one(Dialect::c, cases).text), json);
  }
}

TEST(DialectC, gas_models_are_needed_where_gas_matters_only) {
  Json json = Json::parse(stepped_file);
  json["steps"][5]["assert"].erase("gas");
  EXPECT_EQ(import(Dialect::c, json.dump())[0].config.gas_model, std::nullopt);
  json["steps"][5]["assert"]["status"] = "out-of-gas";
  EXPECT_EQ(import(Dialect::c, json.dump())[0].config.gas_model, ref::GasModel::pipeline_1);
}

TEST(DialectC, bad_files_are_refused_at_their_place) {
  const std::pair<const char*, const char*> bad_values[] = {{"/extra", "1"},
                                                            {"/initial-gas", "9223372036854775808"},
                                                            {"/steps/0", "{}"},
                                                            {"/steps/0", "{\"run\": {}, \"map\": {}}"},
                                                            {"/steps/0/map", "{\"address\": 1}"},
                                                            {"/steps/4/run", "1"},
                                                            {"/steps/2/set-reg/reg", "13"},
                                                            {"/steps/5/assert/status", "\"oog\""},
                                                            {"/steps/5/assert/regs", "[1]"},
                                                            {"/block-gas-costs/0/pc", "-1"}};
  for (const auto& [pointer, value] : bad_values) {
    Json json = Json::parse(stepped_file);
    json[Json::json_pointer(pointer)] = Json::parse(value);
    const ParseError error = expect_error(import_file(Dialect::c, json.dump(), "file.json"));
    EXPECT_EQ(error.place, std::string(pointer) == "/extra" ? "" : pointer) << error.reason;
  }
}

TEST(DialectB, its_spellings_mean_the_same) {
  Json json = Json::parse(stepped_file);
  Json steps = Json::array();
  for (const Json& step : json["steps"]) {
    Json content = step.begin().value();
    content["kind"] = step.begin().key();
    if (content.contains("is-writable")) {
      content["is_writable"] = content["is-writable"];
      content.erase("is-writable");
    }
    steps.push_back(content);
  }
  json["steps"] = steps;
  json["block-gas-costs"] = {{"0", 2}};
  for (const char* spelling : {"block-gas-costs", "block_gas_costs"}) {
    Json spelt = json;
    spelt.erase("block-gas-costs");
    spelt[spelling] = json["block-gas-costs"];
    std::vector<Case> cases = import(Dialect::b, spelt.dump());
    ASSERT_EQ(cases.size(), 2u);
    EXPECT_EQ(cases[0].id, "import-b/sequence");
    // From b to c, nothing is lost either.
    EXPECT_EQ(Json::parse(export_one(Dialect::c, cases).text), Json::parse(stepped_file));
  }
}

TEST(DialectB, faults_and_integration_files) {
  const std::vector<Case> faults = import(Dialect::b, R"({"name": "f", "initial-pc": 0, "initial-gas": 1, "program": [0, 0, 1, 0, 1],
      "steps": [{"kind": "run"}, {"kind": "assert", "status": "page-fault", "page_fault_address": 4096}]})");
  EXPECT_EQ(post_of(faults[0], 0).fault, (Fault{4096, std::nullopt}));
  const std::vector<Case> costs =
      import(Dialect::b, R"({"name": "game", "program": [0, 0, 1, 0, 1], "block-gas-costs": {"10": 3, "2": 1, "0": 2}})");
  ASSERT_EQ(costs.size(), 1u);
  EXPECT_EQ(costs[0].id, "import-b/game");
  EXPECT_EQ(std::get<BlockCosts>(costs[0].body), (BlockCosts{{0, 2}, {2, 1}, {10, 3}}));
  for (const char* key : {"01", "-1", "4294967296", "x", ""}) {
    const std::string text = R"({"name": "x", "program": [], "block-gas-costs": {")" + std::string(key) + R"(": 1}})";
    EXPECT_TRUE(std::holds_alternative<ParseError>(import_file(Dialect::b, text, "x"))) << key;
  }
  EXPECT_EQ(export_cases(Dialect::b, costs).refused.at(0).problem, ExportProblem::dialect);
}

TEST(Export, block_costs_alone_come_back_alone) {
  Case c = testing::blocks_case();
  c.semantics = ref::Semantics::jam_1;
  c.id = "jam-1/test.block_costs";
  c.config.gas_model = ref::GasModel::pipeline_1;
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  const std::vector<Case> back = import(Dialect::c, export_one(Dialect::c, {c}).text);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].body, c.body);
}

Case jam_case() {
  Case c = testing::fault_case();
  c.semantics = ref::Semantics::jam_1;
  c.id = "jam-1/test.fault";
  c.config.gas_model = ref::GasModel::pipeline_1;
  return c;
}

TEST(Export, native_cases_keep_their_verdicts) {
  Case c = jam_case();
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  const ExportedFile file = export_one(Dialect::c, {c});
  EXPECT_EQ(file.lost, (std::vector<std::string>{"next_pc", "write_protected"}));
  const std::vector<Case> back = import(Dialect::c, file.text);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].id, "import-c/jam-1_test.fault");
  EXPECT_EQ(compare(back[0], run_on_ref(back[0])), Comparison{});
}

TEST(Export, flat_files_hold_the_whole_memory) {
  Case c = testing::fault_case();
  c.semantics = ref::Semantics::graypaper_0_7_2;
  c.id = "graypaper-0.7.2/test.store";
  c.config = {};
  Execution& execution = std::get<Execution>(c.body);
  execution.pre.pages = {{0x20000, 4096, true}};
  execution.pre.memory = {{0x20001, {0, 5}}};
  execution.steps = {RunStep{}};
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  const ExportedFile file = export_one(Dialect::a, {c});
  const Json json = Json::parse(file.text);
  EXPECT_EQ(json["expected-memory"], Json::parse(R"([{"address": 131072, "contents": [52]}, {"address": 131074, "contents": [5]}])"));
  EXPECT_EQ(json["expected-gas"], ample_gas - 2);
  const std::vector<Case> back = import(Dialect::a, file.text);
  EXPECT_EQ(compare(back[0], run_on_ref(back[0])), Comparison{});
}

TEST(Export, says_why_a_case_does_not_fit) {
  const auto problem = [](Dialect dialect, auto change, ref::Semantics semantics = ref::Semantics::jam_1) {
    Case c = jam_case();
    c.semantics = semantics;
    if (ref::is_graypaper(semantics)) c.config = {};
    change(c);
    if (!std::holds_alternative<Rejected>(c.body)) fill_expectations(c);
    const ExportResult result = export_cases(dialect, {c});
    return result.refused.size() == 1 ? std::string(name_of(result.refused[0].problem)) : "exported";
  };
  const auto with_step = [](const Step& step) { return [step](Case& c) { std::get<Execution>(c.body).steps = {step, RunStep{}}; }; };
  const auto nothing = [](Case&) {};
  EXPECT_EQ(problem(Dialect::c, nothing), "exported");
  EXPECT_EQ(problem(Dialect::c, nothing, ref::Semantics::rv64_1), "semantics");
  EXPECT_EQ(problem(Dialect::a, nothing), "semantics");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.body = Rejected{}; }), "rejection");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.program.container = ref::Container::polkavm; }), "container");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.config.page_size = 8192; }), "configuration");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.config.metering = ref::Metering::none; }), "configuration");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.config.gas_model = ref::GasModel::flat_1; }), "gas_model");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { c.config.memory_cost = 4; }), "gas_model");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { std::get<Execution>(c.body).pre.pc.reset(); }), "no_pc");
  EXPECT_EQ(problem(Dialect::c, with_step(SetPcStep{0})), "step");
  EXPECT_EQ(problem(Dialect::c, with_step(SetGasStep{5})), "step");
  EXPECT_EQ(problem(Dialect::c, with_step(UnmapStep{0x20000, 4096, true})), "step");
  EXPECT_EQ(problem(Dialect::c, with_step(WriteStep{0x50000, {1}, true})), "failing_step");
  EXPECT_EQ(problem(Dialect::c, with_step(ReadStep{u64{1} << 32, 0, true, {}})), "value_range");
  EXPECT_EQ(problem(Dialect::c, [](Case& c) { std::get<Execution>(c.body).steps = {RunStep{{{Post{}, Post{}}}}}; }), "alternatives");
  // In mapped memory the store traps; in paged memory it would fault.
  EXPECT_EQ(problem(Dialect::c,
                    [](Case& c) {
                      c.config.dynamic_paging = false;
                      std::get<Execution>(c.body).steps = {RunStep{}};
                    }),
            "memory_mode");
  EXPECT_EQ(problem(Dialect::a, nothing, ref::Semantics::graypaper_0_7_2), "step");
}

TEST(Export, names_are_unique) {
  Case c = jam_case();
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  Case other = c;
  other.id = "jam-1/test_fault";
  other.origin = Origin{"c", "jam-1/test.fault", std::nullopt};
  const ExportResult result = export_cases(Dialect::c, {c, other});
  ASSERT_EQ(result.files.size(), 2u);
  EXPECT_EQ(result.files[0].name, "jam-1_test.fault");
  EXPECT_EQ(result.files[1].name, "jam-1_test.fault.2");
  std::vector<Case> cases = {c, c, c};
  make_ids_unique(cases);
  EXPECT_EQ(cases[2].id, "jam-1/test.fault.3");
}

TEST(Dialects, random_flat_files_go_back_unchanged) {
  EXPECT_TRUE(rc::check([] {
    const Json file = *testing::random_flat_file();
    const auto cases = import_file(Dialect::a, file.dump(), "x");
    if (const auto* error = std::get_if<ParseError>(&cases)) RC_FAIL(to_text(*error));
    const ExportResult result = export_cases(Dialect::a, std::get<std::vector<Case>>(cases));
    RC_ASSERT(result.files.size() == 1u);
    RC_ASSERT(Json::parse(result.files[0].text).dump() == file.dump());
  }));
}

TEST(Dialects, random_stepped_files_go_back_unchanged) {
  EXPECT_TRUE(rc::check([] {
    const Json file = *testing::random_stepped_file();
    const auto cases = import_file(Dialect::c, file.dump(), "x");
    if (const auto* error = std::get_if<ParseError>(&cases)) RC_FAIL(to_text(*error));
    const VectorFile native{ref::Semantics::jam_1, "import-c", std::get<std::vector<Case>>(cases)};
    RC_ASSERT(expect_value(parse_file(print_file(native), "x")) == native);
    const ExportResult result = export_cases(Dialect::c, native.cases);
    if (!result.refused.empty()) RC_FAIL(std::string(name_of(result.refused[0].problem)) + " " + result.refused[0].detail);
    RC_ASSERT(result.files.size() == 1u);
    RC_ASSERT(Json::parse(result.files[0].text).dump() == file.dump());
  }));
}

TEST(Dialects, any_bytes_are_survived) {
  EXPECT_TRUE(rc::check([] {
    std::string damaged = *rc::gen::element(std::string(flat_file), std::string(stepped_file));
    const auto position = *rc::gen::inRange<std::size_t>(0, damaged.size());
    damaged[position] = *rc::gen::arbitrary<char>();
    for (const Dialect dialect : {Dialect::a, Dialect::b, Dialect::c}) import_file(dialect, damaged, "x");
  }));
}

TEST(Dialects, names) {
  for (const Dialect dialect : {Dialect::a, Dialect::b, Dialect::c}) EXPECT_EQ(dialect_named(name_of(dialect)), dialect);
  EXPECT_EQ(dialect_named("d"), std::nullopt);
}

}  // namespace
}  // namespace pvm::conformance
