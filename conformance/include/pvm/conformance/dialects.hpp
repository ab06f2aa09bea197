// SPDX-License-Identifier: Apache-2.0 OR MIT
// Test vectors of other projects: import and export without a loss. conformance/README.md says what each dialect can hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/error.hpp"

namespace pvm::conformance {

/// a: flat files with expected-* members; b: steps tagged by "kind", the gas draft; c: externally tagged steps.
enum class Dialect : u8 { a, b, c };

std::optional<Dialect> dialect_named(std::string_view name);
std::string_view name_of(Dialect dialect);

struct ImportOptions {
  /// The version that the cases are for. Absent: graypaper-0.7.2 for a, jam-1 for b and c.
  std::optional<ref::Semantics> semantics;
  /// Leave out the pc that a file asserts at halt and trap: published files of dialect a hold the position of the last instruction
  /// there, while graypaper-0.7.2 fixes 0.
  bool drop_final_pc = false;
};

/// Reads one foreign file. Gives its cases: one that executes, `import-<dialect>/<name>`, and, where the file lists block costs, one
/// more, `...block_costs`. Both carry the origin.
std::variant<std::vector<Case>, ParseError> import_file(Dialect dialect, std::string_view text, const std::string& path,
                                                        const ImportOptions& options = {});

/// Appends ".2", ".3", ... to repeated ids: two foreign names may give the same id.
void make_ids_unique(std::vector<Case>& cases);

/// Why a dialect can't hold a case.
enum class ExportProblem : u8 {
  dialect,        ///< Nothing can be exported to dialect b.
  semantics,      ///< Another version.
  container,      ///< Not a raw program.
  rejection,      ///< The program must be refused.
  configuration,  ///< Auxiliary data, page size, strict, metering or arguments.
  gas_model,      ///< Another gas model than the dialect's.
  no_pc,          ///< No initial pc.
  step,           ///< A step that the dialect lacks.
  failing_step,   ///< A host step that must fail.
  alternatives,   ///< any_of.
  value_range,    ///< An address or a number beyond the dialect's.
  memory_mode,    ///< Says something else in the paged mode, and under the gas model, that the dialect implies.
  not_asserted,   ///< The dialect demands a member that has no value here, such as a pc at halt.
};
std::string_view name_of(ExportProblem problem);

struct ExportedFile {
  std::string name;               ///< For a file name: [a-z0-9_.-]+, unique in the result.
  std::string text;               ///< JSON, with a final newline.
  std::vector<std::string> ids;   ///< The native cases in it, one or two.
  std::vector<std::string> lost;  ///< Assertions that the dialect has no word for: "next_pc", "write_protected", ...; sorted, each once.
};
struct NotExported {
  std::string id;
  ExportProblem problem = ExportProblem::dialect;
  std::string detail;
};
struct ExportResult {
  std::vector<ExportedFile> files;
  std::vector<NotExported> refused;
};

struct ExportOptions {
  /// Dialect a only: the version whose cases are exported; a file doesn't tell. Absent: graypaper-0.7.2. Dialect c is always jam-1.
  std::optional<ref::Semantics> semantics;
};

/// Writes cases in dialect a or c. Two imported cases of one origin become one file again.
ExportResult export_cases(Dialect dialect, const std::vector<Case>& cases, const ExportOptions& options = {});

}  // namespace pvm::conformance
