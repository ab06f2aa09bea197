// SPDX-License-Identifier: Apache-2.0 OR MIT
// What runs on both machines have in common.
#include "execution.hpp"

#include "exit_code.hpp"
#include "format.hpp"
#include "places.hpp"

namespace pvm::command {
namespace {

std::string unknown_call(const Execution& execution, const ref::Program& program) {
  const u64 number = execution.host_call;
  if (number >= program.imports.size() || !program.imports[number])
    return "makes host call " + std::to_string(number) + ", which is no import of it";
  return "calls '" + shortened(*program.imports[number]) + "', which this environment doesn't have";
}

std::string what_happened(const Execution& execution, const ref::Program& program) {
  switch (execution.end) {
    case End::page_fault: return "page fault at " + hex(execution.fault_address);
    case End::out_of_gas: return "out of gas";
    case End::timeout: return "timeout";
    case End::limit: return "the trace ends here: --limit is reached";
    case End::unknown_host_call: return unknown_call(execution, program);
    case End::host_error: return execution.message;
    default: return std::string(name_of(execution.end));
  }
}

}  // namespace

std::string_view name_of(End end) {
  constexpr std::string_view names[] = {"returned",          "exited",     "trap", "page_fault", "out_of_gas", "timeout", "interrupted",
                                        "unknown_host_call", "host_error", "limit"};
  return names[static_cast<u8>(end)];
}

int exit_code_of(const Execution& execution, const Entry& entry) {
  switch (execution.end) {
    case End::returned: return entry.is_main ? static_cast<int>(execution.registers[7] & 0xff) : exit_ok;
    case End::exited: return execution.exit_code & 0xff;
    case End::trap: return exit_trap;
    case End::page_fault: return exit_page_fault;
    case End::out_of_gas: return exit_out_of_gas;
    case End::timeout: return exit_timeout;
    case End::interrupted: return exit_interrupted;
    case End::unknown_host_call:
    case End::host_error: return exit_host_error;
    case End::limit: return exit_ok;
  }
  return exit_host_error;
}

Problem describe(const ProgramFile& file, const Execution& execution, const ref::Program& program) {
  Problem problem{.file = file.path, .reason = what_happened(execution, program)};
  if (execution.end == End::out_of_gas) problem.remedy = "--gas N gives it more";
  if (!execution.pc) return problem;
  const std::string place = to_text(place_of(program, file.bytes, *execution.pc));
  problem.place = "pc " + std::to_string(*execution.pc) + (place.empty() ? "" : " (" + place + ")");
  return problem;
}

}  // namespace pvm::command
