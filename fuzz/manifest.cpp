// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the readers of manifests and releases. Input: which of them; then the text.
#include "pvm/conformance/manifest.hpp"
#include "input.hpp"

using namespace pvm;

namespace {

template <typename Document, typename Parse, typename Print>
void check(std::string_view text, Parse parse, Print print) {
  const auto parsed = parse(text, "input");
  if (const auto* error = std::get_if<conformance::ParseError>(&parsed)) {
    if (error->reason.empty()) fuzz::fail("an error without a reason");
    return;
  }
  const auto again = parse(print(std::get<Document>(parsed)), "printed");
  if (const auto* error = std::get_if<conformance::ParseError>(&again)) fuzz::fail("what was printed is refused: " + to_text(*error));
  if (!(std::get<Document>(again) == std::get<Document>(parsed))) fuzz::fail("what was printed reads differently");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  fuzz::Input input(data, size);
  if (input.flag()) {
    check<conformance::Manifest>(input.text(), conformance::parse_manifest, conformance::print_manifest);
  } else {
    check<conformance::Release>(input.text(), conformance::parse_release, conformance::print_release);
  }
  return 0;
}
