// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm inspect: shows what is in a program.
#include "cmd_inspect.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "code_scan.hpp"
#include "exit_code.hpp"
#include "format.hpp"
#include "program_options.hpp"
#include "pvm/conformance/sha256.hpp"
#include "pvm/ref/machine.hpp"
#include "sections.hpp"

namespace pvm::command {
namespace {

using ref::u32;
using ref::u64;
using ref::u8;

struct Options {
  ProgramOptions program;
  bool json = false;
};

/// One range of guest memory.
struct Region {
  std::string name;
  u64 begin, end;
  bool writable;
};

/// What is shown, from whatever container.
struct Contents {
  const ProgramFile& file;
  const ref::Program& program;
  std::string sha256;
  std::vector<Section> sections;
  std::vector<Region> memory;
  u64 instructions = 0;
  u64 blocks = 0;
  u64 unmarked_bytes = 0;  ///< Before the first instruction.
};

std::vector<Region> named_regions(const ref::Program& program) {
  const ref::Config& config = program.config;
  std::vector<Region> regions;
  const auto add = [&](const char* name, u64 begin, u64 end, bool writable) {
    if (begin < end) regions.push_back({name, begin, end, writable});
  };
  if (program.is_paged() || config.container != ref::Container::polkavm) {
    for (const auto& range : ref::Machine(program).memory().ranges()) add("", range.begin, range.end, range.access == ref::Access::write);
    return regions;
  }
  const auto map = ref::map_memory(config.page_size, program.ro_data_size, program.rw_data_size, program.stack_size, config.aux_size);
  if (!map) return regions;
  add("read-only data", map->ro_start, map->ro_end, false);
  add("read-write data", map->rw_start, map->rw_end, true);
  add("heap (grows)", std::max<u64>(map->heap_base, map->rw_end), u64{map->heap_base} + map->max_heap_size, true);
  add("stack", map->stack_low, map->stack_top, true);
  add("auxiliary data", map->aux_start, map->aux_end, false);
  return regions;
}

Contents contents_of(const ProgramFile& file, const ref::Program& program) {
  Contents contents{file, program, {}, {}, named_regions(program)};
  contents.sha256 = conformance::sha256_hex({reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()});
  if (file.config.container == ref::Container::polkavm) contents.sections = sections_of(file.bytes);
  for_each_instruction(program, [&](const ref::Instruction&, bool begins_block) {
    ++contents.instructions;
    if (begins_block) ++contents.blocks;
  });
  return contents;
}

bool has_debug(const Contents& contents) {
  return std::ranges::any_of(contents.sections, [](const Section& section) { return section.id >= 128 && section.size > 0; });
}

// --- for people ---

std::string heading(const Palette& palette, const std::string& title) {
  return "\n" + palette.bold(title) + "\n";
}

std::string summary(const Contents& contents) {
  const ref::Program& program = contents.program;
  std::string text;
  const auto line = [&](const char* name, const std::string& value) { text += padded(name, 14) + value + "\n"; };
  line("file", printable(contents.file.path) + ", " + counted(contents.file.bytes.size(), "byte"));
  line("sha256", contents.sha256);
  line("container", std::string(name_of(program.config.container)));
  line("semantics", std::string(name_of(program.config.semantics)) + " (" + std::to_string(ref::register_bits(program.config.semantics)) +
                        "-bit registers)");
  line("gas model", std::string(name_of(*program.config.gas_model)));
  line("code", counted(program.code_size(), "byte") + ", " + counted(contents.instructions, "instruction") + ", " +
                   counted(contents.blocks, "block"));
  line("jump table", counted(program.jump_table_count, "entry", "entries") + " of " + counted(program.jump_table_entry_size, "byte"));
  line("stack", counted(program.stack_size, "byte"));
  line("debug info", has_debug(contents) ? "yes" : "none");
  return text;
}

std::string sections_text(const Contents& contents, const Palette& palette) {
  if (contents.sections.empty()) return "";
  std::string text = heading(palette, "Sections");
  for (const Section& section : contents.sections) {
    text += padded_left(std::to_string(section.id), 5) + "  " + padded(std::string(section_name(section.id)), 22) +
            padded_left(std::to_string(section.size), 10) + " bytes at " + std::to_string(section.offset) + "\n";
  }
  return text;
}

std::string memory_text(const Contents& contents, const Palette& palette) {
  std::string text = heading(palette, "Memory");
  if (contents.memory.empty()) return text + "  none: the host makes the pages\n";
  u64 largest = 1;
  for (const Region& region : contents.memory) largest = std::max(largest, region.end - region.begin);
  for (const Region& region : contents.memory) {
    const u64 size = region.end - region.begin;
    text += padded_left(hex_padded(region.begin, 8), 13) + " to " + padded_left(hex_padded(region.end, 8), 11) + "  " +
            (region.writable ? "rw" : "r-") + "  " + padded(region.name, 16) + padded_left(binary_size(size), 10) + "  " +
            palette.cyan(bar(size, largest, 30)) + "\n";
  }
  return text;
}

std::string names_text(const Contents& contents, const Palette& palette) {
  std::string text;
  if (!contents.program.imports.empty()) text += heading(palette, "Imports");
  for (std::size_t index = 0; index < contents.program.imports.size(); ++index) {
    const ref::Import& import = contents.program.imports[index];
    text += padded_left(std::to_string(index), 7) + "  " + (import ? printable(*import) : "(invalid)") + "\n";
  }
  if (!contents.program.exports.empty()) text += heading(palette, "Exports");
  for (const ref::Export& entry : contents.program.exports)
    text += padded_left(std::to_string(entry.code_offset), 7) + "  " + printable(entry.symbol) + "\n";
  return text;
}

// --- for machines ---

/// JSON holds text only: names of other bytes are escaped as on the terminal.
nlohmann::ordered_json to_json(const Contents& contents) {
  const ref::Program& program = contents.program;
  nlohmann::ordered_json json;
  json["file"] = printable(contents.file.path);
  json["size"] = contents.file.bytes.size();
  json["sha256"] = contents.sha256;
  json["container"] = name_of(program.config.container);
  json["semantics"] = name_of(program.config.semantics);
  json["gas_model"] = name_of(*program.config.gas_model);
  json["code_bytes"] = program.code_size();
  json["instructions"] = contents.instructions;
  json["blocks"] = contents.blocks;
  json["jump_table"] = {{"entries", program.jump_table_count}, {"entry_size", program.jump_table_entry_size}};
  json["stack_size"] = program.stack_size;
  json["debug_info"] = has_debug(contents);
  json["sections"] = nlohmann::ordered_json::array();
  for (const Section& section : contents.sections)
    json["sections"].push_back(
        {{"id", section.id}, {"name", section_name(section.id)}, {"offset", section.offset}, {"size", section.size}});
  json["memory"] = nlohmann::ordered_json::array();
  for (const Region& region : contents.memory)
    json["memory"].push_back({{"name", region.name}, {"begin", region.begin}, {"end", region.end}, {"writable", region.writable}});
  json["imports"] = nlohmann::ordered_json::array();
  for (const ref::Import& import : program.imports)
    json["imports"].push_back(import ? nlohmann::ordered_json(printable(*import)) : nlohmann::ordered_json());
  json["exports"] = nlohmann::ordered_json::array();
  for (const ref::Export& entry : program.exports)
    json["exports"].push_back({{"name", printable(entry.symbol)}, {"pc", entry.code_offset}});
  return json;
}

int inspect(const Options& options) {
  const auto file = read_program(options.program);
  if (const auto* problem = std::get_if<Problem>(&file)) return complain(*problem);
  const auto program = load_program(std::get<ProgramFile>(file));
  if (const auto* problem = std::get_if<Problem>(&program)) return complain(*problem);
  const Contents contents = contents_of(std::get<ProgramFile>(file), std::get<ref::Program>(program));
  if (options.json) return print(to_json(contents).dump(2) + "\n");
  const Palette palette = Palette::of_output();
  return print(summary(contents) + sections_text(contents, palette) + memory_text(contents, palette) + names_text(contents, palette));
}

constexpr const char* footer =
    "Examples:\n"
    "  pvm inspect hello.pvm\n"
    "  pvm inspect hello.pvm --json | jq .exports\n"
    "  pvm inspect service.bin --container standard --semantics jam-1\n";

}  // namespace

void add_inspect_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("inspect", "Show what is in a program: sections, names, memory, code");
  const auto options = std::make_shared<Options>();
  add_program_options(*command, options->program);
  command->add_flag("--json", options->json, "As JSON");
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = inspect(*options); });
}

}  // namespace pvm::command
