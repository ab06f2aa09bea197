// SPDX-License-Identifier: Apache-2.0 OR MIT
// From the clauses to the rules of ref and to the vectors, and back.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "isa.hpp"

namespace pvm::spec {

/// Where one clause is found outside the document.
struct ClauseTrace {
  std::string id;
  std::vector<std::string> versions;   ///< In which it holds.
  std::vector<Place> rules;            ///< Comments `[id]` below ref/.
  std::map<std::string, int> vectors;  ///< Number of cases that name it, by semantics version.
};

struct TraceReport {
  std::vector<ClauseTrace> clauses;  ///< In the document's order.
  std::vector<Finding> findings;
  int cases = 0;  ///< Cases read.
};

/// Reads ref/, conformance/vectors/, tests/ and the document's own mentions below `root`. Findings: clauses without a rule or without a
/// vector in a version that they hold in (unless exempt), ids that name no clause, ids defined twice, unreadable files.
TraceReport trace(const std::filesystem::path& root, const Document& document, const Isa& isa);

/// The report for machines, schema 1.
std::string trace_json(const TraceReport& report);

}  // namespace pvm::spec
