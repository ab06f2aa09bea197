// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a command line to a program.
#include "program_options.hpp"

#include <cstring>

#include "files.hpp"

namespace pvm::command {
namespace {

using ref::Semantics;
using ref::u8;

constexpr u8 magic[] = {0x50, 0x56, 0x4d, 0x00};

/// What the version byte of a polkavm container says. [blob.version]
std::optional<Semantics> version_in(const std::vector<u8>& bytes) {
  constexpr Semantics by_number[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1};
  if (bytes.size() < 5 || std::memcmp(bytes.data(), magic, sizeof magic) != 0 || bytes[4] >= std::size(by_number)) return std::nullopt;
  return by_number[bytes[4]];
}

Problem unreadable(const ProgramOptions& options, const std::vector<u8>& bytes) {
  Problem problem{.file = options.blob, .reason = "is no program: it doesn't begin with the magic bytes of a polkavm container"};
  if (bytes.size() >= 5 && std::memcmp(bytes.data(), magic, sizeof magic) == 0) {
    problem.reason = "has the unknown version byte " + std::to_string(bytes[4]);
  } else if (bytes.size() >= 4 && std::memcmp(bytes.data(),
                                              "\x7f"
                                              "ELF",
                                              4) == 0) {
    problem.reason = "is an ELF file, not a program";
    problem.remedy = "make a program of it with `pvm link`";
  } else {
    problem.remedy = "for other containers name them: --container raw|standard --semantics VERSION";
  }
  return problem;
}

}  // namespace

void add_version_options(CLI::App& command, ProgramOptions& options) {
  command
      .add_option("--semantics", options.semantics,
                  "revive-1, rv32-1, rv64-1, jam-1 or graypaper-0.7.2 (default: what the blob says; needed for the other containers)")
      ->type_name("VERSION");
  command.add_option("--container", options.container, "How the program is wrapped: polkavm, raw or standard")
      ->check(CLI::IsMember({"polkavm", "raw", "standard"}))
      ->capture_default_str();
  command.add_option("--gas-model", options.gas_model, "flat-1, pipeline-1 or instruction-1 (default: the version's)")
      ->check(CLI::IsMember({"flat-1", "pipeline-1", "instruction-1"}));
  command.add_option("--memory-cost", options.memory_cost, "pipeline-1: cycles of one load")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
}

void add_program_options(CLI::App& command, ProgramOptions& options) {
  command.add_option("blob", options.blob, "The program; - is standard input")->required()->type_name("BLOB");
  add_version_options(command, options);
}

std::optional<Semantics> version_named(std::string_view name) {
  if (name == "revive_v1") return Semantics::revive_1;
  if (name == "latest32") return Semantics::rv32_1;
  if (name == "latest64") return Semantics::rv64_1;
  if (name == "jam_v1") return Semantics::jam_1;
  return ref::semantics_named(name);
}

std::variant<ProgramFile, Problem> read_program(const ProgramOptions& options) {
  ProgramFile file{options.blob, {}, {}};
  file.config.container = ref::container_named(options.container).value_or(ref::Container::polkavm);
  file.config.gas_model = ref::gas_model_named(options.gas_model);
  file.config.memory_cost = options.memory_cost;
  file.config.metering = ref::Metering::none;
  std::optional<Semantics> version = version_named(options.semantics);
  if (!version && !options.semantics.empty()) {
    return Problem{.reason = "unknown semantics version '" + options.semantics + "'",
                   .remedy = "there are revive-1, rv32-1, rv64-1, jam-1 and graypaper-0.7.2"};
  }
  auto bytes = read_input(options.blob, max_blob_bytes);
  if (auto* problem = std::get_if<Problem>(&bytes)) return std::move(*problem);
  file.bytes = std::get<std::vector<u8>>(std::move(bytes));
  if (!version && file.config.container == ref::Container::polkavm) version = version_in(file.bytes);
  if (!version && file.config.container == ref::Container::polkavm) return unreadable(options, file.bytes);
  if (!version)
    return Problem{.file = options.blob, .reason = "this container doesn't say its version", .remedy = "add --semantics VERSION"};
  file.config.semantics = *version;
  return file;
}

std::variant<ref::Program, Problem> load_program(const ProgramFile& file) {
  auto loaded = ref::load(file.bytes, file.config);
  if (auto* program = std::get_if<ref::Program>(&loaded)) return std::move(*program);
  const auto& rejection = std::get<ref::Rejection>(loaded);
  return Problem{.file = file.path,
                 .place = "offset " + std::to_string(rejection.offset),
                 .reason = "the program is refused: " + std::string(name_of(rejection.reason))};
}

}  // namespace pvm::command
