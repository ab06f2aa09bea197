// SPDX-License-Identifier: Apache-2.0 OR MIT
// The command line of a run.
#include "run_options.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "format.hpp"

namespace pvm::command {
namespace {

constexpr const char* main_name = "main";

void add_limits(CLI::App& command, RunOptions& options) {
  command.add_option("--gas", options.gas, "Gas to start with (default: unlimited); turns metering on")
      ->check(CLI::Range(i64{0}, std::numeric_limits<i64>::max()))
      ->type_name("N");
  command.add_option("--metering", options.metering, "none, sync or async (default: sync with --gas, else none)")
      ->check(CLI::IsMember({"none", "sync", "async"}));
  command.add_option("--timeout", options.timeout_seconds, "Stop the guest after this time")
      ->check(CLI::Range(0.0, 1e9))
      ->type_name("SECONDS");
}

void add_entry(CLI::App& command, RunOptions& options) {
  CLI::Option* call =
      command
          .add_option("--call", options.call, "Call this export with integers: 5, -1, 0xff; 5u32, 5i32, 5u64 or 5i64 to choose the width")
          ->type_name("NAME [N...]")
          ->expected(1, 10);
  command.add_option("--pc", options.pc, "Start at this code offset instead of an export")->type_name("N")->excludes(call);
}

Problem no_such_export(const RunOptions& options, const ref::Program& program, const std::string& name) {
  Problem problem{.file = options.program.blob, .reason = "there is no export '" + name + "'"};
  constexpr std::size_t max_names = 8;
  std::string names;
  for (std::size_t index = 0; index < program.exports.size() && index < max_names; ++index) {
    names += (index == 0 ? "" : ", ") + shortened(program.exports[index].symbol);
  }
  if (program.exports.size() > max_names) names += ", ...";
  problem.remedy = names.empty() ? "it has no exports; name a code offset with --pc N" : "call one that it has with --call: " + names;
  return problem;
}

/// Registers that the arguments take.
std::size_t registers_of(const std::vector<CallArgument>& arguments, bool is_32_bit) {
  std::size_t count = 0;
  for (const CallArgument& argument : arguments) count += is_32_bit && argument.is_wide ? 2 : 1;
  return count;
}

}  // namespace

void add_run_options(CLI::App& command, RunOptions& options) {
  add_program_options(command, options.program);
  command.add_option("args", options.arguments, "The guest's arguments; put -- in front of them")->type_name("ARGS");
  add_entry(command, options);
  add_limits(command, options);
  const auto levels = CLI::IsMember({"process", "in-process", "interpreter"});
  command
      .add_option("--isolation", options.isolation, "process (a sandboxed worker), in-process (for programs that you trust) or interpreter")
      ->check(levels)
      ->capture_default_str();
  command.add_option("--fallback", options.fallbacks, "Levels to try where that one can't be had")
      ->check(levels)
      ->type_name("LEVEL,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--allow-clock", options.allow_clock, "Let the guest read a clock; else it is always 0");
}

std::optional<CallArgument> parse_call_argument(std::string_view text, bool is_32_bit) {
  bool is_wide = !is_32_bit, has_width = false;
  bool is_signed = text.starts_with('-');
  if (const auto suffix = text.substr(text.size() - std::min<std::size_t>(text.size(), 3));
      suffix == "u32" || suffix == "i32" || suffix == "u64" || suffix == "i64") {
    has_width = true;
    is_wide = suffix.ends_with("64");
    is_signed = is_signed || suffix.starts_with('i');
    if (text.starts_with('-') && suffix.starts_with('u')) return std::nullopt;
    text.remove_suffix(3);
  }
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  u64 magnitude = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), magnitude, is_hex ? 16 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  const bool fits_32 = magnitude <= (is_negative ? u64{1} << 31 : has_width && is_signed ? 0x7fffffffU : 0xffffffffU);
  if (!has_width && !fits_32) is_wide = true;
  if (has_width && !is_wide && !fits_32) return std::nullopt;
  if (is_wide && is_signed && magnitude > (u64{1} << 63) - (is_negative ? 0 : 1)) return std::nullopt;
  return CallArgument{is_negative ? ~magnitude + 1 : magnitude, is_wide};
}

std::variant<Entry, Problem> find_entry(const RunOptions& options, const ref::Program& program) {
  Entry entry;
  entry.by_convention = program.config.container != ref::Container::standard;
  if (options.pc) {
    entry.pc = *options.pc;
    return entry;
  }
  const std::string& name = options.call.empty() ? main_name : options.call.front();
  entry.is_main = options.call.empty();
  const auto found = std::ranges::find(program.exports, name, &ref::Export::symbol);
  if (found == program.exports.end()) return no_such_export(options, program, name);
  entry.pc = found->code_offset;
  const bool is_32_bit = ref::register_bits(program.config.semantics) == 32;
  for (std::size_t index = 1; index < options.call.size(); ++index) {
    const auto argument = parse_call_argument(options.call[index], is_32_bit);
    if (!argument)
      return Problem{.reason = "--call: '" + options.call[index] + "' is no integer of at most 64 bits",
                     .remedy = "write 5, -1, 0xff or 5u32"};
    entry.arguments.push_back(*argument);
  }
  if (registers_of(entry.arguments, is_32_bit) > 9) return Problem{.reason = "--call: the arguments take more than 9 registers"};
  return entry;
}

EnvironmentOptions environment_of(const RunOptions& options) {
  EnvironmentOptions environment;
  environment.arguments = options.arguments;
  environment.arguments.insert(environment.arguments.begin(), options.program.blob);
  environment.allow_clock = options.allow_clock;
  if (options.output_to_errors) environment.output = environment.errors;
  return environment;
}

ref::Metering metering_of(const RunOptions& options) {
  return ref::metering_named(options.metering).value_or(options.gas ? ref::Metering::sync : ref::Metering::none);
}

i64 initial_gas(const RunOptions& options) {
  return options.gas.value_or(std::numeric_limits<i64>::max());
}

std::optional<Stop::Clock::duration> time_of(const RunOptions& options) {
  if (!options.timeout_seconds) return std::nullopt;
  return std::chrono::duration_cast<Stop::Clock::duration>(std::chrono::duration<double>(*options.timeout_seconds));
}

}  // namespace pvm::command
