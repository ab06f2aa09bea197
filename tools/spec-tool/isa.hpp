// SPDX-License-Identifier: Apache-2.0 OR MIT
// The tables of the document joined with its clauses: what spec/isa.json and spec/clauses.json hold.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document.hpp"

namespace pvm::spec {

/// A row of table `versions`.
struct Version {
  std::string id;
  unsigned bits = 64;               ///< Register width.
  std::optional<int> blob_version;  ///< Version byte of container polkavm; absent where the version has no such container.
  std::vector<std::string> gas_models;

  bool is_polkavm() const { return blob_version.has_value(); }
};

/// A formula and the versions in which it holds, in the document's order.
struct Effect {
  std::vector<std::string> versions;
  std::string formula;
  Place place;
};

/// A row of table `pipeline`, cells as written.
struct GasCells {
  std::string latency, decode_slots;
  int alu = 0, load = 0, store = 0, mul = 0, div = 0;
  std::vector<std::string> writes, reads;  ///< Operand letters.
};

/// A row of table `opcodes` with its clause and its row of table `pipeline`.
struct InstructionEntry {
  std::string name, clause, format;
  std::optional<std::string> graypaper_name;
  std::vector<std::pair<std::string, std::string>> operands;  ///< Letter and field, in the clause's order.
  std::map<std::string, int> opcodes;                         ///< By version; versions that lack it are absent.
  bool ends_block = false, falls_through = false;
  std::vector<Effect> effects;
  GasCells gas;

  bool in(const std::string& version) const { return opcodes.contains(version); }
  /// The effect in that version, or nullptr.
  const Effect* effect_in(std::string_view version) const;
};

struct Isa {
  std::string document_version;
  std::vector<Version> versions;
  std::vector<std::string> formats;
  std::vector<InstructionEntry> instructions;
  GasCells invalid_gas;

  std::vector<std::string> version_ids() const;
};

/// Encoding fields that a format has ("reg1", "imm1", "offset", ...), from table `formats`; empty: there is no such format.
std::vector<std::string> fields_of_format(const Document& document, std::string_view format);

/// Joins the tables with the clauses. Whatever is missing, malformed or contradictory becomes a finding.
Isa read_isa(const Document& document, std::vector<Finding>& findings);

/// The versions that tags stand for, in the document's order: "polkavm" is every version with a version byte, no tags are all
/// versions. An unknown tag becomes a finding at `place`.
std::vector<std::string> resolve_tags(const std::vector<Version>& versions, const std::vector<std::string>& tags, const Place& place,
                                      const std::string& clause, std::vector<Finding>& findings);

/// Text of spec/isa.json.
std::string isa_json(const Isa& isa);

/// Text of spec/clauses.json: id, title, file and versions of every clause, with the reasons of its exemptions.
std::string clauses_json(const Document& document, const Isa& isa);

}  // namespace pvm::spec
