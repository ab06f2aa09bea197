// SPDX-License-Identifier: Apache-2.0 OR MIT
// Choosing the parts of a program, and making them simpler.
#include "recipe.hpp"

#include <ostream>

namespace pvm::differential {
namespace {

constexpr u64 values[] = {0,
                          1,
                          2,
                          3,
                          7,
                          8,
                          31,
                          32,
                          63,
                          64,
                          0x7f,
                          0x80,
                          0xff,
                          0x100,
                          0x7fff,
                          0x8000,
                          0xffff,
                          0x10000,
                          0x7fffffff,
                          0x80000000,
                          0x80000001,
                          0xffff0000,
                          0xfffffffe,
                          0xffffffff,
                          0x100000000,
                          0x17fffffff,
                          0xffffffff80000000,
                          0xffffffff7fffffff,
                          0x8000000080000000,
                          u64{1} << 63,
                          (u64{1} << 63) + 1,
                          (u64{1} << 63) - 1,
                          ~u64{0} - 1,
                          ~u64{0}};
constexpr i64 immediates[] = {0,
                              1,
                              -1,
                              2,
                              3,
                              4,
                              6,
                              8,
                              16,
                              31,
                              32,
                              33,
                              63,
                              64,
                              127,
                              -128,
                              128,
                              -129,
                              255,
                              256,
                              32767,
                              -32768,
                              32768,
                              8388607,
                              -8388608,
                              0x7fffffff,
                              -2,
                              -3,
                              -4,
                              -8,
                              4095,
                              4096,
                              -4096,
                              0x1000,
                              0x10000,
                              0x20000,
                              0x20ffd,
                              -0x80000000LL,
                              -0x7fffffffLL,
                              5,
                              100,
                              1000};
constexpr u8 often_used[] = {7, 8, 9, 10, 7, 8, 9, 10, 7, 8, 9, 11, 12, 4, 6, 1};

u8 make_register(Choices& choices) {
  // t0, t1 and ra have uses of their own; numbers above 12 stand for 12.
  return choices.one_in(24) ? static_cast<u8>(choices.below(16)) : choices.of(often_used);
}

i64 make_immediate(Choices& choices) {
  if (choices.one_in(4)) return static_cast<i32>(choices.any());
  return choices.of(immediates);
}

void choose_gas(Choices& choices, Setup& setup) {
  using ref::GasModel, ref::Metering;
  constexpr Metering meterings[] = {Metering::sync, Metering::sync, Metering::sync, Metering::sync, Metering::none, Metering::async};
  setup.config.metering = choices.of(meterings);
  if (ref::is_graypaper(setup.semantics)) {
    if (setup.config.metering == Metering::async) setup.config.metering = Metering::none;
    setup.config.gas_model = GasModel::instruction_1;
    return;
  }
  setup.config.gas_model = GasModel::flat_1;
  if (setup.semantics != ref::Semantics::revive_1 && choices.below(3) == 2) {
    constexpr u32 costs[] = {25, 1, 4, 37, 256, 257, 70000, 0x7fffffff, 0xffffffff};
    setup.config.gas_model = GasModel::pipeline_1;
    setup.config.memory_cost = choices.of(costs);
  }
}

void choose_memory(Choices& choices, Setup& setup) {
  constexpr u32 sizes[] = {4096, 5, 0, 1, 4097, 8192};
  constexpr u32 page_sizes[] = {4096, 4096, 4096, 4096, 8192, 16384, 65536};
  setup.ro_size = choices.of(sizes);
  setup.rw_size = choices.of(sizes);
  setup.stack_size = choices.of(sizes);
  setup.heap_pages = choices.below(3);
  if (ref::is_graypaper(setup.semantics)) {
    if (setup.container == ref::Container::standard) setup.config.arguments.assign(choices.of(sizes), 0xa5);
    return;
  }
  setup.config.dynamic_paging = choices.below(3) == 2;
  if (!setup.config.dynamic_paging && choices.below(3) == 2) setup.config.aux_size = choices.of(sizes);
  if (const u32 size = choices.of(page_sizes); size != 4096) setup.config.page_size = size;
}

}  // namespace

Setup make_setup(Choices& choices) {
  using ref::Container, ref::Semantics;
  constexpr Semantics versions[] = {Semantics::rv64_1, Semantics::rv64_1,   Semantics::rv32_1,
                                    Semantics::jam_1,  Semantics::revive_1, Semantics::graypaper_0_7_2};
  Setup setup;
  setup.semantics = choices.of(versions);
  const bool second = choices.one_in(3);
  if (ref::is_graypaper(setup.semantics)) {
    setup.container = second ? Container::raw : Container::standard;
  } else {
    setup.container = second ? Container::raw : Container::polkavm;
  }
  choose_gas(choices, setup);
  choose_memory(choices, setup);
  setup.config.strict = choices.one_in(16);
  return setup;
}

u64 make_value(Choices& choices) {
  switch (choices.below(4)) {
    case 0: return choices.of(values);
    case 1: return choices.of(values) + choices.below(16);
    case 2: return choices.any() >> choices.below(64);
    default: return u64{host_pages[choices.below(6)]} + choices.below(0x1004) - 4;
  }
}

Line make_line(Choices& choices) {
  using Shape = Line::Shape;
  constexpr Shape shapes[] = {Shape::plain, Shape::plain, Shape::plain, Shape::plain, Shape::plain, Shape::plain, Shape::plain,
                              Shape::plain, Shape::block, Shape::block, Shape::block, Shape::loop,  Shape::call};
  Line line;
  line.shape = choices.of(shapes);
  line.count = static_cast<u8>(choices.below(36));
  line.op = choices.below(4096);
  line.d = make_register(choices);
  line.a = make_register(choices);
  line.b = make_register(choices);
  if (choices.one_in(4)) line.a = line.d;
  if (choices.one_in(5)) line.b = line.d;
  line.i = make_immediate(choices);
  line.j = make_immediate(choices);
  line.target = choices.below(256);
  line.address = choices.below(65536);
  line.aimed = choices.below(8) != 7;
  if (choices.one_in(6)) line.longer[0] = static_cast<u8>(choices.below(5));
  if (choices.one_in(6)) line.longer[1] = static_cast<u8>(choices.below(5));
  if (choices.one_in(40)) line.gap = static_cast<u8>(choices.below(32));
  return line;
}

Damage make_damage(Choices& choices) {
  Damage damage;
  damage.place = choices.below(4096);
  damage.mark = choices.one_in(3);
  if (!damage.mark) damage.bits = static_cast<u8>(choices.below(255) + 1);
  return damage;
}

Recipe make_recipe(Choices& choices, u32 max_lines) {
  Recipe recipe;
  recipe.setup = make_setup(choices);
  recipe.ending = static_cast<u8>(choices.below(8));
  recipe.lines.resize(choices.below(max_lines + 1));
  for (Line& line : recipe.lines) line = make_line(choices);
  recipe.functions.resize(choices.below(3));
  for (auto& function : recipe.functions) {
    function.resize(choices.below(8));
    for (Line& line : function) line = make_line(choices);
  }
  if (choices.one_in(5)) recipe.damage.resize(1 + choices.below(4));
  for (Damage& damage : recipe.damage) damage = make_damage(choices);
  return recipe;
}

std::vector<Line> simpler(const Line& line) {
  std::vector<Line> all;
  const auto with = [&](auto change) {
    Line simple = line;
    change(simple);
    all.push_back(simple);
  };
  if (line.shape != Line::Shape::plain) with([](Line& l) { l.shape = Line::Shape::plain; });
  if (line.gap != 0) with([](Line& l) { l.gap = 0; });
  if (line.longer[0] != 0 || line.longer[1] != 0) with([](Line& l) { l.longer[0] = l.longer[1] = 0; });
  if (line.count != 0) with([](Line& l) { l.count = 0; });
  if (line.aimed) with([](Line& l) { l.aimed = false; });
  for (i64 Line::*const immediate : {&Line::i, &Line::j}) {
    if (line.*immediate != 0) with([&](Line& l) { l.*immediate = 0; });
    if (line.*immediate > 1 || line.*immediate < -1) with([&](Line& l) { l.*immediate /= 2; });
  }
  if (line.target != 0) with([](Line& l) { l.target = 0; });
  if (line.d != 7 || line.a != 8 || line.b != 9) with([](Line& l) { l.d = 7, l.a = 8, l.b = 9; });
  return all;
}

std::vector<Setup> simpler(const Setup& setup) {
  std::vector<Setup> all;
  const auto with = [&](auto change) {
    Setup simple = setup;
    change(simple);
    all.push_back(simple);
  };
  if (setup.config.gas_model == ref::GasModel::pipeline_1) {
    with([](Setup& s) { s.config.gas_model = ref::GasModel::flat_1, s.config.memory_cost.reset(); });
  }
  if (setup.config.metering != ref::Metering::none) with([](Setup& s) { s.config.metering = ref::Metering::none; });
  if (setup.config.page_size) with([](Setup& s) { s.config.page_size.reset(); });
  if (setup.config.aux_size) with([](Setup& s) { s.config.aux_size.reset(); });
  if (!setup.config.arguments.empty()) with([](Setup& s) { s.config.arguments.clear(); });
  if (setup.config.strict) with([](Setup& s) { s.config.strict = false; });
  if (setup.ro_size != 0) with([](Setup& s) { s.ro_size = 0; });
  if (setup.rw_size != 0) with([](Setup& s) { s.rw_size = 0; });
  if (setup.stack_size != 0) with([](Setup& s) { s.stack_size = 0; });
  return all;
}

std::ostream& operator<<(std::ostream& out, const Recipe& recipe) {
  const Setup& setup = recipe.setup;
  out << name_of(setup.semantics) << ' ' << name_of(setup.container) << ' ' << name_of(*setup.config.gas_model) << ' '
      << name_of(*setup.config.metering) << (setup.config.dynamic_paging ? " paged" : "") << ", " << recipe.lines.size() << " lines, "
      << recipe.functions.size() << " functions, " << recipe.damage.size() << " changes";
  return out;
}

}  // namespace pvm::differential
