// SPDX-License-Identifier: Apache-2.0 OR MIT
// Verdicts: what a target did against what the case expects.
#include "pvm/conformance/compare.hpp"

#include <algorithm>

namespace pvm::conformance {
namespace {

const std::string not_reported = "not reported";

std::string spell(u64 value) {
  return hex_u64(value);
}
std::string spell(i64 value) {
  return hex_i64(value);
}
std::string spell(bool value) {
  return value ? "true" : "false";
}
std::string spell(ref::Status status) {
  return std::string(ref::name_of(status));
}
std::string spell(const std::optional<u32>& pc) {
  return pc ? std::to_string(*pc) : "none";
}

std::string spell(const Rejected& rejected) {
  std::string text = "rejected";
  if (rejected.phase) text += " in phase " + std::string(ref::name_of(*rejected.phase));
  if (rejected.reason) text += ": " + std::string(ref::name_of(*rejected.reason));
  return text;
}

// Collects the differences of one step from one alternative.
class PostComparison {
 public:
  explicit PostComparison(std::string prefix) : prefix_(std::move(prefix)) {}

  std::vector<Difference> compare(const Post& expected, const Observation& actual) {
    member("status", expected.status, actual.status);
    member("pc", expected.pc, actual.pc);
    // A target without the notion of a next pc may leave it out.
    if (actual.next_pc) member("next_pc", expected.next_pc, actual.next_pc);
    registers(expected, actual);
    member("gas", expected.gas, actual.gas);
    member("host_call", expected.host_call, actual.host_call);
    if (expected.fault) fault(*expected.fault, actual.fault);
    for (const MemoryBytes& range : expected.memory) memory(range, actual.memory);
    return std::move(differences_);
  }

 private:
  void add(const std::string& name, std::string expected, std::string actual) {
    differences_.push_back({prefix_ + "." + name, std::move(expected), std::move(actual)});
  }

  template <typename Value>
  void member(const std::string& name, const std::optional<Value>& expected, const std::optional<Value>& actual) {
    if (!expected || expected == actual) return;
    add(name, spell(*expected), actual ? spell(*actual) : not_reported);
  }

  void registers(const Post& expected, const Observation& actual) {
    if (!expected.regs) return;
    if (!actual.regs) return add("regs", "13 registers", not_reported);
    for (std::size_t reg = 0; reg < expected.regs->size(); ++reg) {
      const u64 wanted = (*expected.regs)[reg], found = (*actual.regs)[reg];
      if (wanted != found) add("regs." + std::string(ref::register_name(static_cast<u8>(reg))), spell(wanted), spell(found));
    }
  }

  void fault(const Fault& expected, const std::optional<Fault>& actual) {
    if (!actual) return add("fault", spell(expected.address), not_reported);
    if (expected.address != actual->address) add("fault.address", spell(expected.address), spell(actual->address));
    member("fault.write_protected", expected.write_protected, actual->write_protected);
  }

  // One difference per range: from the first byte that isn't as expected.
  void memory(const MemoryBytes& expected, const std::vector<MemoryBytes>& actual) {
    constexpr std::size_t shown_bytes = 16;
    const std::vector<std::optional<u8>> found = bytes_at(expected, actual);
    std::size_t first = 0;
    while (first < found.size() && found[first] == expected.bytes[first]) ++first;
    if (first == found.size()) return;
    const std::string name = "memory[" + hex_u64(expected.address + first) + "]";
    const std::size_t end = std::min(first + shown_bytes, found.size());
    const std::string wanted = hex_bytes(std::span(expected.bytes).subspan(first, end - first));
    if (!found[first]) return add(name, wanted, not_reported);
    Bytes shown;
    for (std::size_t index = first; index < end && found[index]; ++index) shown.push_back(*found[index]);
    add(name, wanted, hex_bytes(shown));
  }

  // What the target reports of a range, whichever pieces it reports it in.
  static std::vector<std::optional<u8>> bytes_at(const MemoryBytes& range, const std::vector<MemoryBytes>& pieces) {
    std::vector<std::optional<u8>> found(range.bytes.size());
    for (const MemoryBytes& piece : pieces) {
      for (std::size_t index = 0; index < found.size(); ++index) {
        const u64 offset = range.address + index - piece.address;  // huge where the byte lies before the piece
        if (offset < piece.bytes.size()) found[index] = piece.bytes[static_cast<std::size_t>(offset)];
      }
    }
    return found;
  }

  std::string prefix_;
  std::vector<Difference> differences_;
};

class CaseComparison {
 public:
  Comparison result;

  void steps(const std::vector<Step>& expected, const StepResults& actual) {
    if (expected.size() != actual.size()) {
      result.verdict = Verdict::error;
      result.note = std::to_string(actual.size()) + " step results for " + std::to_string(expected.size()) + " steps";
      return;
    }
    for (std::size_t index = 0; index < expected.size() && result.verdict != Verdict::error; ++index) {
      step("steps[" + std::to_string(index) + "]", expected[index], actual[index]);
    }
  }

  void block_costs(const BlockCosts& expected, const BlockCosts& actual) {
    for (const BlockCost& cost : expected) {
      const auto found = std::find_if(actual.begin(), actual.end(), [&](const BlockCost& other) { return other.pc == cost.pc; });
      const std::string name = "block_costs[" + std::to_string(cost.pc) + "]";
      if (found == actual.end()) {
        add(name, spell(cost.cost), not_reported);
      } else if (found->cost != cost.cost) {
        add(name, spell(cost.cost), spell(found->cost));
      }
    }
  }

  void rejection(const Rejected& expected, const Rejected& actual) {
    if (actual.phase && expected.phase && *actual.phase != *expected.phase) {
      add("rejected.phase", std::string(ref::name_of(*expected.phase)), std::string(ref::name_of(*actual.phase)));
    }
    if (actual.reason && expected.reason && *actual.reason != *expected.reason) {
      add("rejected.reason", std::string(ref::name_of(*expected.reason)), std::string(ref::name_of(*actual.reason)));
    }
  }

  void add(std::string member, std::string expected, std::string actual) {
    result.verdict = Verdict::fail;
    result.differences.push_back({std::move(member), std::move(expected), std::move(actual)});
  }

 private:
  void step(const std::string& prefix, const Step& expected, const StepResult& actual) {
    const auto* run = std::get_if<RunStep>(&expected);
    const auto* check = std::get_if<CheckStep>(&expected);
    const auto* seen = std::get_if<Observation>(&actual);
    if ((run != nullptr || check != nullptr) != (seen != nullptr)) {
      result.verdict = Verdict::error;
      result.note = prefix + ": the result is of another kind of step";
    } else if (seen) {
      expectation(prefix, run ? run->post : check->post, *seen);
    } else {
      host_step(prefix, expected, std::get<HostResult>(actual));
    }
  }

  void expectation(const std::string& prefix, const Expectation& expected, const Observation& actual) {
    std::vector<Difference> closest;
    std::size_t closest_index = 0;
    for (std::size_t index = 0; index < expected.any_of.size(); ++index) {
      auto differences = PostComparison(prefix).compare(expected.any_of[index], actual);
      if (differences.empty()) return;
      if (index == 0 || differences.size() < closest.size()) {
        closest = std::move(differences);
        closest_index = index;
      }
    }
    if (expected.any_of.size() > 1) {
      if (!result.note.empty()) result.note += "; ";
      result.note += prefix + ": none of " + std::to_string(expected.any_of.size()) + " alternatives holds, the closest is number " +
                     std::to_string(closest_index + 1);
    }
    for (Difference& difference : closest) add(difference.member, difference.expected, difference.actual);
  }

  void host_step(const std::string& prefix, const Step& expected, const HostResult& actual) {
    const auto compare_ok = [&](const auto& host_step) {
      bool ok = true;
      if constexpr (requires { host_step.ok; }) ok = host_step.ok;
      if (ok != actual.ok) add(prefix + ".ok", spell(ok), spell(actual.ok));
    };
    std::visit(compare_ok, expected);
    const auto* read = std::get_if<ReadStep>(&expected);
    if (!read || !read->ok || !actual.ok) return;
    if (!actual.bytes) return add(prefix + ".bytes", hex_bytes(read->bytes), not_reported);
    if (*actual.bytes != read->bytes) add(prefix + ".bytes", hex_bytes(read->bytes), hex_bytes(*actual.bytes));
  }
};

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::unsupported: return "unsupported";
    case Verdict::error: return "error";
    case Verdict::timeout: return "timeout";
  }
  return "";
}

Comparison compare(const Case& c, const Outcome& outcome) {
  CaseComparison comparison;
  if (const auto* error = std::get_if<TargetError>(&outcome)) return {Verdict::error, {}, error->text};
  const auto* expected_rejection = std::get_if<Rejected>(&c.body);
  const auto* actual_rejection = std::get_if<Rejected>(&outcome);
  if (expected_rejection && actual_rejection) {
    comparison.rejection(*expected_rejection, *actual_rejection);
  } else if (expected_rejection) {
    comparison.add("rejected", spell(*expected_rejection), "accepted");
  } else if (actual_rejection) {
    comparison.add("rejected", "accepted", spell(*actual_rejection));
  } else if (const auto* execution = std::get_if<Execution>(&c.body); execution && std::holds_alternative<StepResults>(outcome)) {
    comparison.steps(execution->steps, std::get<StepResults>(outcome));
  } else if (const auto* costs = std::get_if<BlockCosts>(&c.body); costs && std::holds_alternative<BlockCosts>(outcome)) {
    comparison.block_costs(*costs, std::get<BlockCosts>(outcome));
  } else {
    return {Verdict::error, {}, "the answer is of another kind than the request"};
  }
  return std::move(comparison.result);
}

std::string to_text(const Difference& difference) {
  return difference.member + ": expected " + difference.expected + ", got " + difference.actual;
}

}  // namespace pvm::conformance
