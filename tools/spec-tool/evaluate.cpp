// SPDX-License-Identifier: Apache-2.0 OR MIT
// Evaluation by walking the syntax tree. Truth values are 0 and 1.
#include "evaluate.hpp"

namespace pvm::spec {

namespace {

using Kind = Expression::Kind;

constexpr unsigned long max_width = 4096;  // far beyond any width or exponent that the document uses

// Leave evaluation from any depth; both are caught in evaluate().
struct Refused {};
struct Failed {
  EvaluationError error;
};

mpz_class power_of_two(unsigned long exponent) {
  mpz_class out;
  mpz_setbit(out.get_mpz_t(), exponent);
  return out;
}

mpz_class floor_divide(const mpz_class& a, const mpz_class& b) {
  mpz_class out;
  mpz_fdiv_q(out.get_mpz_t(), a.get_mpz_t(), b.get_mpz_t());
  return out;
}

mpz_class floor_modulo(const mpz_class& a, const mpz_class& b) {
  mpz_class out;
  mpz_fdiv_r(out.get_mpz_t(), a.get_mpz_t(), b.get_mpz_t());
  return out;
}

mpz_class low_bits(const mpz_class& value, unsigned long bits) {
  return floor_modulo(value, power_of_two(bits));
}

mpz_class as_signed(const mpz_class& value, unsigned long bits) {
  const mpz_class low = low_bits(value, bits);
  return low < power_of_two(bits - 1) ? low : mpz_class(low - power_of_two(bits));
}

mpz_class reversed_bytes(const mpz_class& value, unsigned long bits) {
  mpz_class rest = low_bits(value, bits);
  mpz_class out = 0;
  for (unsigned long bit = 0; bit < bits; bit += 8) {
    out = out * 256 + low_bits(rest, 8);
    rest = floor_divide(rest, 256);
  }
  return out;
}

class Evaluator {
 public:
  Evaluator(const Inputs& inputs, MemoryModel& memory) : names_(inputs.names), bits_(inputs.register_bits), memory_(memory) {
    names_["W"] = bits_;
  }

  void run(const Statement& statement, Outcome& outcome) {
    using Step = Statement::Kind;
    switch (statement.kind) {
      case Step::trap: outcome.kind = Outcome::Kind::trap; break;
      case Step::nothing: break;
      case Step::fill: outcome.kind = Outcome::Kind::fill; break;
      case Step::let: names_[statement.name] = value(statement.operands[0]); break;
      case Step::assign: outcome.d = low_bits(value(statement.operands[0]), bits_); break;
      case Step::jump:
        outcome.kind = statement.operands.empty() || value(statement.operands[0]) != 0 ? Outcome::Kind::jump : Outcome::Kind::not_taken;
        break;
      case Step::dynamic_jump:
        outcome.kind = Outcome::Kind::dynamic_jump;
        outcome.value = value(statement.operands[0]);
        break;
      case Step::host_call:
        outcome.kind = Outcome::Kind::host_call;
        outcome.value = value(statement.operands[0]);
        break;
      case Step::store: {
        const mpz_class address = value(statement.operands[0]);
        const unsigned long size = small(statement.operands[1], 1, 8);
        if (!memory_.store(address, static_cast<unsigned>(size), value(statement.operands[2]))) throw Refused{};
        break;
      }
    }
  }

 private:
  [[noreturn]] static void fail(const Expression& at, std::string message) { throw Failed{{at.column, std::move(message)}}; }

  // The value of a width, exponent or size, which must lie in low..high.
  unsigned long small(const Expression& expression, unsigned long low, unsigned long high) {
    const mpz_class number = value(expression);
    if (number < low || number > high) {
      fail(expression, number.get_str() + " isn't in " + std::to_string(low) + ".." + std::to_string(high));
    }
    return number.get_ui();
  }

  mpz_class divisor(const Expression& expression) {
    mpz_class number = value(expression);
    if (number == 0) fail(expression, "division by zero");
    return number;
  }

  mpz_class not_negative(const Expression& expression) {
    mpz_class number = value(expression);
    if (number < 0) fail(expression, "a negative number has no bits to count");
    return number;
  }

  mpz_class value(const Expression& e) {
    const auto left = [&] { return value(e.operands[0]); };
    const auto right = [&] { return value(e.operands[1]); };
    switch (e.kind) {
      case Kind::number: return mpz_class(e.text, 10);
      case Kind::name: return names_.at(e.text);
      case Kind::negate: return -left();
      case Kind::complement: return ~left();
      case Kind::power_of_two: return power_of_two(small(e.operands[0], 0, max_width));
      case Kind::multiply: return left() * right();
      case Kind::divide: return floor_divide(left(), divisor(e.operands[1]));
      case Kind::modulo: return floor_modulo(left(), divisor(e.operands[1]));
      case Kind::add: return left() + right();
      case Kind::subtract: return left() - right();
      case Kind::bit_and: return left() & right();
      case Kind::bit_or: return left() | right();
      case Kind::bit_xor: return left() ^ right();
      case Kind::equal: return left() == right() ? 1 : 0;
      case Kind::not_equal: return left() != right() ? 1 : 0;
      case Kind::less: return left() < right() ? 1 : 0;
      case Kind::less_or_equal: return left() <= right() ? 1 : 0;
      case Kind::greater: return left() > right() ? 1 : 0;
      case Kind::greater_or_equal: return left() >= right() ? 1 : 0;
      case Kind::conditional: return left() != 0 ? value(e.operands[1]) : value(e.operands[2]);
      case Kind::call: return call(e);
    }
    return 0;
  }

  mpz_class call(const Expression& e) {
    const Expression& first = e.operands[0];
    if (e.text == "u") return low_bits(value(first), small(e.operands[1], 1, max_width));
    if (e.text == "s") return as_signed(value(first), small(e.operands[1], 1, max_width));
    if (e.text == "quot") return value(first) / divisor(e.operands[1]);  // gmpxx rounds towards zero
    if (e.text == "rem") return value(first) % divisor(e.operands[1]);
    if (e.text == "max" || e.text == "min") {
      const mpz_class a = value(first);
      const mpz_class b = value(e.operands[1]);
      return (a < b) == (e.text == "max") ? b : a;
    }
    if (e.text == "ones") return mpz_popcount(not_negative(first).get_mpz_t());
    if (e.text == "length") {
      const mpz_class number = not_negative(first);
      return number == 0 ? 0 : mpz_sizeinbase(number.get_mpz_t(), 2);
    }
    if (e.text == "lowest") {
      const mpz_class number = not_negative(first);
      if (number == 0) fail(e, "zero has no lowest one");
      return mpz_scan1(number.get_mpz_t(), 0);
    }
    if (e.text == "reverse") return reversed_bytes(value(first), small(e.operands[1], 8, max_width));
    return memory_call(e);
  }

  mpz_class memory_call(const Expression& e) {
    std::optional<mpz_class> result;
    if (e.text == "load") result = memory_.load(value(e.operands[0]), static_cast<unsigned>(small(e.operands[1], 1, 8)));
    if (e.text == "grow") result = memory_.grow(value(e.operands[0]));
    if (e.text == "allocate") result = memory_.allocate(value(e.operands[0]));
    if (!result) throw Refused{};
    return *result;
  }

  std::map<std::string, mpz_class> names_;
  unsigned bits_;
  MemoryModel& memory_;
};

}  // namespace

std::variant<Outcome, EvaluationError> evaluate(const Formula& formula, const Inputs& inputs, MemoryModel& memory) {
  Outcome outcome;
  try {
    Evaluator evaluator(inputs, memory);
    for (const Statement& statement : formula.statements) evaluator.run(statement, outcome);
  } catch (const Refused&) {
    outcome = {};
    outcome.kind = Outcome::Kind::refused;
  } catch (const Failed& failed) {
    return failed.error;
  }
  return outcome;
}

}  // namespace pvm::spec
