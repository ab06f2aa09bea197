// SPDX-License-Identifier: Apache-2.0 OR MIT
// On which clauses two semantics versions observably differ.
#include "diff.hpp"

#include <algorithm>

#include "pvm/isa.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;
using conformance::Execution;
using conformance::Post;
using Members = std::set<std::string>;

std::string name_without_version(const Case& c) {
  return c.id.substr(c.id.find('/') + 1);
}

std::string primary_clause(const Case& c) {
  return c.clauses.empty() ? "imported" : c.clauses.front();
}

// --- do two cases ask the same? ---

bool same_config(const Case& a, const Case& b) {
  conformance::Config left = a.config;
  conformance::Config right = b.config;
  // The models of two versions may have different names; what they charge is an observation.
  left.gas_model = right.gas_model = std::nullopt;
  left.memory_cost = right.memory_cost = std::nullopt;
  // graypaper-0.7.2 ignores the setting: its memory is always paged.
  if (ref::is_graypaper(a.semantics) || ref::is_graypaper(b.semantics)) left.dynamic_paging = right.dynamic_paging = false;
  return left == right;
}

/// The same bytes, or the same instructions in each version's own numbers.
bool same_program(const Case& a, const Case& b) {
  if (a.program.container != b.program.container) return false;
  return a.program.bytes == b.program.bytes || a.disassembly == b.disassembly;
}

/// A step without what is expected of it.
struct WithoutExpectation {
  conformance::Step operator()(const conformance::RunStep&) const { return conformance::RunStep{}; }
  conformance::Step operator()(const conformance::CheckStep&) const { return conformance::CheckStep{}; }
  conformance::Step operator()(conformance::ReadStep step) const {
    step.bytes.clear();
    step.ok = true;
    return step;
  }
  template <typename HostStep>
  conformance::Step operator()(HostStep step) const {
    if constexpr (requires { step.ok; }) step.ok = true;
    return step;
  }
};

bool same_steps(const Execution& a, const Execution& b) {
  return std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), [](const auto& left, const auto& right) {
    return std::visit(WithoutExpectation{}, left) == std::visit(WithoutExpectation{}, right);
  });
}

bool same_question(const Case& a, const Case& b) {
  if (!same_config(a, b)) return false;
  const auto* left = std::get_if<Execution>(&a.body);
  const auto* right = std::get_if<Execution>(&b.body);
  if (left != nullptr && right != nullptr) return same_program(a, b) && left->pre == right->pre && same_steps(*left, *right);
  if (a.body.index() == b.body.index()) return same_program(a, b);
  // One is refused: it has no preparation, and what is refused may not be disassembled.
  return a.program.container == b.program.container && a.program.bytes.size() == b.program.bytes.size();
}

// --- what differs ---

template <typename Value>
void note(Members& members, const char* name, const std::optional<Value>& a, const std::optional<Value>& b) {
  if (a && b && *a != *b) members.insert(name);
}

void compare_posts(const Post& a, const Post& b, Members& members) {
  note(members, "status", a.status, b.status);
  note(members, "pc", a.pc, b.pc);
  note(members, "next_pc", a.next_pc, b.next_pc);
  note(members, "regs", a.regs, b.regs);
  note(members, "gas", a.gas, b.gas);
  note(members, "host_call", a.host_call, b.host_call);
  if (a.fault && b.fault) {
    if (a.fault->address != b.fault->address) members.insert("fault.address");
    note(members, "fault.write_protected", a.fault->write_protected, b.fault->write_protected);
  }
  for (const auto& left : a.memory) {
    for (const auto& right : b.memory) {
      if (left.address == right.address && left.bytes.size() == right.bytes.size() && left.bytes != right.bytes) members.insert("memory");
    }
  }
}

/// The clause that a difference within one exit belongs to.
std::string clause_of(const Members& members, const Post& a, const Post& b, const std::string& primary) {
  const bool only_position =
      std::all_of(members.begin(), members.end(), [](const auto& name) { return name == "pc" || name == "next_pc"; });
  if (!only_position || a.status != b.status || !a.status) return primary;
  if (*a.status == ref::Status::trap) return "exit.trap";
  if (*a.status == ref::Status::halt) return "exit.halt";
  return primary;
}

using ByClause = std::map<std::string, Members>;

void compare_expectations(const conformance::Expectation& a, const conformance::Expectation& b, const std::string& primary,
                          ByClause& found) {
  if (a.any_of.size() != 1 || b.any_of.size() != 1) {
    if (a != b) found[primary].insert("any_of");
    return;
  }
  Members members;
  compare_posts(a.any_of.front(), b.any_of.front(), members);
  if (!members.empty()) found[clause_of(members, a.any_of.front(), b.any_of.front(), primary)].merge(members);
}

void compare_steps(const Execution& a, const Execution& b, const std::string& primary, ByClause& found) {
  for (std::size_t index = 0; index < a.steps.size(); ++index) {
    const auto& left = a.steps[index];
    const auto& right = b.steps[index];
    if (const auto* run = std::get_if<conformance::RunStep>(&left)) {
      compare_expectations(run->post, std::get<conformance::RunStep>(right).post, primary, found);
    } else if (const auto* check = std::get_if<conformance::CheckStep>(&left)) {
      compare_expectations(check->post, std::get<conformance::CheckStep>(right).post, primary, found);
    } else if (left != right) {
      found[primary].insert("host step");
    }
  }
}

ByClause compare_cases(const Case& a, const Case& b) {
  ByClause found;
  const std::string primary = primary_clause(a);
  if (a.body.index() != b.body.index()) {
    found[primary].insert("rejected");
    return found;
  }
  if (const auto* execution = std::get_if<Execution>(&a.body)) {
    compare_steps(*execution, std::get<Execution>(b.body), primary, found);
  } else if (a.body != b.body) {
    found[primary].insert(std::holds_alternative<conformance::Rejected>(a.body) ? "reason of the rejection" : "block costs");
  }
  return found;
}

// --- the instruction tables ---

void add_instructions(ref::Semantics version_a, ref::Semantics version_b, VersionDiff& diff) {
  bool numbers_differ = false;
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Row& row = isa::rows[index];
    const int left = row.opcode[static_cast<std::size_t>(version_a)];
    const int right = row.opcode[static_cast<std::size_t>(version_b)];
    if (left == right) continue;
    numbers_differ = true;
    auto& how = diff.clauses[std::string(row.clause)].how;
    if (left < 0 || right < 0) {
      how.insert("only in " + std::string(ref::name_of(left < 0 ? version_b : version_a)));
    } else {
      how.insert("opcode " + std::to_string(left) + " / " + std::to_string(right));
    }
  }
  if (numbers_differ) diff.clauses["decode.opcode"].how.insert("opcode tables");
}

void add_one_sided(const std::vector<Case>& a, const std::vector<Case>& b, ref::Semantics version_a, VersionDiff& diff) {
  Members there;
  for (const Case& c : b) there.insert(primary_clause(c));
  for (const Case& c : a) {
    const std::string clause = primary_clause(c);
    if (there.contains(clause)) continue;
    ClauseFinding& finding = diff.clauses[clause];
    finding.how.insert("only in " + std::string(ref::name_of(version_a)));
    finding.examples.push_back(name_without_version(c));
  }
}

}  // namespace

VersionDiff diff_versions(const std::vector<Case>& a, const std::vector<Case>& b, ref::Semantics version_a, ref::Semantics version_b) {
  VersionDiff diff;
  std::map<std::string, const Case*> by_name;
  for (const Case& c : b) by_name[name_without_version(c)] = &c;
  for (const Case& c : a) {
    const std::string name = name_without_version(c);
    const auto other = by_name.find(name);
    if (other == by_name.end()) {
      ++diff.unshared;
      continue;
    }
    const Case& partner = *other->second;
    by_name.erase(other);
    if (!same_question(c, partner)) {
      ++diff.not_comparable;
      continue;
    }
    ++diff.compared;
    const ByClause found = compare_cases(c, partner);
    diff.differing += found.empty() ? 0 : 1;
    for (const auto& [clause, members] : found) {
      diff.clauses[clause].how.insert(members.begin(), members.end());
      diff.clauses[clause].examples.push_back(name);
    }
  }
  diff.unshared += by_name.size();
  add_one_sided(a, b, version_a, diff);
  add_one_sided(b, a, version_b, diff);
  add_instructions(version_a, version_b, diff);
  return diff;
}

}  // namespace pvm::runner
