// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm disasm: shows a program as text.
#include "cmd_disasm.hpp"

#include <memory>

#include "asm.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "line_programs.hpp"
#include "native.hpp"
#include "output.hpp"
#include "program_options.hpp"
#include "pvm/engine.hpp"

namespace pvm::command {
namespace {

using assembly::DisasmOptions;

struct Options {
  ProgramOptions program;
  std::string format = "canonical";
  std::string output = "-";
  bool show_raw_bytes = false;
  bool gas = false;
  bool source = false;
  bool native = false;
};

constexpr std::size_t native_indent_in_listings = 39;

ProgramConfig native_config(const ref::Config& config, bool with_gas) {
  ProgramConfig result;
  result.semantics = static_cast<Semantics>(config.semantics);
  result.container = static_cast<Container>(config.container);
  if (config.gas_model) result.gas_model = static_cast<GasModel>(*config.gas_model);
  result.memory_cost = config.memory_cost;
  result.metering = with_gas ? Metering::sync : Metering::none;
  return result;
}

// Compiles the program for this machine; it is never run.
std::variant<Module, Problem> compile(const Options& options, const ProgramFile& file) {
  EngineConfig config;
  config.isolation = Isolation::in_process;
  const auto engine = Engine::create(config);
  if (!engine) return Problem{.reason = "native code can't be made here: " + engine.error().message};
  auto module = engine->compile(file.bytes, native_config(file.config, options.gas));
  if (!module) return Problem{.file = options.program.blob, .reason = module.error().message};
  return std::move(*module);
}

// The lines of native code behind each instruction. The module must stay alive.
std::function<std::vector<std::string>(ref::u32)> native_lines(const Module& module, bool is_listing) {
  std::vector<std::pair<ref::u32, ref::u32>> positions;
  for (const NativePosition& position : module.native_positions()) positions.emplace_back(position.pc, position.native);
  const auto text = std::make_shared<assembly::NativeText>(module.native_code(), std::move(positions));
  return [text, is_listing](ref::u32 pc) {
    std::vector<std::string> lines = text->lines_of(pc);
    if (!is_listing) return lines;
    for (std::string& line : lines) line.insert(0, native_indent_in_listings, ' ');
    return lines;
  };
}

// The source in front of each instruction where it differs from that of the one before.
std::function<std::vector<std::string>(ref::u32)> source_lines(assembly::LinePrograms programs, bool is_listing) {
  struct State {
    assembly::LinePrograms programs;
    std::string last;
  };
  const auto state = std::make_shared<State>(State{programs, {}});
  return [state, is_listing](ref::u32 pc) -> std::vector<std::string> {
    const std::string text = printable(assembly::to_text(state->programs.lookup(pc)));
    if (text == state->last) return {};
    state->last = text;
    if (text.empty()) return {};
    return {(is_listing ? "        // " : "") + text};
  };
}

int disassemble_file(const Options& options) {
  const auto read = read_program(options.program);
  if (const auto* problem = std::get_if<Problem>(&read)) return complain(*problem);
  const ProgramFile& file = std::get<ProgramFile>(read);
  const std::string& path = options.program.blob;
  DisasmOptions how;
  how.format = options.format == "listing" ? DisasmOptions::Format::listing : DisasmOptions::Format::canonical;
  how.show_raw_bytes = options.show_raw_bytes;
  how.show_gas = options.gas;
  const bool is_listing = how.format == DisasmOptions::Format::listing;
  if (options.gas && ref::is_graypaper(file.config.semantics)) {
    return complain(
        {.file = path, .reason = "in graypaper-0.7.2 each instruction costs 1, and blocks have no cost", .remedy = "leave --gas out"});
  }
  if (options.source) {
    auto programs = assembly::LinePrograms::of_blob(file.bytes);
    if (!programs) return complain({.file = path, .reason = "the program has no debug sections", .remedy = "link it without --strip"});
    how.annotations.before = source_lines(*programs, is_listing);
  }
  std::optional<Module> module;
  if (options.native) {
    auto compiled = compile(options, file);
    if (const auto* problem = std::get_if<Problem>(&compiled)) return complain(*problem);
    module = std::get<Module>(std::move(compiled));
    how.annotations.after = native_lines(*module, is_listing);
  }
  const auto text = assembly::disassemble(file.bytes, file.config, how);
  if (const auto* rejection = std::get_if<ref::Rejection>(&text)) {
    return complain({.file = path,
                     .place = "offset " + std::to_string(rejection->offset),
                     .reason = "the program is refused: " + std::string(ref::name_of(rejection->reason))});
  }
  if (const auto problem = write_output(options.output, std::get<std::string>(text))) return complain(*problem);
  return exit_ok;
}

constexpr const char* footer =
    "The canonical form makes the same bytes again with `pvm asm`, whatever else is shown: all that is comments. The listing is what the\n"
    "ecosystem's disassembler prints; it leaves out data, and doesn't tell some instructions apart. docs/assembly.md describes both.\n"
    "\n"
    "Examples:\n"
    "  pvm disasm hello.pvm\n"
    "  pvm disasm hello.pvm --gas --gas-model pipeline-1 --memory-cost 4\n"
    "  pvm disasm hello.pvm --source --native | less\n"
    "  pvm disasm hello.pvm --format listing --show-raw-bytes -o hello.txt\n"
    "\n"
    "Exit codes: 0 done, 2 the program is refused, or a file can't be read or written.\n";

}  // namespace

void add_disasm_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("disasm", "Show a program as text");
  const auto options = std::make_shared<Options>();
  add_program_options(*command, options->program);
  command->add_option("--format", options->format, "canonical, or listing")
      ->check(CLI::IsMember({"canonical", "listing"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Where the text goes; - is standard output")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_flag("--show-raw-bytes", options->show_raw_bytes, "Each instruction's offset and bytes");
  command->add_flag("--gas", options->gas, "What each block costs");
  command->add_flag("--source", options->source, "Lines of source, from the debug sections");
  command->add_flag("--native", options->native, "The x86-64 code that the JIT compiler makes; with --gas that of metering, too");
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = disassemble_file(*options); });
}

}  // namespace pvm::command
