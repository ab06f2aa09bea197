// SPDX-License-Identifier: Apache-2.0 OR MIT
// Names for code positions.
#include "places.hpp"

#include "format.hpp"
#include "line_programs.hpp"
#include "output.hpp"
#include "pvm/ref/decode.hpp"

namespace pvm::command {
namespace {

std::string nearest_export(const ref::Program& program, ref::u32 pc) {
  const ref::Export* nearest = nullptr;
  for (const ref::Export& candidate : program.exports) {
    if (candidate.code_offset <= pc && (nearest == nullptr || candidate.code_offset > nearest->code_offset)) nearest = &candidate;
  }
  if (nearest == nullptr) return "";
  const ref::u32 distance = pc - nearest->code_offset;
  return printable(shortened(nearest->symbol)) + (distance == 0 ? "" : "+" + std::to_string(distance));
}

}  // namespace

Place place_of(const ref::Program& program, std::span<const ref::u8> blob, ref::u32 pc) {
  Place place{nearest_export(program, pc), {}, {}};
  if (program.is_marked(pc)) place.instruction = ref::disassemble(program, ref::decode(program, pc));
  if (auto lines = assembly::LinePrograms::of_blob(blob)) place.source = printable(shortened(assembly::to_text(lines->lookup(pc)), 400));
  return place;
}

std::string to_text(const Place& place) {
  std::string text = place.symbol;
  if (!place.source.empty()) text += (text.empty() ? "" : ", ") + place.source;
  if (!place.instruction.empty()) text += (text.empty() ? "" : ": ") + place.instruction;
  return text;
}

}  // namespace pvm::command
