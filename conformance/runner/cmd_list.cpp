// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform list and show: what the suite holds.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "clause_link.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "pvm/conformance/json_io.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;
using conformance::ManifestFile;
using conformance::ParseError;

bool takes(const Selection& selection, const ManifestFile& file) {
  const auto& wanted = selection.semantics;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), file.semantics) != wanted.end();
}

nlohmann::ordered_json entry_json(const ManifestFile& file, const std::string& id) {
  return {{"id", id}, {"semantics", ref::name_of(file.semantics)}, {"group", file.group}, {"file", file.path}};
}

std::string show_pre(const conformance::Pre& pre) {
  std::string text = "before\n";
  text += "  pc   " + (pre.pc ? std::to_string(*pre.pc) : std::string("not set")) + "\n";
  text += "  gas  " + conformance::hex_i64(pre.gas.value_or(conformance::ample_gas)) + "\n";
  for (conformance::u8 number = 0; pre.regs && number < 13; ++number) {
    const conformance::u64 value = (*pre.regs)[number];
    if (value != 0) text += "  " + std::string(ref::register_name(number)) + "   " + conformance::hex_u64(value) + "\n";
  }
  for (const auto& page : pre.pages) {
    text += "  page " + conformance::hex_u64(page.address) + ", " + std::to_string(page.length) + " bytes" +
            (page.writable ? ", writable" : ", read-only") + "\n";
  }
  for (const auto& part : pre.memory)
    text += "  at " + conformance::hex_u64(part.address) + ": " + conformance::hex_bytes(part.bytes) + "\n";
  return text;
}

/// The members of the case that read best as they stand in its file.
std::string show_rest(const Case& c) {
  const auto whole = nlohmann::ordered_json::parse(conformance::print_case(c), nullptr, false);
  std::string text;
  for (const char* name : {"rejected", "block_costs"}) {
    if (whole.contains(name)) text += std::string(name) + "\n  " + whole[name].dump() + "\n";
  }
  if (whole.contains("steps")) {
    text += "steps\n";
    for (const auto& step : whole["steps"]) text += "  " + step.dump() + "\n";
  }
  return text;
}

std::string show(const Case& c) {
  std::string text = c.id + "\n  " + c.why + "\n\nsemantics  " + std::string(ref::name_of(c.semantics)) + "\n";
  for (const std::string& clause : c.clauses) text += "clause     " + clause + "  " + clause_link(clause) + "\n";
  for (const std::string& need : c.needs) text += "requires   " + need + "\n";
  if (c.origin) text += "origin     dialect " + c.origin->dialect + ", " + c.origin->name + "\n";
  text += "\nprogram, " + std::string(ref::name_of(c.program.container)) + "\n  " + conformance::hex_bytes(c.program.bytes) + "\n";
  for (const std::string& line : c.disassembly) text += "  " + line + "\n";
  text += "\n";
  if (const auto* execution = std::get_if<conformance::Execution>(&c.body)) text += show_pre(execution->pre);
  return text + show_rest(c);
}

}  // namespace

int list_command(const ListOptions& options) {
  const auto selection = selection_of(options.selection);
  if (const auto* error = std::get_if<ParseError>(&selection)) return complain(*error);
  const auto& wanted = std::get<Selection>(selection);
  const auto manifest = load_manifest_of(wanted);
  if (const auto* error = std::get_if<ParseError>(&manifest)) return complain(*error);
  std::string text;
  for (const ManifestFile& file : std::get<conformance::Manifest>(manifest).files) {
    if (!takes(wanted, file)) continue;
    for (const auto& [id, digest] : file.cases) {
      if (is_selected(wanted, id)) text += (options.json ? entry_json(file, id).dump() : id) + "\n";
    }
  }
  if (text.empty()) return complain("no case is selected");
  if (options.json) {
    text.pop_back();
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, ",\n");
    text = "[\n" + text + "\n]\n";
  }
  std::cout << text << std::flush;
  return exit_passed;
}

int show_command(const ShowOptions& options) {
  const auto c = load_case(options.selection, options.id);
  if (const auto* error = std::get_if<ParseError>(&c)) return complain(*error);
  std::cout << (options.json ? conformance::print_case(std::get<Case>(c)) : show(std::get<Case>(c))) << std::flush;
  return exit_passed;
}

}  // namespace pvm::runner
