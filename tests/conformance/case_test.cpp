// SPDX-License-Identifier: Apache-2.0 OR MIT
// Vector files: what is refused and where; writing and reading again.
#include <algorithm>

#include "fixtures.hpp"
#include "pvm/conformance/json_reader.hpp"
#include "pvm/conformance/ref_target.hpp"
#include "random_case.hpp"

namespace pvm::conformance {
namespace {

using testing::expect_error;
using testing::expect_value;

VectorFile filled_file() {
  VectorFile file{ref::Semantics::rv64_1, "test", {testing::fault_case(), testing::blocks_case(), testing::rejected_case()}};
  for (Case& c : file.cases) {
    const auto error = fill_expectations(c);
    EXPECT_FALSE(error) << error.value_or("");
  }
  return file;
}

// The file's JSON with one change.
template <typename Change>
ParseError error_after(Change change) {
  Json json = Json::parse(print_file(filled_file()));
  change(json);
  return expect_error(parse_file(json.dump(), "file.json"));
}

TEST(VectorFile, writing_and_reading_gives_the_same) {
  const VectorFile file = filled_file();
  const std::string text = print_file(file);
  EXPECT_EQ(expect_value(parse_file(text, "x")), file);
  EXPECT_EQ(print_file(expect_value(parse_file(text, "x"))), text);
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("\t"), std::string::npos);
}

TEST(VectorFile, registers_stand_on_one_line) {
  const std::string text = print_file(filled_file());
  EXPECT_NE(text.find("\"regs\": [\"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x1234\", "), std::string::npos);
}

TEST(VectorFile, a_case_is_read_alone) {
  const Case c = filled_file().cases.front();
  EXPECT_EQ(expect_value(parse_case(print_case(c), c.semantics, "x")), c);
  EXPECT_EQ(expect_value(parse_case(compact_case(c), c.semantics, "x")), c);
  EXPECT_EQ(compact_case(c).find_first_of(" \n"), compact_case(c).find(' '));
}

TEST(VectorFile, unknown_members_are_refused_everywhere) {
  const auto place_of_unknown = [](const std::string& pointer) {
    return error_after([&](Json& json) { json[Json::json_pointer(pointer)]["extra"] = 1; });
  };
  for (const char* pointer : {"", "/cases/0", "/cases/0/config", "/cases/0/program", "/cases/0/pre", "/cases/0/steps/0", "/cases/0/steps/1",
                              "/cases/0/steps/0/post", "/cases/0/steps/0/post/fault", "/cases/0/steps/2/post/memory/0",
                              "/cases/1/block_costs/0", "/cases/2/rejected"}) {
    const ParseError error = place_of_unknown(pointer);
    EXPECT_EQ(error.place, pointer);
    EXPECT_EQ(error.reason, "unknown member \"extra\"");
  }
}

TEST(VectorFile, missing_members_are_refused) {
  const auto error_without = [](const std::string& pointer, const std::string& member) {
    return error_after([&](Json& json) { json[Json::json_pointer(pointer)].erase(member); });
  };
  for (const char* member : {"schema", "semantics", "group", "cases"}) EXPECT_NE(error_without("", member).reason, "") << member;
  for (const char* member : {"id", "why", "clauses", "requires", "program", "disassembly"}) {
    EXPECT_EQ(error_without("/cases/0", member).reason, "lacks member \"" + std::string(member) + "\"");
  }
  EXPECT_EQ(error_without("/cases/0/steps/0/post", "status").place, "/cases/0/steps/0/post");
  EXPECT_EQ(error_without("/cases/0/steps/1", "ok").reason, "lacks member \"ok\"");
  EXPECT_EQ(error_without("/cases/0/steps/0", "do").reason, "lacks member \"do\"");
  EXPECT_EQ(error_without("/cases/2/rejected", "reason").reason, "lacks member \"reason\"");
  EXPECT_EQ(error_without("/cases/1", "block_costs").place, "/cases/1");
}

struct BadValue {
  const char* pointer;
  const char* value;
};

TEST(VectorFile, bad_values_are_refused_at_their_place) {
  const BadValue bad_values[] = {
      {"/schema", "2"},
      {"/semantics", "\"rv64\""},
      {"/cases", "{}"},
      {"/cases/0/id", "\"Rv64-1/x\""},
      {"/cases/0/id", "\"jam-1/x\""},
      {"/cases/0/id", "\"rv64-1/\""},
      {"/cases/0/why", "\"\""},
      {"/cases/0/clauses", "[]"},
      {"/cases/0/requires", "[\"raw\"]"},
      {"/cases/0/program/bytes", "\"0\""},
      {"/cases/0/program/bytes", "\"AA\""},
      {"/cases/0/program/container", "\"elf\""},
      {"/cases/0/config/dynamic_paging", "false"},
      {"/cases/0/config/gas_model", "\"flat\""},
      {"/cases/0/pre/pc", "-1"},
      {"/cases/0/pre/pc", "4294967296"},
      {"/cases/0/pre/pc", "null"},
      {"/cases/0/pre/regs", "[]"},
      {"/cases/0/pre/regs/3", "0"},
      {"/cases/0/pre/regs/3", "\"0x00\""},
      {"/cases/0/steps/0/do", "\"jump\""},
      {"/cases/0/steps/0/post/status", "\"panic\""},
      {"/cases/0/steps/0/post/status", "\"no_pc\""},
      {"/cases/0/steps/0/post/pc", "\"0x0\""},
      {"/cases/0/steps/0/post/gas", "\"-0x0\""},
      {"/cases/0/steps/0/post/gas", "1"},
      {"/cases/0/steps/1/length", "1.5"},
      {"/cases/0/steps/1/writable", "1"},
      {"/cases/2/rejected/reason", "\"bad\""},
      {"/cases/2/rejected/phase", "\"validate\""},
  };
  for (const BadValue& bad : bad_values) {
    const ParseError error = error_after([&](Json& json) { json[Json::json_pointer(bad.pointer)] = Json::parse(bad.value); });
    EXPECT_EQ(error.place, bad.pointer) << bad.value << ": " << error.reason;
    EXPECT_EQ(error.path, "file.json");
  }
}

TEST(VectorFile, duplicate_ids_are_refused) {
  const ParseError error = error_after([](Json& json) { json["cases"][1]["id"] = json["cases"][0]["id"]; });
  EXPECT_EQ(error.place, "/cases/1/id");
}

TEST(VectorFile, gas_is_asserted_with_a_model_only) {
  const ParseError error = error_after([](Json& json) {
    json["cases"][0]["config"].erase("gas_model");
    json["cases"][0]["requires"] = {"raw", "dynamic_paging"};
  });
  EXPECT_EQ(error.place, "/cases/0/steps/0/post/gas");
}

TEST(VectorFile, any_of_needs_two_alternatives) {
  const auto with = [](int count) {
    return [count](Json& json) {
      Json& post = json["cases"][0]["steps"][0]["post"];
      Json alternatives = Json::array();
      for (int index = 0; index < count; ++index) alternatives.push_back(post);
      post = {{"any_of", alternatives}};
    };
  };
  EXPECT_EQ(error_after(with(0)).place, "/cases/0/steps/0/post/any_of");
  EXPECT_EQ(error_after(with(1)).place, "/cases/0/steps/0/post/any_of");
  Json json = Json::parse(print_file(filled_file()));
  with(2)(json);
  const VectorFile file = expect_value(parse_file(json.dump(), "x"));
  EXPECT_EQ(expect_value(parse_file(print_file(file), "x")), file);
}

TEST(VectorFile, random_cases_survive_writing_and_reading) {
  EXPECT_TRUE(rc::check([] {
    const VectorFile file{ref::Semantics::rv64_1, "random", {*testing::random_case()}};
    const auto result = parse_file(print_file(file), "x");
    if (const auto* error = std::get_if<ParseError>(&result)) RC_FAIL(to_text(*error));
    RC_ASSERT(std::get<VectorFile>(result) == file);
  }));
}

TEST(VectorFile, damaged_files_are_survived) {
  const std::string text = print_file(filled_file());
  EXPECT_TRUE(rc::check([&] {
    std::string damaged = text;
    const auto position = *rc::gen::inRange<std::size_t>(0, text.size());
    damaged[position] = *rc::gen::arbitrary<char>();
    const auto result = parse_file(damaged, "x");
    // Whatever is still accepted is a file that can be written again.
    if (const auto* file = std::get_if<VectorFile>(&result)) RC_ASSERT(expect_value(parse_file(print_file(*file), "x")) == *file);
  }));
}

TEST(Files, errors_name_the_file) {
  EXPECT_EQ(to_text(expect_error(load_file("/nowhere/x.json"))), "/nowhere/x.json: no such file");
  EXPECT_EQ(to_text(expect_error(read_text("/"))), "/: not a regular file");
  EXPECT_TRUE(write_text("/dev/null/x", "").has_value());
}

TEST(Files, what_is_written_is_read) {
  const std::filesystem::path path = std::filesystem::path(PVM_TEST_TEMPORARY_DIR) / "files" / "x.txt";
  EXPECT_EQ(write_text(path, std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_EQ(expect_value(read_text(path)), std::string("a\0b", 3));
}

}  // namespace
}  // namespace pvm::conformance
