// SPDX-License-Identifier: Apache-2.0 OR MIT
// The evaluator, on values worked out by hand.
#include "evaluate.hpp"

#include <gtest/gtest.h>

namespace pvm::spec {
namespace {

// One readable byte 0x80 at 0x10000 .. 0x1000f, all writable; remembers the last store.
class FakeMemory : public MemoryModel {
 public:
  std::optional<mpz_class> load(const mpz_class& address, unsigned size) override {
    if (address < 0x10000 || address + size > 0x10010) return std::nullopt;
    mpz_class value = 0;
    for (unsigned index = 0; index < size; ++index) value = value * 256 + 0x80;
    return value;
  }
  bool store(const mpz_class& address, unsigned size, const mpz_class& value) override {
    if (address < 0x10000) return false;
    stored = address.get_str(16) + " " + std::to_string(size) + " " + value.get_str();
    return true;
  }
  std::optional<mpz_class> grow(const mpz_class& size) override { return size == 0 ? std::nullopt : std::optional<mpz_class>(size + 1); }
  std::optional<mpz_class> allocate(const mpz_class& size) override { return size; }
  std::string stored;
};

std::variant<Outcome, EvaluationError> run(const std::string& text, const Inputs& inputs, FakeMemory& memory) {
  return evaluate(std::get<Formula>(parse_formula(text)), inputs, memory);
}

// The value that `expression` gives to d, in hexadecimal, or the error.
std::string value_of(const std::string& expression, unsigned bits = 64, const mpz_class& a = 0, const mpz_class& i = 0) {
  FakeMemory memory;
  const auto result = run("d := " + expression, {bits, {{"a", a}, {"i", i}, {"d", 7}}}, memory);
  if (const auto* error = std::get_if<EvaluationError>(&result)) return "error: " + error->message;
  const Outcome& outcome = std::get<Outcome>(result);
  return outcome.d ? outcome.d->get_str(16) : "none";
}

TEST(Evaluate, ReducesTheResultToTheRegister) {
  EXPECT_EQ(value_of("-1", 64), "ffffffffffffffff");
  EXPECT_EQ(value_of("-1", 32), "ffffffff");
  EXPECT_EQ(value_of("2^64 + 5", 64), "5");
  EXPECT_EQ(value_of("d", 64), "7");
}

TEST(Evaluate, RoundsDownAndTowardsZero) {
  EXPECT_EQ(value_of("s(-7 div 2 + 100, 64)"), "60");  // -4
  EXPECT_EQ(value_of("-7 mod 2"), "1");
  EXPECT_EQ(value_of("quot(-7, 2) + 100"), "61");  // -3
  EXPECT_EQ(value_of("rem(-7, 2) + 100"), "63");   // -1
  EXPECT_EQ(value_of("rem(7, -2)"), "1");
  EXPECT_EQ(value_of("i mod 32", 64, 0, -1), "1f");
}

TEST(Evaluate, CutsAndExtends) {
  EXPECT_EQ(value_of("u(-1, 8)"), "ff");
  EXPECT_EQ(value_of("s(128, 8)", 32), "ffffff80");
  EXPECT_EQ(value_of("s(127, 8)"), "7f");
  EXPECT_EQ(value_of("s(255, 1)"), "ffffffffffffffff");
}

TEST(Evaluate, SeesNegativeNumbersAsEndlessBits) {
  EXPECT_EQ(value_of("a & i", 64, 0xff, -16), "f0");
  EXPECT_EQ(value_of("a | ~a", 64, 5), "ffffffffffffffff");
  EXPECT_EQ(value_of("a ^ i", 32, 0, -1), "ffffffff");
}

TEST(Evaluate, CountsBits) {
  EXPECT_EQ(value_of("ones(255)"), "8");
  EXPECT_EQ(value_of("length(0)"), "0");
  EXPECT_EQ(value_of("length(256)"), "9");
  EXPECT_EQ(value_of("lowest(40)"), "3");
  EXPECT_EQ(value_of("reverse(258, 32)"), "2010000");
  EXPECT_EQ(value_of("reverse(2^40 + 1, 16)"), "100");
  EXPECT_EQ(value_of("max(-1, 3) + min(-1, 3)"), "2");
}

TEST(Evaluate, EvaluatesOnlyTheChosenBranch) {
  EXPECT_EQ(value_of("if a = 0 then 9 else 1 div a", 64, 0), "9");
  EXPECT_EQ(value_of("if a != 0 then 9 else 1 div a", 64, 0), "error: division by zero");
}

TEST(Evaluate, ReportsFormulasWithoutAValue) {
  EXPECT_EQ(value_of("1 mod a"), "error: division by zero");
  EXPECT_EQ(value_of("2^i", 64, 0, -1), "error: -1 isn't in 0..4096");
  EXPECT_EQ(value_of("u(a, 0)"), "error: 0 isn't in 1..4096");
  EXPECT_EQ(value_of("lowest(a)"), "error: zero has no lowest one");
  EXPECT_EQ(value_of("ones(i)", 64, 0, -1), "error: a negative number has no bits to count");
}

TEST(Evaluate, LeavesEverythingAloneWhenAnAccessIsRefused) {
  EXPECT_EQ(value_of("load(65536, 2)"), "8080");
  EXPECT_EQ(value_of("s(load(65536, 1), 8)"), "ffffffffffffff80");
  EXPECT_EQ(value_of("load(65551, 2)"), "none");
  EXPECT_EQ(value_of("grow(0)"), "none");
  EXPECT_EQ(value_of("grow(1)"), "2");
  FakeMemory memory;
  EXPECT_EQ(std::get<Outcome>(run("store(1, 4, 5)", {}, memory)).kind, Outcome::Kind::refused);
  EXPECT_EQ(std::get<Outcome>(run("store(65536, 4, -5)", {}, memory)).kind, Outcome::Kind::next);
  EXPECT_EQ(memory.stored, "10000 4 -5");
}

TEST(Evaluate, TellsHowTheRunGoesOn) {
  FakeMemory memory;
  const Inputs inputs{32, {{"a", 1}, {"d", 0}}};
  const auto outcome = [&](const char* text) { return std::get<Outcome>(run(text, inputs, memory)); };
  EXPECT_EQ(outcome("nothing").kind, Outcome::Kind::next);
  EXPECT_EQ(outcome("trap").kind, Outcome::Kind::trap);
  EXPECT_EQ(outcome("fill").kind, Outcome::Kind::fill);
  EXPECT_EQ(outcome("jump target").kind, Outcome::Kind::jump);
  EXPECT_EQ(outcome("jump target when a = 1").kind, Outcome::Kind::jump);
  EXPECT_EQ(outcome("jump target when a > 1").kind, Outcome::Kind::not_taken);
  EXPECT_EQ(outcome("host_call(u(-1, 32))").value, mpz_class("4294967295"));
  const Outcome jump = outcome("let x = a + 1; d := 9; dynamic_jump(x)");
  EXPECT_EQ(jump.kind, Outcome::Kind::dynamic_jump);
  EXPECT_EQ(jump.value, 2);
  EXPECT_EQ(*jump.d, 9);
}

}  // namespace
}  // namespace pvm::spec
