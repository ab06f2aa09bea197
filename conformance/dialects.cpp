// SPDX-License-Identifier: Apache-2.0 OR MIT
// Import and export: the parts that the dialects share.
#include "pvm/conformance/dialects.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "dialect_parts.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::conformance {
namespace {

// A decimal number with one spelling, as a map's key.
std::optional<u32> decimal_u32(const std::string& text) {
  u32 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text != std::to_string(value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Dialect> dialect_named(std::string_view name) {
  if (name == "a") return Dialect::a;
  if (name == "b") return Dialect::b;
  if (name == "c") return Dialect::c;
  return std::nullopt;
}

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::a: return "a";
    case Dialect::b: return "b";
    case Dialect::c: return "c";
  }
  return "";
}

std::string_view name_of(ExportProblem problem) {
  switch (problem) {
    case ExportProblem::dialect: return "dialect";
    case ExportProblem::semantics: return "semantics";
    case ExportProblem::container: return "container";
    case ExportProblem::rejection: return "rejection";
    case ExportProblem::configuration: return "configuration";
    case ExportProblem::gas_model: return "gas_model";
    case ExportProblem::no_pc: return "no_pc";
    case ExportProblem::step: return "step";
    case ExportProblem::failing_step: return "failing_step";
    case ExportProblem::alternatives: return "alternatives";
    case ExportProblem::value_range: return "value_range";
    case ExportProblem::memory_mode: return "memory_mode";
    case ExportProblem::not_asserted: return "not_asserted";
  }
  return "";
}

Bytes read_number_bytes(const Reader& at) {
  Bytes bytes;
  at.each_element([&](const Reader& element) {
    const u32 byte = element.number_u32();
    if (byte > 0xff) element.fail("must be a byte, 0 to 255");
    bytes.push_back(static_cast<u8>(byte));
  });
  return bytes;
}

Registers read_number_registers(const Reader& at) {
  Registers registers{};
  if (at.size() != registers.size()) {
    at.fail("must be an array of 13 registers");
    return registers;
  }
  for (std::size_t index = 0; index < registers.size(); ++index) registers[index] = at.element(index).number_u64();
  return registers;
}

MemoryBytes read_chunk(const Reader& at) {
  at.only({"address", "contents"});
  return {at.need("address").number_u32(), read_number_bytes(at.need("contents"))};
}

std::vector<MemoryBytes> read_chunks(const Reader& at) {
  std::vector<MemoryBytes> chunks;
  at.each_element([&](const Reader& element) { chunks.push_back(read_chunk(element)); });
  return chunks;
}

BlockCosts read_foreign_costs(const Reader& at) {
  BlockCosts costs;
  if (at.is_array()) {
    at.each_element([&](const Reader& element) {
      element.only({"pc", "cost"});
      costs.push_back({element.need("pc").number_u32(), element.need("cost").number_i64()});
    });
    return costs;
  }
  at.each_member([&](const std::string& key, const Reader& cost) {
    const auto pc = decimal_u32(key);
    if (!pc) return cost.fail("must be named by a decimal code position below 2^32");
    costs.push_back({*pc, cost.number_i64()});
  });
  std::sort(costs.begin(), costs.end(), [](const BlockCost& a, const BlockCost& b) { return a.pc < b.pc; });
  return costs;
}

OrderedJson number_bytes_json(const Bytes& bytes) {
  OrderedJson json = OrderedJson::array();
  for (const u8 byte : bytes) json.push_back(byte);
  return json;
}

OrderedJson chunk_json(const MemoryBytes& chunk) {
  return OrderedJson::object({{"address", chunk.address}, {"contents", number_bytes_json(chunk.bytes)}});
}

OrderedJson chunks_json(const std::vector<MemoryBytes>& chunks) {
  OrderedJson json = OrderedJson::array();
  for (const MemoryBytes& chunk : chunks) json.push_back(chunk_json(chunk));
  return json;
}

OrderedJson page_json(const Page& page) {
  return OrderedJson::object({{"address", page.address}, {"length", page.length}, {"is-writable", page.writable}});
}

std::string foreign_text(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string slug(std::string_view name) {
  std::string result;
  for (const char character : name) {
    const bool is_upper = character >= 'A' && character <= 'Z';
    const char lower = is_upper ? static_cast<char>(character - 'A' + 'a') : character;
    const bool is_fine = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_' || lower == '.' || lower == '-';
    result += is_fine ? lower : '_';
  }
  return result.empty() ? "unnamed" : result;
}

Case imported_case(Dialect dialect, const std::string& name, ref::Semantics semantics, Bytes program) {
  Case c;
  c.id = "import-" + std::string(name_of(dialect)) + "/" + slug(name);
  c.semantics = semantics;
  c.why = "Imported from dialect " + std::string(name_of(dialect)) + ": " + name;
  c.program = {ref::Container::raw, std::move(program)};
  c.origin = Origin{std::string(name_of(dialect)), name, std::nullopt};
  return c;
}

void finish_imported(Case& c, const Reader& at) {
  if (at.failed()) return;
  c.needs = needs_of(c);
  c.disassembly = disassemble(c);
  if (const auto error = check_case(c)) at.fail("makes a case that is wrong at " + error->place + ": " + error->reason);
}

std::variant<std::vector<Case>, ParseError> import_file(Dialect dialect, std::string_view text, const std::string& path,
                                                        const ImportOptions& options) {
  auto json = parse_json(text, path);
  if (auto* error = std::get_if<ParseError>(&json)) return std::move(*error);
  Problem problem(path);
  const Reader root(std::get<Json>(json), problem);
  std::vector<Case> cases = dialect == Dialect::a ? import_flat(root, options) : import_stepped(dialect, root, options);
  if (problem.failed()) return problem.error();
  return cases;
}

namespace {

// Gives a name that hasn't been given before.
class UniqueNames {
 public:
  std::string give(const std::string& wanted) {
    std::string name = wanted;
    for (u32 number = 2; !used_.insert(name).second; ++number) name = wanted + "." + std::to_string(number);
    return name;
  }

 private:
  std::set<std::string> used_;
};

// Execution and block costs of one foreign file, and all other cases alone; in the order of the first member.
std::vector<ExportUnit> pair_up(Dialect dialect, const std::vector<Case>& cases) {
  std::vector<ExportUnit> units;
  std::map<std::pair<std::string, std::string>, std::size_t> unit_of_origin;
  for (const Case& c : cases) {
    const bool has_costs = std::holds_alternative<BlockCosts>(c.body);
    ExportUnit* unit = nullptr;
    if (c.origin && dialect == Dialect::c) {
      const auto [known, is_new] = unit_of_origin.emplace(std::pair(c.origin->dialect, c.origin->name), units.size());
      if (!is_new) unit = &units[known->second];
      // A third case under the same name starts a unit of its own.
      if (unit && (has_costs ? unit->block_costs : unit->execution) != nullptr) {
        known->second = units.size();
        unit = nullptr;
      }
    }
    if (!unit) unit = &units.emplace_back();
    (has_costs ? unit->block_costs : unit->execution) = &c;
  }
  return units;
}

}  // namespace

void make_ids_unique(std::vector<Case>& cases) {
  UniqueNames names;
  for (Case& c : cases) c.id = names.give(c.id);
}

std::string export_name(const Case& c) {
  return c.origin ? c.origin->name : c.id;
}

std::optional<NotExported> check_exportable(const Case& c, ref::Semantics semantics, ref::GasModel gas_model) {
  const auto refuse = [&](ExportProblem problem, std::string detail) { return NotExported{c.id, problem, std::move(detail)}; };
  if (c.semantics != semantics) return refuse(ExportProblem::semantics, std::string(ref::name_of(c.semantics)));
  if (c.program.container != ref::Container::raw) return refuse(ExportProblem::container, std::string(ref::name_of(c.program.container)));
  if (std::holds_alternative<Rejected>(c.body)) return refuse(ExportProblem::rejection, "");
  const ref::Config config = full_config(c.semantics, c.config, c.program.container);
  if (config.page_size != 4096) return refuse(ExportProblem::configuration, "page_size");
  if (config.aux_size != 0) return refuse(ExportProblem::configuration, "aux_size");
  if (config.strict) return refuse(ExportProblem::configuration, "strict");
  if (config.metering != ref::Metering::sync) return refuse(ExportProblem::configuration, "metering");
  if (!config.arguments.empty()) return refuse(ExportProblem::configuration, "arguments");
  if (!c.config.gas_model) return std::nullopt;
  if (config.gas_model != gas_model) return refuse(ExportProblem::gas_model, std::string(ref::name_of(*config.gas_model)));
  if (gas_model == ref::GasModel::pipeline_1 && config.memory_cost != 25) return refuse(ExportProblem::gas_model, "memory_cost");
  return std::nullopt;
}

Case as_dialect_means(const Case& c, ref::GasModel gas_model) {
  Case meant = c;
  meant.config.dynamic_paging = !ref::is_graypaper(c.semantics);
  meant.config.gas_model = gas_model;
  if (gas_model == ref::GasModel::pipeline_1) meant.config.memory_cost = 25;
  return meant;
}

ExportResult export_cases(Dialect dialect, const std::vector<Case>& cases, const ExportOptions& options) {
  ExportResult result;
  UniqueNames names;
  for (const ExportUnit& unit : pair_up(dialect, cases)) {
    const Case& first = unit.execution ? *unit.execution : *unit.block_costs;
    Exported exported = NotExported{first.id, ExportProblem::dialect, "there is no exporter for dialect b"};
    if (dialect == Dialect::a) exported = export_flat(first, options.semantics.value_or(ref::Semantics::graypaper_0_7_2));
    if (dialect == Dialect::c) exported = export_stepped(unit);
    if (auto* file = std::get_if<ExportedFile>(&exported)) {
      file->name = names.give(slug(export_name(first)));
      result.files.push_back(std::move(*file));
    } else {
      result.refused.push_back(std::get<NotExported>(std::move(exported)));
    }
  }
  return result;
}

}  // namespace pvm::conformance
