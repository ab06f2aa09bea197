// SPDX-License-Identifier: Apache-2.0 OR MIT
// A small suite in a temporary folder, and every way in which it can be wrong.
#include "pvm/conformance/manifest.hpp"

#include <algorithm>

#include "fixtures.hpp"
#include "pvm/conformance/json_reader.hpp"
#include "pvm/conformance/ref_target.hpp"
#include "pvm/conformance/sha256.hpp"

namespace pvm::conformance {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::expect_value;

class ManifestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(PVM_TEST_TEMPORARY_DIR) / "suites" / test->name();
    fs::remove_all(root_);
    file_ = {ref::Semantics::rv64_1, "test", {testing::fault_case(), testing::rejected_case()}};
    for (Case& c : file_.cases) ASSERT_EQ(fill_expectations(c), std::nullopt);
    write_vectors();
    manifest_ = expect_value(build_manifest(root_, "1.0.0", "1.0.0"));
    write_manifest();
    write(root_ / "releases/1.0.0.json", print_release(release_of(manifest_)));
    ASSERT_EQ(reasons(), std::vector<std::string>{});
  }

  static void write(const fs::path& path, const std::string& text) { ASSERT_EQ(write_text(path, text), std::nullopt); }
  void write_vectors() const { write(root_ / "vectors/rv64-1/test.json", print_file(file_)); }
  void write_manifest() const { write(root_ / "manifest.json", print_manifest(manifest_)); }
  // Brings the manifest up to date with the changed file.
  void rebuild() {
    const auto withdrawn = manifest_.withdrawn;
    write_vectors();
    manifest_ = expect_value(build_manifest(root_, "1.1.0", "1.0.0"));
    manifest_.withdrawn = withdrawn;
    write_manifest();
  }

  std::vector<std::string> reasons() const {
    std::vector<std::string> result;
    for (const ParseError& error : verify(root_))
      result.push_back(fs::path(error.path).filename().string() + ": " + error.place + ": " + error.reason);
    return result;
  }
  bool complains(const std::string& part) const {
    const auto all = reasons();
    return std::any_of(all.begin(), all.end(), [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
  }

  fs::path root_;
  VectorFile file_;
  Manifest manifest_;
};

TEST_F(ManifestTest, describes_its_files) {
  ASSERT_EQ(manifest_.files.size(), 1u);
  const ManifestFile& entry = manifest_.files[0];
  EXPECT_EQ(entry.path, "vectors/rv64-1/test.json");
  EXPECT_EQ(entry.sha256, sha256_hex(print_file(file_)));
  EXPECT_EQ(entry.count, 2u);
  EXPECT_EQ(entry.clauses, (std::vector<std::string>{"paging.fault"}));
  EXPECT_EQ(entry.needs, (std::vector<std::string>{"dynamic_paging", "flat-1", "polkavm", "raw"}));
  EXPECT_EQ(entry.cases.at("rv64-1/test.fault"), sha256_hex(compact_case(file_.cases[0])).substr(0, 16));
}

TEST_F(ManifestTest, writing_and_reading_gives_the_same) {
  manifest_.withdrawn = {{"rv64-1/old", "it was wrong"}};
  EXPECT_EQ(expect_value(parse_manifest(print_manifest(manifest_), "x")), manifest_);
  EXPECT_EQ(expect_value(parse_release(print_release(release_of(manifest_)), "x")), release_of(manifest_));
}

TEST_F(ManifestTest, stale_entries_are_named) {
  manifest_.files[0].sha256[0] ^= 1;
  manifest_.files[0].group = "other";
  manifest_.files[0].clauses.emplace_back("x");
  manifest_.files[0].needs.clear();
  manifest_.files[0].cases.begin()->second = "0123456789abcdef";
  write_manifest();
  for (const char* member : {"/files/0/sha256", "/files/0/group", "/files/0/clauses", "/files/0/requires", "/files/0/cases"}) {
    EXPECT_TRUE(complains(member)) << member;
  }
}

TEST_F(ManifestTest, changed_bytes_are_found) {
  write(root_ / "vectors/rv64-1/test.json", print_file(file_) + "\n");
  EXPECT_TRUE(complains("/files/0/sha256"));
}

TEST_F(ManifestTest, missing_and_unlisted_files_are_found) {
  write(root_ / "vectors/rv64-1/more.json", print_file(file_));
  EXPECT_TRUE(complains("isn't listed in the manifest"));
  fs::remove_all(root_ / "vectors/rv64-1");
  EXPECT_TRUE(complains("no such file"));
  fs::remove(root_ / "manifest.json");
  EXPECT_TRUE(complains("manifest.json: : no such file"));
}

TEST_F(ManifestTest, ids_are_unique_over_files) {
  write(root_ / "vectors/rv64-1/more.json", print_file(file_));
  rebuild();
  EXPECT_TRUE(complains("is used in another file too"));
}

TEST_F(ManifestTest, malformed_vectors_are_errors_of_the_file) {
  write(root_ / "vectors/rv64-1/test.json", "{");
  EXPECT_TRUE(complains("test.json: 1:"));
  EXPECT_TRUE(std::holds_alternative<std::vector<ParseError>>(build_manifest(root_, "1.0.0", "1.0.0")));
}

TEST_F(ManifestTest, released_cases_never_change) {
  file_.cases[0].why = "Other words.";
  rebuild();
  EXPECT_TRUE(complains("the released case rv64-1/test.fault has changed"));
}

TEST_F(ManifestTest, released_cases_stay_or_are_withdrawn) {
  const Case gone = file_.cases[1];
  file_.cases.pop_back();
  rebuild();
  EXPECT_TRUE(complains("the released case rv64-1/test.rejected is gone"));
  manifest_.withdrawn[gone.id] = "it contradicted the document";
  write_manifest();
  EXPECT_EQ(reasons(), std::vector<std::string>{});
  file_.cases.push_back(gone);
  rebuild();
  EXPECT_TRUE(complains("the withdrawn id rv64-1/test.rejected is used by a case"));
}

TEST_F(ManifestTest, releases_are_named_after_their_version) {
  fs::rename(root_ / "releases/1.0.0.json", root_ / "releases/2.0.0.json");
  EXPECT_TRUE(complains("2.0.0.json: /suite"));
}

TEST_F(ManifestTest, bad_manifests_are_refused) {
  struct Bad {
    const char* pointer;
    const char* value;
  };
  for (const Bad& bad : {Bad{"/schema", "2"}, Bad{"/suite", "\"1.0\""}, Bad{"/suite", "\"1.0.01\""}, Bad{"/spec", "1"}, Bad{"/files", "{}"},
                         Bad{"/files/0/path", "\"../x.json\""}, Bad{"/files/0/path", "\"/etc/passwd\""}, Bad{"/files/0/sha256", "\"00\""},
                         Bad{"/files/0/count", "3"}, Bad{"/files/0/semantics", "\"x\""}, Bad{"/files/0/cases", "[]"},
                         Bad{"/files/0/cases/x", "\"xyz\""}, Bad{"/withdrawn", "[]"}}) {
    Json json = Json::parse(print_manifest(manifest_));
    json[Json::json_pointer(bad.pointer)] = Json::parse(bad.value);
    EXPECT_EQ(expect_error(parse_manifest(json.dump(), "x")).place, bad.pointer) << bad.value;
  }
  Json json = Json::parse(print_manifest(manifest_));
  json["extra"] = 1;
  EXPECT_EQ(expect_error(parse_manifest(json.dump(), "x")).reason, "unknown member \"extra\"");
}

}  // namespace
}  // namespace pvm::conformance
