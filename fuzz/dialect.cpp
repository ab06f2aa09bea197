// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the import of foreign vectors: every case that comes out is one that a vector file may hold. Input: dialect; then the text.
#include "input.hpp"
#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/json_io.hpp"

using namespace pvm;

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  fuzz::Input input(data, size);
  const auto dialect = static_cast<conformance::Dialect>(input.below(3));
  auto imported = conformance::import_file(dialect, input.text(), "input");
  if (const auto* error = std::get_if<conformance::ParseError>(&imported)) {
    if (error->reason.empty()) fuzz::fail("an error without a reason");
    return 0;
  }
  auto& cases = std::get<std::vector<conformance::Case>>(imported);
  conformance::make_ids_unique(cases);
  for (const conformance::Case& c : cases) {
    if (const auto error = conformance::check_case(c)) fuzz::fail("an imported case isn't one: " + to_text(*error));
    const auto again = conformance::parse_case(conformance::print_case(c), c.semantics, "printed");
    if (const auto* error = std::get_if<conformance::ParseError>(&again)) fuzz::fail("an imported case is refused: " + to_text(*error));
    if (!(std::get<conformance::Case>(again) == c)) fuzz::fail("an imported case reads differently");
  }
  for (const auto to : {conformance::Dialect::a, conformance::Dialect::c}) {
    for (const auto& file : conformance::export_cases(to, cases).files) {
      const auto back = conformance::import_file(to, file.text, "exported");
      if (const auto* error = std::get_if<conformance::ParseError>(&back)) fuzz::fail("an exported file is refused: " + to_text(*error));
    }
  }
  return 0;
}
