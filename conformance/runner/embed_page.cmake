# Joins html/report.{html,css,js} into one string constant: cmake -DHTML_DIR=... -DOUTPUT=... -P embed_page.cmake
file(READ ${HTML_DIR}/report.html page)
file(READ ${HTML_DIR}/report.css css)
file(READ ${HTML_DIR}/report.js js)
string(REPLACE "%CSS%" "${css}" page "${page}")
string(REPLACE "%JS%" "${js}" page "${page}")
file(WRITE ${OUTPUT} "// Generated from conformance/runner/html. Do not edit.\n#pragma once\n\n#include <string_view>\n\nnamespace pvm::runner {\n\ninline constexpr std::string_view report_page = R\"html(${page})html\";\n\n}  // namespace pvm::runner\n")
