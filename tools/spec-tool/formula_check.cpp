// SPDX-License-Identifier: Apache-2.0 OR MIT
// The use of names in a formula, and the order of its actions.
#include <algorithm>

#include "formula.hpp"

namespace pvm::spec {

namespace {

bool is_reserved(const std::string& word) {
  constexpr std::string_view words[] = {"W", "d", "a", "b", "i", "j", "target", "if", "then", "else", "when", "div", "mod", "let", "jump"};
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

class Checker {
 public:
  explicit Checker(std::set<std::string> operands) : operands_(std::move(operands)), names_(operands_) {
    names_.insert("W");
    names_.erase("target");
  }

  std::vector<FormulaError> run(const Formula& formula) {
    for (const Statement& statement : formula.statements) {
      if (ended_) complain(statement.column, "nothing may follow a jump, an exit or a store");
      check(statement);
    }
    return std::move(errors_);
  }

 private:
  void complain(std::size_t column, std::string message) { errors_.push_back({column, std::move(message)}); }

  void check(const Statement& statement) {
    for (const Expression& operand : statement.operands) check(operand);
    switch (statement.kind) {
      case Statement::Kind::let:
        if (is_reserved(statement.name) || !names_.insert(statement.name).second) {
          complain(statement.column, "let can't bind \"" + statement.name + "\": the name is taken");
        }
        return;
      case Statement::Kind::assign:
        if (statement.name != "d") complain(statement.column, "only d can be written, not \"" + statement.name + "\"");
        if (!operands_.contains("d")) complain(statement.column, "d is written, but isn't among the operands");
        if (assigned_) complain(statement.column, "d is written twice");
        assigned_ = true;
        return;
      case Statement::Kind::jump:
        if (!operands_.contains("target")) complain(statement.column, "target isn't among the operands");
        break;
      default: break;
    }
    ended_ = true;
  }

  void check(const Expression& expression) {
    if (expression.kind == Expression::Kind::name) {
      const std::string& name = expression.text;
      if (!names_.contains(name)) complain(expression.column, "unknown name \"" + name + "\"");
      if (assigned_ && (name == "d" || name == "a" || name == "b")) {
        complain(expression.column, "reads register \"" + name + "\" after d has been written");
      }
    }
    for (const Expression& operand : expression.operands) check(operand);
  }

  std::set<std::string> operands_;
  std::set<std::string> names_;
  std::vector<FormulaError> errors_;
  bool ended_ = false;
  bool assigned_ = false;
};

}  // namespace

std::vector<FormulaError> check_formula(const Formula& formula, const std::set<std::string>& operands) {
  return Checker(operands).run(formula);
}

}  // namespace pvm::spec
