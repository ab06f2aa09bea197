// SPDX-License-Identifier: Apache-2.0 OR MIT
// Parses every formula and hands each instruction and version to the plan for its kind.
#include "check.hpp"

#include <map>
#include <set>

#include "trial.hpp"

namespace pvm::spec {

namespace {

void collect_names(const Expression& expression, const std::map<std::string, const Expression*>& lets, FormulaUse& use) {
  if (expression.kind == Expression::Kind::name) {
    const std::string& name = expression.text;
    const auto let = lets.find(name);
    if (let != lets.end()) return collect_names(*let->second, lets, use);
    if (name == "i" || name == "j") {
      use.address_immediate = name;
    } else if (name != "W") {
      use.address_base = name;
    }
  }
  for (const Expression& operand : expression.operands) collect_names(operand, lets, use);
}

void collect_calls(const Expression& expression, const std::map<std::string, const Expression*>& lets, FormulaUse& use) {
  if (expression.kind == Expression::Kind::call && expression.text == "load") {
    use.accesses = true;
    collect_names(expression.operands[0], lets, use);
  }
  if (expression.kind == Expression::Kind::call && (expression.text == "grow" || expression.text == "allocate")) use.grows = true;
  for (const Expression& operand : expression.operands) collect_calls(operand, lets, use);
}

// A formula that parses and uses its names rightly, or findings.
std::optional<Formula> read_formula(const InstructionEntry& entry, const Effect& effect, std::vector<Finding>& findings) {
  const auto complain = [&](const FormulaError& error) {
    findings.push_back({effect.place, entry.clause, "formula, column " + std::to_string(error.column) + ": " + error.message});
  };
  const auto parsed = parse_formula(effect.formula);
  if (const auto* error = std::get_if<FormulaError>(&parsed)) {
    complain(*error);
    return std::nullopt;
  }
  std::set<std::string> letters;
  for (const auto& [letter, field] : entry.operands) letters.insert(letter);
  const std::vector<FormulaError> errors = check_formula(std::get<Formula>(parsed), letters);
  for (const FormulaError& error : errors) complain(error);
  return errors.empty() ? std::optional(std::get<Formula>(parsed)) : std::nullopt;
}

void run_plan(Trial& trial) {
  const FormulaUse use = use_of(trial.subject().formula);
  if (use.fills) return plan_fill(trial);
  if (use.grows) return plan_heap(trial);
  if (use.accesses) return plan_accesses(trial);
  if (use.jumps_dynamically) return plan_dynamic_jumps(trial);
  if (use.jumps) return plan_static_jumps(trial);
  plan_values(trial);
}

void check_instruction(const Isa& isa, const InstructionEntry& entry, const CheckOptions& options, CheckReport& report) {
  InstructionSummary summary;
  summary.clause = entry.clause;
  std::map<const Effect*, std::optional<Formula>> formulas;
  for (const Effect& effect : entry.effects) {
    formulas[&effect] = read_formula(entry, effect, report.findings);
    ++report.formulas;
  }
  for (const Version& version : isa.versions) {
    const Effect* effect = entry.effect_in(version.id);
    if (!entry.in(version.id) || effect == nullptr || !formulas[effect]) continue;
    ++summary.versions;
    ++report.pairs;
    Trial trial({entry, *formulas[effect], version}, options, report, summary);
    run_plan(trial);
  }
  report.instructions.push_back(std::move(summary));
}

}  // namespace

FormulaUse use_of(const Formula& formula) {
  FormulaUse use;
  std::map<std::string, const Expression*> lets;
  for (const Statement& statement : formula.statements) {
    for (const Expression& operand : statement.operands) collect_calls(operand, lets, use);
    switch (statement.kind) {
      case Statement::Kind::let: lets[statement.name] = statement.operands.data(); break;
      case Statement::Kind::jump: use.jumps = true; break;
      case Statement::Kind::fill: use.fills = true; break;
      case Statement::Kind::dynamic_jump:
        use.jumps_dynamically = true;
        collect_names(statement.operands[0], lets, use);
        break;
      case Statement::Kind::store:
        use.accesses = true;
        collect_names(statement.operands[0], lets, use);
        break;
      default: break;
    }
  }
  return use;
}

void aim(Trial& trial, const FormulaUse& use, std::uint32_t address, Fields& fields) {
  if (!use.address_immediate) return;
  const std::string& field = *trial.subject().field_of(*use.address_immediate);
  const std::int64_t value = use.address_base ? trial.random().immediate() : static_cast<std::int32_t>(address);
  (field == "imm1" ? fields.imm1 : fields.imm2) = value;
}

void aim_base(Trial& trial, const FormulaUse& use, std::uint32_t address, const Fields& fields, Registers& registers) {
  if (!use.address_base) return;
  std::int64_t offset = 0;
  if (use.address_immediate) offset = *trial.subject().field_of(*use.address_immediate) == "imm1" ? fields.imm1 : fields.imm2;
  const std::uint64_t low = (address - static_cast<std::uint64_t>(offset)) & 0xffffffff;
  const std::uint64_t upper = trial.random().one_in(2) ? 0 : trial.random().bits() << 32;
  trial.set(registers, fields, *use.address_base, low | upper);
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_glob(pattern.substr(1), text) || (!text.empty() && matches_glob(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) && matches_glob(pattern.substr(1), text.substr(1));
}

CheckReport check_formulas(const Isa& isa, const CheckOptions& options) {
  CheckReport report;
  for (const InstructionEntry& entry : isa.instructions) {
    if (matches_glob(options.only, entry.clause)) check_instruction(isa, entry, options, report);
  }
  return report;
}

}  // namespace pvm::spec
