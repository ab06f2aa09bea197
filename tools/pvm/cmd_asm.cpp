// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm asm: makes a program from text.
#include "cmd_asm.hpp"

#include <iostream>
#include <memory>

#include "asm.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "output.hpp"
#include "syntax.hpp"

namespace pvm::command {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::string isa = "latest64";
  std::string container;
  std::size_t max_errors = 20;
  bool unchecked = false;
};

// Each on a line of its own, as editors and compilers have it.
int complain_about(const std::string& path, const std::vector<assembly::AsmError>& errors) {
  const std::string file = path == "-" ? "standard input" : path;
  for (const assembly::AsmError& error : errors) {
    std::cerr << printable(file) << ":" << error.line << ":" << error.column << ": " << printable(error.message) << "\n";
  }
  return exit_bad_input;
}

// A program that every host would refuse is more likely a mistake than what is wanted.
std::optional<Problem> check(const Options& options, const assembly::Assembled& program) {
  ref::Config config;
  config.semantics = program.semantics;
  config.container = program.container;
  const auto result = ref::load(program.blob, config);
  const auto* rejection = std::get_if<ref::Rejection>(&result);
  if (rejection == nullptr) return std::nullopt;
  return Problem{.file = options.input == "-" ? "standard input" : options.input,
                 .place = "offset " + std::to_string(rejection->offset) + " of the program",
                 .reason = "the program would be refused: " + std::string(ref::name_of(rejection->reason)),
                 .remedy = "to write it nevertheless add --unchecked"};
}

int assemble_file(const Options& options) {
  assembly::AsmOptions how;
  const auto version = assembly::version_named(options.isa);
  if (!version) return complain({.reason = "unknown instruction set '" + options.isa + "'", .remedy = "see pvm asm --help"});
  how.semantics = *version;
  how.container = ref::container_named(options.container);
  how.max_errors = options.max_errors;
  const auto input = read_input(options.input, max_source_bytes);
  if (const auto* problem = std::get_if<Problem>(&input)) return complain(*problem);
  const auto& bytes = std::get<std::vector<std::uint8_t>>(input);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto result = assembly::assemble(text, how);
  if (const auto* errors = std::get_if<std::vector<assembly::AsmError>>(&result)) return complain_about(options.input, *errors);
  const auto& program = std::get<assembly::Assembled>(result);
  if (const auto problem = options.unchecked ? std::nullopt : check(options, program)) return complain(*problem);
  if (const auto problem = write_output(options.output, program.blob)) return complain(*problem);
  return exit_ok;
}

constexpr const char* footer =
    "The text is what `pvm disasm` prints, or what the ecosystem's tools read and print; docs/assembly.md describes it. The first errors\n"
    "are printed as FILE:LINE:COLUMN: REASON.\n"
    "\n"
    "Examples:\n"
    "  pvm asm hello.pvmasm -o hello.pvm\n"
    "  pvm asm service.txt --isa jam_v1 -o service.pvm\n"
    "  pvm disasm a.pvm | pvm asm - -o - | cmp a.pvm     the same bytes again\n"
    "\n"
    "Exit codes: 0 done, 2 the text is wrong or a file can't be read or written.\n";

}  // namespace

void add_asm_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("asm", "Make a program from text");
  const auto options = std::make_shared<Options>();
  command->add_option("input", options->input, "The text; - is standard input")->required()->type_name("FILE");
  command->add_option("-o,--output", options->output, "The program; - is standard output")->required()->type_name("BLOB");
  command
      ->add_option("-i,--isa", options->isa,
                   "Where the text has no %isa: latest64, latest32, jam_v1, revive_v1 or graypaper-0.7.2, or the names of the document "
                   "(rv64-1, ...)")
      ->capture_default_str()
      ->type_name("NAME");
  command->add_option("--container", options->container, "Where the text has no %container: polkavm, raw or standard")
      ->check(CLI::IsMember({"polkavm", "raw", "standard"}));
  command->add_option("--max-errors", options->max_errors, "Stop after that many errors")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
      ->capture_default_str();
  command->add_flag("--unchecked", options->unchecked, "Write programs that would be refused, too");
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = assemble_file(*options); });
}

}  // namespace pvm::command
