// SPDX-License-Identifier: Apache-2.0 OR MIT
// The whole suite as text: every file with its bytes.
#include "suite.hpp"

#include <algorithm>
#include <set>

#include "group.hpp"
#include "pvm/conformance/json_io.hpp"

namespace pvm::gen {

Suite make_suite(const conformance::Manifest& previous) {
  Suite suite;
  suite.manifest.suite = previous.suite;
  suite.manifest.spec = previous.spec;
  suite.manifest.withdrawn = previous.withdrawn;
  std::set<std::string> ids;
  for (const Semantics version : ref::all_semantics) {
    for (const GroupDefinition& definition : all_groups()) {
      Group group(version, definition.name);
      definition.define(group);
      if (group.cases.empty()) continue;
      conformance::VectorFile file{version, std::string(definition.name), {}};
      for (CaseBuilder& builder : group.cases) {
        if (!ids.insert(builder.id()).second) suite.errors.push_back(builder.id() + ": a second case of this name");
        file.cases.push_back(builder.finish(suite.errors));
      }
      const std::string path = "vectors/" + std::string(ref::name_of(version)) + "/" + file.group + ".json";
      const std::string text = conformance::print_file(file);
      suite.manifest.files.push_back(conformance::describe_file(file, path, text));
      suite.files.emplace(path, text);
    }
  }
  std::sort(suite.manifest.files.begin(), suite.manifest.files.end(),
            [](const conformance::ManifestFile& a, const conformance::ManifestFile& b) { return a.path < b.path; });
  suite.files.emplace("manifest.json", conformance::print_manifest(suite.manifest));
  return suite;
}

}  // namespace pvm::gen
