// SPDX-License-Identifier: Apache-2.0 OR MIT
// A made-up host: the state that it starts a guest in, and what it does at each exit.
#include "host.hpp"

#include <algorithm>
#include <limits>

namespace pvm::differential {
namespace {

constexpr int max_runs = 12;

bool is_paged(const Setup& setup) {
  return setup.config.dynamic_paging || ref::is_graypaper(setup.semantics);
}

class Host {
 public:
  Host(Lockstep& guest, const Setup& setup, const Plan& plan)
      : guest_(guest), choices_(plan.moves), addresses_(interesting_addresses(setup)), is_paged_(is_paged(setup)) {
    for (u32 pc = 0; pc < guest.program().code_size(); ++pc) {
      if (guest.program().is_marked(pc)) marked_.push_back(pc);
    }
  }

  void play() {
    for (int runs = 0; runs < max_runs && guest_.goes_on(); ++runs) {
      const auto exit = guest_.run(style());
      if (!exit || !guest_.goes_on() || !answer(*exit)) break;
    }
    guest_.compare_all_memory();
  }

 private:
  Style style() {
    const u32 choice = choices_.below(12);
    return choice == 11 ? Style::rewound : choice == 10 ? Style::interrupted : Style::straight;
  }

  // False: that's enough.
  bool answer(const ref::Exit& exit) {
    while (choices_.one_in(4)) meddle();
    switch (exit.status) {
      case ref::Status::halt:
      case ref::Status::trap:
        if (choices_.below(3) != 2) return false;
        set_pc(exit);
        return true;
      case ref::Status::host_call:
        if (choices_.one_in(6)) set_pc(exit);
        break;
      case ref::Status::page_fault: fault(exit); break;
      case ref::Status::out_of_gas:
        add_gas();
        if (choices_.one_in(8)) set_pc(exit);
        break;
      case ref::Status::no_pc: return false;
    }
    return guest_.ref().next_pc().has_value();
  }

  void fault(const ref::Exit& exit) {
    const u32 choice = choices_.below(8);
    const u32 size = guest_.ref().memory().page_size();
    if (choice == 7) return set_pc(exit);
    if (choice == 6) return;  // The same again.
    if (exit.write_protected && choice != 5) return guest_.protect(exit.fault_address, size, true);
    guest_.map(exit.fault_address, choice == 4 ? 2 * size : size, choice < 3);
    if (choices_.one_in(3)) guest_.write(exit.fault_address + choices_.below(size - 8), bytes());
  }

  void add_gas() {
    constexpr i64 amounts[] = {1000, 1, 2, 3, 5, 10, 20, 50};
    const i64 gas = std::max<i64>(guest_.ref().gas(), 0);
    guest_.set_gas(gas + choices_.of(amounts));
  }

  // To where it is already, to any instruction, or anywhere.
  void set_pc(const ref::Exit& exit) {
    const u32 choice = choices_.below(4);
    if (choice == 0 && exit.next_pc) return guest_.set_pc(*exit.next_pc);
    if (choice == 3 || marked_.empty()) return guest_.set_pc(choices_.below(guest_.program().code_size() + 3));
    guest_.set_pc(choices_.of(marked_));
  }

  void meddle() {
    const u32 page = host_pages[choices_.below(6)];
    const u32 size = guest_.ref().memory().page_size();
    switch (choices_.below(is_paged_ ? 9 : 6)) {
      case 0: guest_.set_reg(choices_.below(13), make_value(choices_)); break;
      case 1: guest_.set_reg(7 + choices_.below(3), choices_.of(addresses_)); break;
      case 2: guest_.write(choices_.of(addresses_), bytes()); break;
      case 3: guest_.read(choices_.of(addresses_), 1 + choices_.below(64)); break;
      case 4: guest_.set_gas(choices_.one_in(4) ? -1 : i64{choices_.below(60)}); break;
      case 5: guest_.set_gas(1000); break;
      case 6: guest_.map(page, size * (1 + choices_.below(2)), choices_.one_in(2)); break;
      case 7: guest_.protect(page, size, choices_.one_in(2)); break;
      default: guest_.unmap(page, size * (1 + choices_.below(2))); break;
    }
  }

  Bytes bytes() {
    Bytes result(1 + choices_.below(16));
    for (u8& byte : result) byte = static_cast<u8>(choices_.below(256));
    return result;
  }

  Lockstep& guest_;
  ListedChoices choices_;
  std::vector<u32> addresses_;
  std::vector<u32> marked_;
  bool is_paged_;
};

// Mostly enough, often not; much where blocks may be dear.
i64 make_gas(Choices& choices, const Setup& setup) {
  constexpr i64 extremes[] = {-1, std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max(), 0};
  if (choices.one_in(40)) return choices.of(extremes);
  const u64 unit = setup.config.memory_cost.value_or(25) > 257 ? *setup.config.memory_cost : 1;
  switch (choices.below(5)) {
    case 3: return static_cast<i64>(unit * choices.below(100));
    case 4: return static_cast<i64>(unit * choices.below(1000));
    default: return static_cast<i64>(unit * (2000 + choices.below(1000)));
  }
}

}  // namespace

Plan make_plan(Choices& choices, const Setup& setup) {
  Plan plan;
  for (u64& value : plan.regs) value = make_value(choices);
  plan.regs[0] = 0xffff0000;
  if (setup.semantics == ref::Semantics::rv32_1) {
    for (u64& value : plan.regs) value &= 0xffffffff;
  }
  if (choices.one_in(6)) plan.pc = choices.below(300);
  plan.gas = make_gas(choices, setup);
  if (is_paged(setup) && setup.container != ref::Container::standard) {
    const u32 size = setup.config.page_size.value_or(4096);
    for (const u32 page : host_pages) {
      const u32 kind = choices.below(5);
      if (kind < 4 && page % size == 0) plan.pages.push_back({page, size, kind != 3});
    }
  }
  plan.moves.resize(choices.below(100));
  for (u32& move : plan.moves) move = static_cast<u32>(choices.any());
  return plan;
}

std::vector<Plan> simpler(const Plan& plan) {
  std::vector<Plan> all;
  const auto with = [&](auto change) {
    Plan simple = plan;
    change(simple);
    all.push_back(simple);
  };
  if (!plan.moves.empty()) {
    with([](Plan& p) { p.moves.clear(); });
    with([](Plan& p) { p.moves.resize(p.moves.size() / 2); });
    with([](Plan& p) { p.moves.pop_back(); });
  }
  for (std::size_t index = 0; index < plan.moves.size(); ++index) {
    if (plan.moves[index] != 0) with([&](Plan& p) { p.moves[index] = 0; });
  }
  for (std::size_t number = 0; number < plan.regs.size(); ++number) {
    if (plan.regs[number] != 0) with([&](Plan& p) { p.regs[number] = 0; });
    if (plan.regs[number] > 0xffff) with([&](Plan& p) { p.regs[number] &= 0xffff; });
  }
  for (std::size_t index = 0; index < plan.pages.size(); ++index) {
    with([&](Plan& p) { p.pages.erase(p.pages.begin() + static_cast<std::ptrdiff_t>(index)); });
  }
  if (plan.pc != 0) with([](Plan& p) { p.pc = 0; });
  if (plan.gas != 10000) with([](Plan& p) { p.gas = 10000; });
  return all;
}

void play(Lockstep& guest, const Setup& setup, const Plan& plan) {
  Host(guest, setup, plan).play();
}

}  // namespace pvm::differential
