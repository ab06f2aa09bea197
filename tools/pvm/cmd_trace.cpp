// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm trace: records what a program does.
#include "cmd_trace.hpp"

#include <signal.h>

#include <memory>

#include "execution.hpp"
#include "exit_code.hpp"
#include "trace_writer.hpp"

namespace pvm::command {
namespace {

struct Options {
  RunOptions run;
  bool steps = false;
  bool host_calls = false;
  std::string format = "text";
  std::string out = "-";
  u64 limit = 1'000'000;
};

constexpr const char* footer =
    "Steps are recorded on the reference interpreter, host calls (--host-calls) on the engine at its full speed. The guest runs in the\n"
    "environment of `pvm run`; while the trace goes to standard output, the guest's own goes to standard error.\n"
    "\n"
    "Formats:\n"
    "  text     for people: instructions with what they change; host calls with arguments, results and data\n"
    "  jip7     JIP-7 (draft): program, start, host calls and what the host did, the end; no steps\n"
    "  streams  a directory of little-endian files with one fixed-width number for each step: opcode (1 byte), pc, r0 to r12, gas (8),\n"
    "           loads and stores (4 of address, 8 of value); registers and gas are those after the step\n"
    "\n"
    "Exit codes: 0 recorded, whatever the guest came to; 2 bad usage or input; 124 timeout; 126 lost worker process; 130 interrupted.\n"
    "\n"
    "Examples:\n"
    "  pvm trace hello.pvm | less\n"
    "  pvm trace hello.pvm --host-calls -- one two\n"
    "  pvm trace math.pvm --call add 1 2 --gas 1000 --limit 50\n"
    "  pvm trace hello.pvm --format streams -o trace.d\n";

std::unique_ptr<TraceWriter> make_writer(const Options& options, const ProgramFile& file, const ref::Program& program) {
  if (options.format == "jip7") return make_jip7_trace(options.out, file.bytes);
  if (options.format == "streams") return make_stream_trace(options.out, program);
  return make_text_trace(options.out, file, program, program.config.metering != ref::Metering::none);
}

int exit_code_of_trace(const Execution& execution, const Entry& entry) {
  switch (execution.end) {
    case End::timeout:
    case End::interrupted:
    case End::host_error: return exit_code_of(execution, entry);
    default: return exit_ok;
  }
}

std::optional<Problem> contradiction_in(const Options& options) {
  if (options.format != "streams") return std::nullopt;
  if (options.host_calls) return Problem{.reason = "--format streams records steps", .remedy = "leave out --host-calls"};
  if (options.out == "-") return Problem{.reason = "--format streams makes several files", .remedy = "name a directory with -o"};
  return std::nullopt;
}

int record(const Options& options, const ProgramFile& file, const ref::Program& program, const Entry& entry) {
  const std::unique_ptr<TraceWriter> writer = make_writer(options, file, program);
  u64 left = options.limit;
  const auto go_on = [&left] { return left == 0 || --left != 0; };
  Observers observers;
  observers.start = [&](u32 pc, i64 gas, const Registers& registers) { writer->start(pc, gas, registers); };
  observers.host_call = [&](const HostCall& call) {
    writer->host_call(call);
    return !options.host_calls || go_on();
  };
  observers.step = [&](const ref::TraceStep& step, const ref::Memory& memory) {
    writer->step(step, memory);
    return go_on();
  };
  std::variant<Execution, Problem> execution =
      options.host_calls ? run_on_engine(file, program, entry, options.run, observers) : run_on_ref(program, entry, options.run, observers);
  if (const auto* problem = std::get_if<Problem>(&execution)) return complain(*problem);
  const auto& ended = std::get<Execution>(execution);
  if (const auto problem = writer->finish(ended)) return complain(*problem);
  if (ended.end == End::host_error || ended.end == End::limit) {
    warn(describe(file, ended, program));
  }
  return exit_code_of_trace(ended, entry);
}

int trace(const Options& options) {
  static_cast<void>(signal(SIGPIPE, SIG_IGN));  // a closed output is an answer to the guest, not our end
  if (const auto problem = contradiction_in(options)) return complain(*problem);
  auto file = read_program(options.run.program);
  if (const auto* problem = std::get_if<Problem>(&file)) return complain(*problem);
  std::get<ProgramFile>(file).config.metering = metering_of(options.run);
  const auto program = load_program(std::get<ProgramFile>(file));
  if (const auto* problem = std::get_if<Problem>(&program)) return complain(*problem);
  const auto entry = find_entry(options.run, std::get<ref::Program>(program));
  if (const auto* problem = std::get_if<Problem>(&entry)) return complain(*problem);
  return record(options, std::get<ProgramFile>(file), std::get<ref::Program>(program), std::get<Entry>(entry));
}

}  // namespace

void add_trace_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("trace", "Record what a program does: steps or host calls");
  const auto options = std::make_shared<Options>();
  add_run_options(*command, options->run);
  CLI::Option* host_calls = command->add_flag("--host-calls", options->host_calls, "Record host calls only, on the engine");
  command->add_flag("--steps", options->steps, "Record every instruction, on the reference interpreter (the default)")
      ->excludes(host_calls);
  command->add_option("--format", options->format, "text, jip7 or streams")
      ->check(CLI::IsMember({"text", "jip7", "streams"}))
      ->capture_default_str();
  command->add_option("--limit", options->limit, "End the run after so many steps or host calls; 0: never")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("-o,--out", options->out, "File, or directory for the streams; - is standard output")
      ->capture_default_str()
      ->type_name("PATH");
  command->footer(footer);
  command->callback([options, &exit_code] {
    options->run.output_to_errors = options->out == "-";
    exit_code = trace(*options);
  });
}

}  // namespace pvm::command
