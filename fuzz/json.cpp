// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the reader of vector files: what it accepts, it writes so that it reads the same again. Input: the file's text.
#include "input.hpp"
#include "pvm/conformance/json_io.hpp"

using namespace pvm;

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  const auto parsed = conformance::parse_file(fuzz::Input(data, size).text(), "input");
  if (const auto* error = std::get_if<conformance::ParseError>(&parsed)) {
    if (error->reason.empty()) fuzz::fail("an error without a reason");
    return 0;
  }
  const auto& file = std::get<conformance::VectorFile>(parsed);
  const std::string text = conformance::print_file(file);
  const auto again = conformance::parse_file(text, "printed");
  if (const auto* error = std::get_if<conformance::ParseError>(&again)) fuzz::fail("what was printed is refused: " + to_text(*error));
  if (!(std::get<conformance::VectorFile>(again) == file)) fuzz::fail("what was printed reads differently");
  if (conformance::print_file(std::get<conformance::VectorFile>(again)) != text) fuzz::fail("the canonical text isn't");
  return 0;
}
