// SPDX-License-Identifier: Apache-2.0 OR MIT
// The committed vectors: in canonical form, and unharmed by the protocol and by the dialects.
#include <algorithm>

#include "fixtures.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::conformance {
namespace {

namespace fs = std::filesystem;
using testing::expect_value;

std::vector<fs::path> vector_paths(ref::Semantics semantics) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(PVM_TEST_VECTORS_DIR) / ref::name_of(semantics))) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  EXPECT_FALSE(paths.empty());
  return paths;
}

std::vector<Case> cases_of(ref::Semantics semantics) {
  std::vector<Case> cases;
  for (const fs::path& path : vector_paths(semantics)) {
    VectorFile file = expect_value(load_file(path));
    EXPECT_EQ(file.semantics, semantics) << path;
    std::move(file.cases.begin(), file.cases.end(), std::back_inserter(cases));
  }
  return cases;
}

// Every exported case, imported again, passes on ref.
std::size_t exported_and_passing(Dialect dialect, const std::vector<Case>& cases) {
  const ExportResult result = export_cases(dialect, cases);
  std::size_t exported = 0;
  for (const ExportedFile& file : result.files) {
    exported += file.ids.size();
    for (const Case& c : expect_value(import_file(dialect, file.text, file.name))) {
      const Comparison comparison = compare(c, run_on_ref(c));
      EXPECT_EQ(comparison.verdict, Verdict::pass)
          << file.ids.front() << ": " << comparison.note << (comparison.differences.empty() ? "" : to_text(comparison.differences.front()));
    }
  }
  EXPECT_EQ(exported + result.refused.size(), cases.size());
  return exported;
}

TEST(Vectors, stand_in_canonical_form) {
  for (const ref::Semantics semantics : ref::all_semantics) {
    for (const fs::path& path : vector_paths(semantics)) {
      const std::string text = expect_value(read_text(path));
      EXPECT_TRUE(print_file(expect_value(parse_file(text, path.string()))) == text) << path;
    }
  }
}

TEST(Vectors, pass_through_the_protocol) {
  for (const ref::Semantics semantics : ref::all_semantics) {
    for (const Case& c : cases_of(semantics)) {
      const auto reply = answer(run_request(1, c));
      ASSERT_TRUE(reply.has_value());
      const Comparison comparison = compare(c, expect_value(parse_reply(*reply, 1, c)));
      EXPECT_EQ(comparison, Comparison{}) << c.id << ": " << comparison.note;
    }
  }
}

TEST(Vectors, exported_to_dialect_c_keep_their_verdicts) {
  EXPECT_GT(exported_and_passing(Dialect::c, cases_of(ref::Semantics::jam_1)), 1000u);
}

TEST(Vectors, exported_to_dialect_a_keep_their_verdicts) {
  EXPECT_GT(exported_and_passing(Dialect::a, cases_of(ref::Semantics::graypaper_0_7_2)), 1000u);
}

}  // namespace
}  // namespace pvm::conformance
