// SPDX-License-Identifier: Apache-2.0 OR MIT
// The four ways in which a run is told: terminal, JSON, JUnit XML, HTML.
#pragma once

#include <string>

#include "results.hpp"

namespace pvm::runner {

/// The text for a terminal: a table of verdicts by version, the first `max_details` bad results in detail, and one closing line.
std::string summary_text(const RunReport& report, bool colour, std::size_t max_details);

/// The closing line alone: "11990 passed, 3 failed, ...", without a newline.
std::string closing_line(const RunReport& report);

/// Everything as JSON, as conformance/schema/report.schema.json says.
std::string json_report(const RunReport& report);

/// JUnit XML, valid against conformance/schema/junit.xsd: one test suite per version and clause group.
std::string junit_report(const RunReport& report);

/// One HTML page that needs nothing else.
std::string html_report(const RunReport& report);

}  // namespace pvm::runner
