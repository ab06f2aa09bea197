// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform: gates a VM on the conformance vectors, and looks into them. This file is its command line.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <exception>

#include "commands.hpp"
#include "exit_code.hpp"

namespace {

using namespace pvm::runner;

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler sets it");

void on_signal(int) {
  interrupted = true;
}

void set_up_signals() {
  static_cast<void>(signal(SIGPIPE, SIG_IGN));  // a target that has gone is an answer, not our end
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends us at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

constexpr const char* exit_code_help =
    "Exit codes:\n"
    "  0    every case that ran passed (unsupported cases and listed expected failures are allowed)\n"
    "  1    a fail, error, timeout or unexpected pass; for verify and diff --check: a finding\n"
    "  2    bad usage, bad or unreadable input, a wrong manifest, or nothing to run\n"
    "  3    the target can't be started, or greets wrongly\n"
    "  130  interrupted; the reports hold what was learned so far\n";

void add_vectors(CLI::App& command, SelectionOptions& selection) {
  command.add_option("--vectors", selection.vectors, "Files or directories of vectors (default: the suite that belongs to this program)")
      ->type_name("PATH...");
}

void add_selection(CLI::App& command, SelectionOptions& selection) {
  add_vectors(command, selection);
  command.add_option("--semantics", selection.semantics, "Only these semantics versions, separated by commas")
      ->delimiter(',')
      ->type_name("ID,...");
  command
      .add_option("--only", selection.only,
                  "Only cases whose id, with or without the version in front, fits a pattern (* ? [..]); may be repeated")
      ->type_name("GLOB")
      ->allow_extra_args(false);
}

void add_run(CLI::App& app, RunOptions& options) {
  CLI::App* command = app.add_subcommand("run", "Gate a target on the vectors");
  command
      ->add_option("--target", options.target,
                   "ref (the reference interpreter), engine:jit (native code in a worker process), engine:jit-in-process, engine:interp, "
                   "cmd:\"COMMAND ...\" or lib:PATH")
      ->required();
  add_selection(*command, options.selection);
  command->add_option("--expected", options.expected, R"(Expected failures: {"schema":1,"expected":[{"id":GLOB,"reason":..,"link":..}]})")
      ->type_name("FILE");
  command->add_option("--jobs", options.jobs, "Targets that run at the same time (default: one per processor)")
      ->check(CLI::Range(1U, 1024U));
  command->add_option("--timeout-ms", options.timeout_ms, "Time for one case")->check(CLI::Range(1U, 86'400'000U))->capture_default_str();
  command->add_option("--start-timeout-ms", options.start_timeout_ms, "Time from a start to the greeting")
      ->check(CLI::Range(1U, 86'400'000U))
      ->capture_default_str();
  command->add_option("--details", options.details, "How many failures to print in full")->capture_default_str();
  command->add_option("--json", options.json, "Write a report as JSON")->type_name("FILE");
  command->add_option("--junit", options.junit, "Write a report as JUnit XML")->type_name("FILE");
  command->add_option("--html", options.html, "Write a report as one HTML page")->type_name("FILE");
  command->footer(exit_code_help);
}

void add_looking(CLI::App& app, ListOptions& list, ShowOptions& show, TraceOptions& trace) {
  CLI::App* list_app = app.add_subcommand("list", "List the ids of the suite, from its manifest");
  add_selection(*list_app, list.selection);
  list_app->add_flag("--json", list.json, "As a JSON array");

  CLI::App* show_app = app.add_subcommand("show", "Print a case");
  show_app->add_option("id", show.id, "The case, with or without the version in front")->required();
  add_vectors(*show_app, show.selection);
  show_app->add_flag("--json", show.json, "As it stands in its file");

  CLI::App* trace_app = app.add_subcommand("trace", "Run a case on the reference interpreter, step by step");
  trace_app->add_option("id", trace.id, "The case, with or without the version in front")->required();
  add_vectors(*trace_app, trace.selection);
  trace_app->add_option("--format", trace.format, "text, jip7 (JIP-7 draft), or streams (one fixed-width file per field)")
      ->check(CLI::IsMember({"text", "jip7", "streams"}))
      ->capture_default_str();
  trace_app->add_option("--out", trace.out, "File, or directory for the streams")->type_name("PATH");
  trace_app->add_option("--max-steps", trace.max_steps, "Instructions to keep")->capture_default_str();
}

void add_comparing(CLI::App& app, DiffOptions& diff, VerifyOptions& verify) {
  CLI::App* diff_app = app.add_subcommand("diff", "List the clauses in which two semantics versions observably differ");
  diff_app->add_option("a", diff.a, "A semantics version")->required();
  diff_app->add_option("b", diff.b, "Another one")->required();
  add_vectors(*diff_app, diff.selection);
  diff_app->add_flag("--json", diff.json, "As JSON");
  diff_app->add_flag("--check", diff.check, "Compare with the document's table of differences; exit 1 where they disagree");
  diff_app->add_option("--document", diff.document, "The document's differences.md (default: that of the source tree)")->type_name("FILE");

  CLI::App* verify_app = app.add_subcommand("verify", "Check manifest, hashes, schema, and that released cases are unchanged");
  verify_app->add_option("root", verify.root, "Directory with manifest.json (default: the suite that belongs to this program)");
}

void add_dialects(CLI::App& app, ImportCommandOptions& import, ExportCommandOptions& export_options, ServeOptions& serve) {
  CLI::App* import_app = app.add_subcommand("import", "Turn vectors of other projects into native ones");
  import_app->add_option("--dialect", import.dialect, "a (flat), b (gas draft) or c (steps)")
      ->required()
      ->check(CLI::IsMember({"a", "b", "c"}));
  import_app->add_option("files", import.files, "Files, or directories of .json files")->required();
  import_app->add_option("--out", import.out, "Directory for the result")->required()->type_name("DIR");
  import_app->add_option("--semantics", import.semantics, "The version that the vectors are for")->type_name("ID");
  import_app->add_flag("--drop-final-pc", import.drop_final_pc,
                       "Leave out the pc asserted at halt and trap (dialect a's is that of the last instruction)");

  CLI::App* export_app = app.add_subcommand("export", "Write the suite in another project's format");
  export_app->add_option("--dialect", export_options.dialect, "a (flat) or c (steps)")->required()->check(CLI::IsMember({"a", "c"}));
  export_app->add_option("--out", export_options.out, "Directory for the result")->required()->type_name("DIR");
  add_selection(*export_app, export_options.selection);

  CLI::App* serve_app = app.add_subcommand("serve", "Be the reference interpreter as a target, on standard input and output");
  serve_app
      ->add_option("--protocol", serve.protocol, "native (target protocol 1), or blank-line (dialect a, each case ended by a blank line)")
      ->check(CLI::IsMember({"native", "blank-line"}))
      ->capture_default_str();
  serve_app->add_option("--semantics", serve.semantics, "blank-line: the version to run (default: graypaper-0.7.2)")->type_name("ID");
}

/// What the command line says.
struct Options {
  RunOptions run;
  ListOptions list;
  ShowOptions show;
  TraceOptions trace;
  DiffOptions diff;
  VerifyOptions verify;
  ImportCommandOptions import;
  ExportCommandOptions export_options;
  ServeOptions serve;
  std::string library;
  HostEngineOptions host_engine;
};

int run_subcommand(const std::string& name, const Options& options) {
  if (name == "run") return run_command(options.run, interrupted);
  if (name == "list") return list_command(options.list);
  if (name == "show") return show_command(options.show);
  if (name == "trace") return trace_command(options.trace);
  if (name == "diff") return diff_command(options.diff);
  if (name == "verify") return verify_command(options.verify);
  if (name == "import") return import_command(options.import);
  if (name == "export") return export_command(options.export_options);
  if (name == "serve") return serve_command(options.serve);
  if (name == "host-engine") return host_engine_command(options.host_engine);
  return host_lib_command(options.library);
}

int run_program(int argc, char** argv) {
  CLI::App app("Gates a PVM implementation on the conformance vectors, clause by clause.", "pvm-conform");
  app.set_version_flag("--version", "pvm-conform " PVM_VERSION);
  app.require_subcommand(1);
  app.footer(exit_code_help);
  Options options;
  add_run(app, options.run);
  add_looking(app, options.list, options.show, options.trace);
  add_comparing(app, options.diff, options.verify);
  add_dialects(app, options.import, options.export_options, options.serve);
  app.add_subcommand("host-lib")->group("")->add_option("path", options.library)->required();
  CLI::App* host_engine = app.add_subcommand("host-engine")->group("");
  host_engine->add_option("level", options.host_engine.level)->required();
  host_engine->add_option("--run-ms", options.host_engine.run_ms);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_passed : exit_bad_input;
  }
  return run_subcommand(app.get_subcommands().front()->get_name(), options);
}

}  // namespace

int main(int argc, char** argv) {
  set_up_signals();
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "pvm-conform: %s\n", error.what()));
    return exit_bad_input;
  }
}
