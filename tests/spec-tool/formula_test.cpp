// SPDX-License-Identifier: Apache-2.0 OR MIT
// The formula parser and the check of names.
#include "formula.hpp"

#include <gtest/gtest.h>

namespace pvm::spec {
namespace {

// The syntax tree with every bracket written out.
std::string show(const Expression& e) {
  using Kind = Expression::Kind;
  if (e.kind == Kind::number || e.kind == Kind::name) return e.text;
  std::string out = e.kind == Kind::call ? e.text + "(" : "(";
  constexpr const char* symbols[] = {"",  "",  "-", "~",  "2^", "*",  "div", "mod", "+",  "-", "&",
                                     "|", "^", "=", "!=", "<",  "<=", ">",   ">=",  "if", ""};
  if (e.kind != Kind::call) out += std::string(symbols[static_cast<int>(e.kind)]) + " ";
  for (std::size_t index = 0; index < e.operands.size(); ++index) out += (index == 0 ? "" : " ") + show(e.operands[index]);
  return out + ")";
}

std::string tree(const std::string& text) {
  const auto parsed = parse_formula("d := " + text);
  if (const auto* error = std::get_if<FormulaError>(&parsed)) return std::to_string(error->column) + ": " + error->message;
  return show(std::get<Formula>(parsed).statements[0].operands[0]);
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_formula(text);
  const auto* error = std::get_if<FormulaError>(&parsed);
  return error == nullptr ? "" : std::to_string(error->column) + ": " + error->message;
}

TEST(FormulaParser, BindsAsTheNotationSays) {
  EXPECT_EQ(tree("a + b * i"), "(+ a (* b i))");
  EXPECT_EQ(tree("a - b - i"), "(- (- a b) i)");
  EXPECT_EQ(tree("a div 2^k + a * 2^(64 - k)"), "(+ (div a (2^ k)) (* a (2^ (- 64 k))))");
  EXPECT_EQ(tree("a | b ^ i & j"), "(| a (^ b (& i j)))");
  EXPECT_EQ(tree("a & b + 1"), "(& a (+ b 1))");
  EXPECT_EQ(tree("~a & -b"), "(& (~ a) (- b))");
  EXPECT_EQ(tree("-a * b"), "(* (- a) b)");
  EXPECT_EQ(tree("~(a ^ b)"), "(~ (^ a b))");
}

TEST(FormulaParser, TellsPowersFromExclusiveOr) {
  EXPECT_EQ(tree("2^W"), "(2^ W)");
  EXPECT_EQ(tree("2 ^ W"), "(^ 2 W)");
  EXPECT_EQ(tree("32^W"), "(^ 32 W)");
  EXPECT_EQ(tree("a^b"), "(^ a b)");
}

TEST(FormulaParser, ReadsConditionals) {
  EXPECT_EQ(tree("if u(a, 32) = 0 then -1 else if a < b then i else j"), "(if (= u(a 32) 0) (- 1) (if (< a b) i j))");
}

TEST(FormulaParser, ReadsActions) {
  const auto parsed = parse_formula("let address = u(a + j, 32); d := i; dynamic_jump(address)");
  const Formula& formula = std::get<Formula>(parsed);
  ASSERT_EQ(formula.statements.size(), 3u);
  EXPECT_EQ(formula.statements[0].kind, Statement::Kind::let);
  EXPECT_EQ(formula.statements[0].name, "address");
  EXPECT_EQ(formula.statements[1].kind, Statement::Kind::assign);
  EXPECT_EQ(formula.statements[2].kind, Statement::Kind::dynamic_jump);
  EXPECT_EQ(formula.statements[2].column, 37u);
  for (const char* text :
       {"trap", "nothing", "fill", "jump target", "jump target when s(a, W) < i", "host_call(u(i, 32))", "store(u(i, 32), 8, j)"}) {
    EXPECT_EQ(error_of(text), "") << text;
  }
}

TEST(FormulaParser, PointsAtErrors) {
  EXPECT_EQ(error_of("d := a +"), "9: the formula ends too early");
  EXPECT_EQ(error_of("d := a $ b"), "8: unexpected character '$'");
  EXPECT_EQ(error_of("d := (a"), "8: expected \")\" before the end");
  EXPECT_EQ(error_of("d := a b"), "8: unexpected \"b\"");
  EXPECT_EQ(error_of("d := f(a)"), "7: unknown function f");
  EXPECT_EQ(error_of("d := u(a)"), "9: u takes 2 arguments");
  EXPECT_EQ(error_of("d := a < b"), "8: a comparison may stand behind if and when only");
  EXPECT_EQ(error_of("d := if a then 1 else 0"), "11: expected a comparison");
  EXPECT_EQ(error_of("jump"), "5: expected \"target\" before the end");
  EXPECT_EQ(error_of("jump target when a"), "19: expected a comparison");
  EXPECT_EQ(error_of("store(i, W, j)"), "10: the size of a store must be a number");
  EXPECT_EQ(error_of("d = a"), "3: expected \":=\" before \"=\"");
  EXPECT_EQ(error_of(""), "1: expected a statement");
  EXPECT_EQ(error_of("trap;"), "6: expected a statement");
  EXPECT_EQ(error_of("let = a"), "7: expected \"=\" before \"a\"");
}

std::vector<std::string> complaints(const std::string& text, const std::set<std::string>& operands) {
  std::vector<std::string> out;
  const auto parsed = parse_formula(text);
  for (const FormulaError& error : check_formula(std::get<Formula>(parsed), operands)) {
    out.push_back(std::to_string(error.column) + ": " + error.message);
  }
  return out;
}

TEST(FormulaCheck, AcceptsGoodFormulas) {
  EXPECT_TRUE(complaints("d := a + u(i, W)", {"d", "a", "i"}).empty());
  EXPECT_TRUE(complaints("let k = b mod 64; d := a * 2^k + a div 2^(64 - k)", {"d", "a", "b"}).empty());
  EXPECT_TRUE(complaints("d := i; jump target", {"d", "i", "target"}).empty());
  EXPECT_TRUE(complaints("d := if b = 0 then a else d", {"d", "a", "b"}).empty());
}

TEST(FormulaCheck, FindsMisusedNames) {
  EXPECT_EQ(complaints("d := c", {"d", "a"}), std::vector<std::string>{"6: unknown name \"c\""});
  EXPECT_EQ(complaints("d := target", {"d", "target"}), std::vector<std::string>{"6: unknown name \"target\""});
  EXPECT_EQ(complaints("d := 1", {"a"}), std::vector<std::string>{"1: d is written, but isn't among the operands"});
  EXPECT_EQ(complaints("a := 1", {"d", "a"}), std::vector<std::string>{"1: only d can be written, not \"a\""});
  EXPECT_EQ(complaints("d := 1; d := 2", {"d"}), std::vector<std::string>{"9: d is written twice"});
  EXPECT_EQ(complaints("let W = 1; d := W", {"d"}), std::vector<std::string>{"1: let can't bind \"W\": the name is taken"});
  EXPECT_EQ(complaints("jump target", {}), std::vector<std::string>{"1: target isn't among the operands"});
  EXPECT_EQ(complaints("trap; nothing", {}), std::vector<std::string>{"7: nothing may follow a jump, an exit or a store"});
  EXPECT_EQ(complaints("d := i; dynamic_jump(a)", {"d", "a", "i"}),
            std::vector<std::string>{"22: reads register \"a\" after d has been written"});
}

}  // namespace
}  // namespace pvm::spec
