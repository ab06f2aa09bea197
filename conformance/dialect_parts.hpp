// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the foreign dialects have in common: bare integers, bytes as lists of numbers, kebab-case members.
#pragma once

#include "json_text.hpp"
#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/json_reader.hpp"

namespace pvm::conformance {

// ---- Reading ----

Bytes read_number_bytes(const Reader& at);
Registers read_number_registers(const Reader& at);
/// {address, contents}
MemoryBytes read_chunk(const Reader& at);
std::vector<MemoryBytes> read_chunks(const Reader& at);
/// An array of {pc, cost}, or a map of cost by decimal pc.
BlockCosts read_foreign_costs(const Reader& at);

// ---- Writing ----

OrderedJson number_bytes_json(const Bytes& bytes);
OrderedJson chunk_json(const MemoryBytes& chunk);
OrderedJson chunks_json(const std::vector<MemoryBytes>& chunks);
/// {address, length, is-writable}
OrderedJson page_json(const Page& page);
/// Two spaces of indentation, everything opened, final newline.
std::string foreign_text(const OrderedJson& json);

// ---- Cases ----

/// A name as a part of an id or a file's name: [a-z0-9_.-]+.
std::string slug(std::string_view name);
/// A case with id, why, program and origin; the rest is the caller's.
Case imported_case(Dialect dialect, const std::string& name, ref::Semantics semantics, Bytes program);
/// Completes needs and disassembly, and applies check_case; complaints go to `at`.
void finish_imported(Case& c, const Reader& at);

/// The two importers behind import_file.
std::vector<Case> import_flat(const Reader& at, const ImportOptions& options);
std::vector<Case> import_stepped(Dialect dialect, const Reader& at, const ImportOptions& options);

/// The two exporters behind export_cases. Cases that are exported together (a pair of one origin) are given together.
struct ExportUnit {
  const Case* execution = nullptr;
  const Case* block_costs = nullptr;
};
using Exported = std::variant<ExportedFile, NotExported>;
Exported export_flat(const Case& c, ref::Semantics semantics);
Exported export_stepped(const ExportUnit& unit);

/// What both dialects require of a case: a raw program, of that version, nothing configured that a file can't say.
std::optional<NotExported> check_exportable(const Case& c, ref::Semantics semantics, ref::GasModel gas_model);
/// The case as the dialect means it: paged, with its gas model.
Case as_dialect_means(const Case& c, ref::GasModel gas_model);
/// The name that a file for the case gets inside.
std::string export_name(const Case& c);

}  // namespace pvm::conformance
