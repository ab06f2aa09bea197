// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm run: executes a program in the host environment of command-line guests.
#include "cmd_run.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "execution.hpp"
#include "exit_code.hpp"
#include "format.hpp"
#include "places.hpp"
#include "pvm/ref/decode.hpp"

namespace pvm::command {
namespace {

struct Options {
  RunOptions run;
  std::string result;  ///< Type of a function's result; empty: as wide as a register, unsigned.
  bool time = false;
  bool json = false;
  bool verbose = false;
};

constexpr const char* footer =
    "A program exports `main`, which runs in the environment of docs/guest-environment.md: it can write to standard output and standard\n"
    "error, read standard input and its arguments, and exit. Nothing else of the host can be reached, and equal input gives equal output.\n"
    "\n"
    "Exit codes:\n"
    "  0..255  the guest's own, when main returned or it exited (its low 8 bits); 0 when a --call returned\n"
    "  2       bad usage or input, a missing export, a sandbox that can't be had\n"
    "  124     --timeout has passed\n"
    "  125     out of gas\n"
    "  126     a host call that the environment doesn't have, or a lost worker process\n"
    "  130     interrupted by SIGINT or SIGTERM\n"
    "  134     the guest has trapped\n"
    "  139     page fault (paged memory only)\n"
    "--json tells these ends from equal codes of a guest.\n"
    "\n"
    "Examples:\n"
    "  pvm run hello.pvm\n"
    "  pvm run wc.pvm --gas 1000000 -- -l < README.md\n"
    "  pvm run math.pvm --call add 1 2\n"
    "  pvm run bench.pvm --call bench 1000 --time --gas-model pipeline-1\n"
    "  pvm run code.bin --container raw --semantics jam-1 --pc 0\n";

/// The function's result in the type asked for.
struct ResultValue {
  u64 bits;
  bool is_signed;
  std::string decimal() const { return is_signed ? std::to_string(static_cast<i64>(bits)) : std::to_string(bits); }
};

ResultValue result_of(const Options& options, const Execution& execution, bool is_32_bit) {
  const std::string type = options.result.empty() ? (is_32_bit ? "u32" : "u64") : options.result;
  u64 bits = execution.registers[7];
  if (type.ends_with("64") && is_32_bit) bits = (bits & 0xffffffff) | execution.registers[8] << 32;
  if (type == "u32") bits &= 0xffffffff;
  if (type == "i32") bits = static_cast<u64>(static_cast<i64>(static_cast<i32>(bits)));
  return {bits, type.starts_with('i')};
}

std::string hex_of(const ResultValue& value, const std::string& type) {
  return hex(type == "i32" ? value.bits & 0xffffffff : value.bits);
}

void say(const std::string& text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void print_registers(const Execution& execution) {
  for (u8 number = 0; number < 13; ++number) {
    say("  " + std::string(ref::register_name(number)) + "\t" + hex(execution.registers[number]) + "\n");
  }
}

void print_times(const Execution& execution, const ref::Program& program, bool is_metered) {
  char text[160];
  static_cast<void>(std::snprintf(text, sizeof text, "pvm: compile %.3f ms, instantiate %.3f ms, run %.3f ms",
                                  execution.compile_seconds * 1e3, execution.instantiate_seconds * 1e3, execution.run_seconds * 1e3));
  std::string line = text;
  if (is_metered) line += ", gas used " + std::to_string(execution.gas_used) + " (" + std::string(name_of(*program.config.gas_model)) + ")";
  say(line + "\n");
}

nlohmann::ordered_json to_json(const Options& options, const ProgramFile& file, const Execution& execution, const Entry& entry,
                               const ref::Program& program) {
  const bool is_metered = metering_of(options.run) != ref::Metering::none;
  const bool is_32_bit = ref::register_bits(program.config.semantics) == 32;
  nlohmann::ordered_json json;
  json["end"] = name_of(execution.end);
  json["exit_code"] = exit_code_of(execution, entry);
  if (execution.end == End::exited) json["guest_exit_code"] = execution.exit_code;
  if (execution.end == End::returned) json["result"] = result_of(options, execution, is_32_bit).decimal();
  if (execution.end == End::unknown_host_call) json["host_call"] = hex(execution.host_call);
  if (execution.end == End::page_fault) json["fault_address"] = hex(execution.fault_address);
  if (execution.pc) {
    const Place place = place_of(program, file.bytes, *execution.pc);
    json["pc"] = *execution.pc;
    if (!place.symbol.empty()) json["symbol"] = place.symbol;
    if (!place.source.empty()) json["source"] = place.source;
  }
  json["registers"] = nlohmann::ordered_json::object();
  for (u8 number = 0; number < 13; ++number) json["registers"][std::string(ref::register_name(number))] = hex(execution.registers[number]);
  json["semantics"] = name_of(program.config.semantics);
  json["isolation"] = execution.isolation;
  json["metering"] = name_of(metering_of(options.run));
  if (is_metered) {
    json["gas_model"] = name_of(*program.config.gas_model);
    json["gas_used"] = execution.gas_used;
    json["gas_left"] = execution.gas_left;
  }
  json["seconds"] = {
      {"compile", execution.compile_seconds}, {"instantiate", execution.instantiate_seconds}, {"run", execution.run_seconds}};
  return json;
}

int report(const Options& options, const ProgramFile& file, const Execution& execution, const Entry& entry, const ref::Program& program) {
  const bool has_ended_well = execution.end == End::returned || execution.end == End::exited;
  const bool is_32_bit = ref::register_bits(program.config.semantics) == 32;
  if (!has_ended_well) complain(describe(file, execution, program));
  if (options.verbose) print_registers(execution);
  if (options.time) print_times(execution, program, metering_of(options.run) != ref::Metering::none);
  int printed = exit_ok;
  if (options.json) {
    printed = print(to_json(options, file, execution, entry, program).dump() + "\n");
  } else if (execution.end == End::returned && !entry.is_main) {
    const ResultValue value = result_of(options, execution, is_32_bit);
    printed = print(value.decimal() + " (" + hex_of(value, options.result) + ")\n");
  }
  return printed == exit_ok ? exit_code_of(execution, entry) : printed;
}

int run(const Options& options) {
  static_cast<void>(signal(SIGPIPE, SIG_IGN));  // a closed output is an answer to the guest, not our end
  const auto file = read_program(options.run.program);
  if (const auto* problem = std::get_if<Problem>(&file)) return complain(*problem);
  const auto program = load_program(std::get<ProgramFile>(file));
  if (const auto* problem = std::get_if<Problem>(&program)) return complain(*problem);
  const auto entry = find_entry(options.run, std::get<ref::Program>(program));
  if (const auto* problem = std::get_if<Problem>(&entry)) return complain(*problem);
  const auto execution = run_on_engine(std::get<ProgramFile>(file), std::get<ref::Program>(program), std::get<Entry>(entry), options.run);
  if (const auto* problem = std::get_if<Problem>(&execution)) return complain(*problem);
  return report(options, std::get<ProgramFile>(file), std::get<Execution>(execution), std::get<Entry>(entry),
                std::get<ref::Program>(program));
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Run a program");
  const auto options = std::make_shared<Options>();
  add_run_options(*command, options->run);
  command
      ->add_option("--result", options->result,
                   "--call: type of the result: u32, i32, u64 or i64 (default: unsigned, as wide as a register)")
      ->check(CLI::IsMember({"u32", "i32", "u64", "i64"}));
  command->add_flag("--time", options->time, "Print the times of compilation, instantiation and run, and the gas used, to standard error");
  command->add_flag("--json", options->json, "Print what the run came to as JSON; the guest's standard output then goes to standard error");
  command->add_flag("--verbose", options->verbose, "Print the registers at the end to standard error");
  command->footer(footer);
  command->callback([options, &exit_code] {
    options->run.output_to_errors = options->json;
    exit_code = run(*options);
  });
}

}  // namespace pvm::command
