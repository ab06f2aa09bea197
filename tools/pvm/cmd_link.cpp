// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm link: makes a program from RISC-V ELF files.
#include "cmd_link.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "exit_code.hpp"
#include "files.hpp"
#include "link.hpp"
#include "output.hpp"
#include "program_options.hpp"

namespace pvm::command {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output = "a.pvm";
  std::string isa;
  std::string container;
  unsigned level = 2;
  /// In the order of `passes`.
  std::vector<bool> switched_off;
  std::string stack_size;
  std::vector<std::string> dispatch_table;
  bool strip = false, stats = false, json = false;
};

struct Pass {
  const char* name;
  const char* what;
  bool link::OptimizeOptions::*enabled;
};

constexpr Pass passes[] = {
    {"reachability", "Keep blocks and data that no export reaches", &link::OptimizeOptions::reachability},
    {"jump-threading", "Keep jumps to jumps, and blocks apart", &link::OptimizeOptions::jump_threading},
    {"constants", "Don't propagate constants, copies and addresses", &link::OptimizeOptions::constants},
    {"dead-code", "Keep results that nobody reads", &link::OptimizeOptions::dead_code},
    {"share-constants", "Load each number anew", &link::OptimizeOptions::share_constants},
    {"merge-identical-code", "Keep copies of the same code", &link::OptimizeOptions::merge_identical_code},
    {"reorder", "Keep the order of the input", &link::OptimizeOptions::reorder},
};

constexpr const char* footer =
    "Examples:\n"
    "  pvm link hello.o -o hello.pvm                an object to a program\n"
    "  pvm link main.o util.o -o prog.pvm --strip   several objects, no debug information\n"
    "  pvm link prog.elf --isa latest64 --stats     what ld.lld --emit-relocs has made\n"
    "\n"
    "Exit codes: 0 done, 2 bad usage or input.\n";

Problem problem_of(const link::LinkError& error) {
  link::LinkError place = {.section = error.section, .offset = error.offset, .symbol = error.symbol};
  return {error.path, link::to_text(place), error.message, error.remedy};
}

int complain_of(const link::LinkError& error) {
  const int code = complain(problem_of(error));
  for (const link::LinkError& other : error.more) complain(problem_of(other));
  return code;
}

std::optional<Problem> set_target(const Options& options, link::LinkOptions& settings) {
  if (!options.isa.empty()) {
    settings.semantics = version_named(options.isa);
    if (!settings.semantics) {
      return Problem{.reason = "unknown instruction set " + options.isa,
                     .remedy = "it is one of revive-1, rv32-1, rv64-1, jam-1, graypaper-0.7.2, or revive_v1, latest32, latest64, jam_v1"};
    }
  }
  if (!options.container.empty()) {
    settings.container = ref::container_named(options.container);
    if (!settings.container) return Problem{.reason = "unknown container " + options.container, .remedy = "it is polkavm, raw or standard"};
  }
  return std::nullopt;
}

void set_passes(const Options& options, link::LinkOptions& settings) {
  if (options.level < 2) settings.optimize = link::OptimizeOptions::none();
  if (options.level == 1) settings.optimize.reachability = true;
  for (std::size_t index = 0; index < std::size(passes); ++index) {
    if (options.switched_off[index]) settings.optimize.*passes[index].enabled = false;
  }
}

std::string statistics_as_text(const link::LinkStatistics& statistics, std::size_t blob_bytes) {
  const auto line = [](const char* name, link::u64 value) {
    const std::string number = std::to_string(value);
    return std::string(name) + std::string(24 - std::string(name).size(), ' ') +
           std::string(12 - std::min<std::size_t>(12, number.size()), ' ') + number + "\n";
  };
  return line("blob bytes", blob_bytes) + line("code bytes", statistics.code_bytes) + line("instructions", statistics.instructions) +
         line("blocks", statistics.blocks) + line("read-only bytes", statistics.ro_bytes) + line("read-write bytes", statistics.rw_bytes) +
         line("zero bytes", statistics.bss_bytes);
}

nlohmann::json statistics_as_json(const link::LinkStatistics& statistics, std::size_t blob_bytes) {
  return {{"blob_bytes", blob_bytes},          {"code_bytes", statistics.code_bytes}, {"instructions", statistics.instructions},
          {"blocks", statistics.blocks},       {"ro_bytes", statistics.ro_bytes},     {"rw_bytes", statistics.rw_bytes},
          {"zero_bytes", statistics.bss_bytes}};
}

int link_command(const Options& options) {
  link::LinkOptions settings;
  if (const auto problem = set_target(options, settings)) return complain(*problem);
  set_passes(options, settings);
  settings.strip = options.strip;
  if (!options.stack_size.empty()) settings.min_stack_size = static_cast<link::u32>(std::stoull(options.stack_size, nullptr, 0));
  settings.dispatch_table = options.dispatch_table;
  settings.warn = [](const std::string& text) { warn(Problem{.reason = text}); };

  std::vector<std::vector<std::uint8_t>> contents;
  contents.reserve(options.inputs.size());
  std::vector<link::Input> inputs;
  for (const std::string& path : options.inputs) {
    auto bytes = read_input(path, max_source_bytes);
    if (const auto* problem = std::get_if<Problem>(&bytes)) return complain(*problem);
    contents.push_back(std::move(std::get<0>(bytes)));
    inputs.push_back({path, contents.back()});
  }

  const auto result = link::link(inputs, settings);
  if (const auto* error = std::get_if<link::LinkError>(&result)) return complain_of(*error);
  const link::Linked& linked = std::get<link::Linked>(result);
  if (const auto problem = write_output(options.output, linked.blob)) return complain(*problem);
  if (options.json) return print(statistics_as_json(linked.statistics, linked.blob.size()).dump(2) + "\n");
  if (options.stats) return print(statistics_as_text(linked.statistics, linked.blob.size()));
  return exit_ok;
}

/// A size in bytes: digits of any base that C knows.
std::string check_stack_size(const std::string& text) {
  std::size_t end = 0;
  try {
    const bool is_number = !text.empty() && text.front() >= '0' && text.front() <= '9';
    if (is_number && std::stoull(text, &end, 0) <= 0xfffb0000 && end == text.size()) return {};
  } catch (const std::exception&) {
    end = 0;
  }
  return "not a size in bytes below 4 GiB: " + text;
}

}  // namespace

void add_link_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("link", "Make a program from RISC-V ELF files");
  const auto options = std::make_shared<Options>();
  command->add_option("inputs", options->inputs, "Objects, or files that were linked with --emit-relocs")->required()->type_name("FILE...");
  command->add_option("-o,--output", options->output, "The program; - is standard output")->capture_default_str()->type_name("FILE");
  command
      ->add_option(
          "--isa", options->isa,
          "Instruction set: revive-1, rv32-1, rv64-1, jam-1 or graypaper-0.7.2, or the ecosystem's name (default: by the objects' width)")
      ->type_name("NAME");
  command->add_option("--container", options->container, "polkavm, raw or standard (default: by the instruction set)")->type_name("NAME");
  command->add_option("-O", options->level, "0: no optimisation; 1: leave out what no export reaches, no more; 2: everything")
      ->check(CLI::Range(0U, 2U))
      ->capture_default_str()
      ->type_name("LEVEL");
  options->switched_off.resize(std::size(passes));
  for (std::size_t index = 0; index < std::size(passes); ++index) {
    command->add_flag_callback(
        std::string("--no-") + passes[index].name, [options, index] { options->switched_off[index] = true; }, passes[index].what);
  }
  command->add_flag("--strip", options->strip, "No debug information");
  command->add_option("--min-stack-size", options->stack_size, "Bytes of stack at least; the objects may ask for more (default: 8192)")
      ->check(check_stack_size)
      ->type_name("BYTES");
  command->add_option("--dispatch-table", options->dispatch_table, "Exports to be entered at code offsets 0, 5, 10...")
      ->delimiter(',')
      ->type_name("NAME,...");
  command->add_flag("--stats", options->stats, "Print sizes");
  command->add_flag("--json", options->json, "Print sizes as JSON");
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = link_command(*options); });
}

}  // namespace pvm::command
