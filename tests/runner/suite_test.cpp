// SPDX-License-Identifier: Apache-2.0 OR MIT
// Finding, checking and selecting cases.
#include "suite.hpp"

#include "pvm/conformance/json_io.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

using conformance::ParseError;
using test::TemporaryDirectory;

std::string problem_of(const Selection& selection) {
  const auto suite = load_suite(selection);
  const auto* error = std::get_if<ParseError>(&suite);
  return error != nullptr ? conformance::to_text(*error) : "fine";
}

std::size_t size_of(const Selection& selection) {
  const auto suite = load_suite(selection);
  const auto* loaded = std::get_if<Suite>(&suite);
  return loaded != nullptr ? loaded->cases.size() : 0;
}

/// A directory with the test data and a manifest of it.
class ManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"rv64-1", "jam-1"}) {
      temporary.write("vectors/" + std::string(name) + "/alu.json", test::read_file(PVM_TEST_DATA "/" + std::string(name) + ".json"));
    }
    const auto manifest = conformance::build_manifest(temporary / "", "1.2.3", "1.0.0");
    ASSERT_TRUE(std::holds_alternative<conformance::Manifest>(manifest));
    temporary.write("manifest.json", conformance::print_manifest(std::get<conformance::Manifest>(manifest)));
  }

  TemporaryDirectory temporary;
};

TEST(suite, selects_by_version_and_glob) {
  EXPECT_EQ(size_of({{PVM_TEST_DATA}, {}, {}}), 30U);
  EXPECT_EQ(size_of({{PVM_TEST_DATA}, {ref::Semantics::jam_1}, {}}), 10U);
  EXPECT_EQ(size_of({{PVM_TEST_DATA}, {}, {"alu.add_64.sum_0?"}}), 19U);
  EXPECT_EQ(size_of({{PVM_TEST_DATA "/jam-1.json"}, {}, {"raw.*", "*sum_00"}}), 2U);
}

TEST(suite, refuses_what_selects_nothing) {
  EXPECT_EQ(problem_of({{PVM_TEST_DATA}, {}, {"*sum_00", "nothing.*"}}), "--only nothing.*: selects no case");
  EXPECT_EQ(problem_of({{PVM_TEST_DATA}, {ref::Semantics::rv32_1}, {}}), "no case is selected");
}

TEST(suite, refuses_bad_paths_and_files) {
  const TemporaryDirectory temporary;
  EXPECT_NE(problem_of({{temporary / "nothing"}, {}, {}}).find("no such file or directory"), std::string::npos);
  EXPECT_NE(problem_of({{temporary / ""}, {}, {}}).find("no manifest.json and no .json file"), std::string::npos);
  const std::string broken = temporary.write("broken.json", "{\"schema\": 1,\n");
  EXPECT_EQ(problem_of({{broken}, {}, {}}).find(broken + ": "), 0U);
  const std::string unknown = temporary.write("unknown.json", R"({"schema":1,"semantics":"rv64-1","group":"x","cases":[],"extra":1})");
  EXPECT_NE(problem_of({{unknown}, {}, {}}).find("extra"), std::string::npos);
}

TEST(suite, refuses_an_id_that_comes_twice) {
  const std::string file = PVM_TEST_DATA "/jam-1.json";
  EXPECT_NE(problem_of({{file, file}, {}, {}}).find("/cases/0/id: 'jam-1/alu.add_64.sum_00' is also in"), std::string::npos);
}

TEST_F(ManifestTest, gives_versions_and_all_ids) {
  const auto loaded = load_suite({{temporary / ""}, {ref::Semantics::jam_1}, {"*sum_00"}});
  const auto& suite = std::get<Suite>(loaded);
  EXPECT_EQ(suite.version, "1.2.3");
  EXPECT_EQ(suite.spec, "1.0.0");
  EXPECT_EQ(suite.cases.size(), 1U);
  EXPECT_EQ(suite.all_ids.size(), 30U);
}

TEST_F(ManifestTest, refuses_changed_bytes_wherever_the_file_is_named_from) {
  const std::string file = temporary / "vectors/jam-1/alu.json";
  std::ofstream(file, std::ios::app) << "\n";
  for (const std::string& named : {temporary / "", file, temporary / "vectors/jam-1"}) {
    const std::string problem = problem_of({{named}, {}, {}});
    EXPECT_NE(problem.find("alu.json: its sha256 is "), std::string::npos) << problem;
  }
  EXPECT_EQ(problem_of({{temporary / "vectors/rv64-1"}, {}, {}}), "fine");
}

TEST_F(ManifestTest, refuses_a_missing_file_and_a_broken_manifest) {
  std::filesystem::remove(temporary / "vectors/jam-1/alu.json");
  EXPECT_NE(problem_of({{temporary / ""}, {}, {}}).find("alu.json: "), std::string::npos);
  temporary.write("manifest.json", "[]");
  EXPECT_NE(problem_of({{temporary / ""}, {}, {}}).find("manifest.json: "), std::string::npos);
}

}  // namespace
}  // namespace pvm::runner
