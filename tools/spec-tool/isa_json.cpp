// SPDX-License-Identifier: Apache-2.0 OR MIT
// Writes spec/isa.json and spec/clauses.json.
#include <nlohmann/json.hpp>

#include "isa.hpp"

namespace pvm::spec {

namespace {

using nlohmann::ordered_json;

ordered_json optional_json(const auto& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json gas_json(const GasCells& gas) {
  return {{"latency", gas.latency}, {"decode_slots", gas.decode_slots},
          {"alu", gas.alu},         {"load", gas.load},
          {"store", gas.store},     {"mul", gas.mul},
          {"div", gas.div},         {"writes", gas.writes},
          {"reads", gas.reads}};
}

ordered_json instruction_json(const InstructionEntry& entry, const Isa& isa) {
  ordered_json operands = ordered_json::object();
  for (const auto& [letter, field] : entry.operands) operands[letter] = field;
  ordered_json opcodes = ordered_json::object();
  for (const Version& version : isa.versions) {
    const auto found = entry.opcodes.find(version.id);
    opcodes[version.id] = found == entry.opcodes.end() ? ordered_json(nullptr) : ordered_json(found->second);
  }
  ordered_json effects = ordered_json::array();
  for (const Effect& effect : entry.effects) effects.push_back({{"versions", effect.versions}, {"formula", effect.formula}});
  return {{"name", entry.name},
          {"clause", entry.clause},
          {"graypaper_name", optional_json(entry.graypaper_name)},
          {"format", entry.format},
          {"operands", operands},
          {"opcodes", opcodes},
          {"ends_block", entry.ends_block},
          {"falls_through", entry.falls_through},
          {"effect", effects},
          {"gas", gas_json(entry.gas)}};
}

}  // namespace

std::string isa_json(const Isa& isa) {
  ordered_json root = {{"schema", 1},
                       {"spec", isa.document_version},
                       {"versions", ordered_json::array()},
                       {"formats", isa.formats},
                       {"instructions", ordered_json::array()}};
  for (const Version& version : isa.versions) {
    root["versions"].push_back({{"id", version.id},
                                {"bits", version.bits},
                                {"blob_version", optional_json(version.blob_version)},
                                {"gas_models", version.gas_models}});
  }
  for (const InstructionEntry& entry : isa.instructions) root["instructions"].push_back(instruction_json(entry, isa));
  root["invalid"] = {{"gas", gas_json(isa.invalid_gas)}};
  return root.dump(1) + "\n";
}

std::string clauses_json(const Document& document, const Isa& isa) {
  ordered_json clauses = ordered_json::array();
  std::vector<Finding> ignored;  // unknown tags are reported where the document is checked
  for (const Clause& clause : document.clauses) {
    ordered_json item = {{"id", clause.id},
                         {"title", clause.title},
                         {"file", clause.place.file},
                         {"versions", resolve_tags(isa.versions, clause.holds_in.tags, clause.place, clause.id, ignored)}};
    if (clause.test_none) item["test_none"] = *clause.test_none;
    if (clause.rule_none) item["rule_none"] = *clause.rule_none;
    clauses.push_back(std::move(item));
  }
  return ordered_json({{"schema", 1}, {"spec", isa.document_version}, {"clauses", std::move(clauses)}}).dump(1) + "\n";
}

}  // namespace pvm::spec
