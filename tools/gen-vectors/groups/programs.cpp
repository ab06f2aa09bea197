// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs that do real work: many instructions in a row, with results known from elsewhere.
#include <initializer_list>

#include "groups.hpp"
#include "program_texts.hpp"

namespace pvm::gen {

namespace {

Bytes text(std::string_view characters) {
  return Bytes(characters.begin(), characters.end());
}

Bytes words(std::initializer_list<i64> values) {
  Bytes out;
  for (const i64 value : values) builder::append_little_endian(out, static_cast<u64>(value), 4);
  return out;
}

std::string digits(const Bytes& bytes) {
  return conformance::hex_bytes(bytes);
}

struct Task {
  const char* name;
  const char* why;
  const char* code;
  std::vector<std::string> clauses;
  std::function<void(CaseBuilder&)> set_up = [](CaseBuilder&) {};
  std::function<void(CaseBuilder&)> check = [](CaseBuilder&) {};
};

std::function<void(CaseBuilder&)> arguments(std::initializer_list<u64> values) {
  return [list = std::vector<u64>(values)](CaseBuilder& c) {
    for (std::size_t index = 0; index < list.size(); ++index) c.reg(ref::register_name(static_cast<u8>(7 + index)), list[index]);
  };
}

std::function<void(CaseBuilder&)> result(u64 value) {
  return [value](CaseBuilder& c) { c.expect_reg("a0", value); };
}

std::function<void(CaseBuilder&)> hashed(std::string_view message) {
  return [message](CaseBuilder& c) { c.ro_data(text(message)).reg("a1", message.size()); };
}

std::vector<Task> tasks(const Group& g) {
  const Bytes unsorted = words({5, -3, 1000000, 0, -2147483648LL, 2147483647, 7, 7, -1, 42, 3, -100});
  const Bytes sorted = words({-2147483648LL, -100, -3, -1, 0, 3, 5, 7, 7, 42, 1000000, 2147483647});
  const auto is_sorted = [sorted](CaseBuilder& c) { c.expect_memory(rw_start, digits(sorted)); };
  const std::vector<std::string> calls = {"control.load_imm_and_jump", "control.jump_indirect", "jump.dynamic"};
  const std::vector<std::string> loops = {"memory.load_indirect_i32", "jump.branch", "access.address"};
  const std::vector<std::string> arithmetic = {"alu.mul_32", "jump.branch"};
  std::vector<Task> all = {
      {"insertion_sort", "Twelve signed words, sorted in place.", texts::insertion_sort, loops,
       [unsorted](CaseBuilder& c) { c.rw_data(unsorted).reg("a1", 12); }, is_sorted},
      {"quicksort", "The same words by recursion.", texts::quicksort, calls,
       [unsorted](CaseBuilder& c) { c.rw_data(unsorted).reg("a0", rw_start).reg("a1", rw_start + 44); }, is_sorted},
      {"quicksort_sorted", "Words that are already in order.", texts::quicksort, calls,
       [sorted](CaseBuilder& c) { c.rw_data(sorted).reg("a0", rw_start).reg("a1", rw_start + 44); }, is_sorted},
      {"fnv_1a_hello", "FNV-1a of 'hello'.", texts::fnv_1a, loops, hashed("hello"), result(0x4f9f2cab)},
      {"fnv_1a_empty", "FNV-1a of nothing.", texts::fnv_1a, loops, hashed(""), result(0xffffffff811c9dc5)},
      {"crc_32_check", "CRC-32 of '123456789': the check value.", texts::crc_32, loops, hashed("123456789"), result(0xffffffffcbf43926)},
      {"xxhash_abc", "xxHash32 of 'abc'.", texts::xxhash_short, loops, hashed("abc"), result(0x32d153ff)},
      {"xxhash_a", "xxHash32 of 'a'.", texts::xxhash_short, loops, hashed("a"), result(0x550d7456)},
      {"matrix", "A product of two 3 x 3 matrices.", texts::matrix, arithmetic,
       [](CaseBuilder& c) {
         c.rw_data(words({1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 0, -1, 2, 3, 4, 5, -6, 7}));
       },
       [](CaseBuilder& c) {
         c.expect_memory(0x30048, digits(words({20, -12, 28, 44, -21, 58, 68, -30, 88})));
       }},
      {"string_search", "A word in a sentence.", texts::string_search, loops,
       [](CaseBuilder& c) {
         Bytes data = text("a sentence in which a word is sought: a worm, a word");
         const u64 size = data.size();
         data.resize(128);
         builder::append(data, text("word is"));
         c.ro_data(data).reg("a0", size).reg("a1", 7);
       },
       result(22)},
      {"string_search_missing", "A word that isn't there.", texts::string_search, loops,
       [](CaseBuilder& c) {
         Bytes data = text("aaaaaaaaab");
         data.resize(128);
         builder::append(data, text("aac"));
         c.ro_data(data).reg("a0", 10).reg("a1", 3);
       },
       result(~u64{0})},
      {"fibonacci_10", "The tenth Fibonacci number, by recursion.", texts::fibonacci, calls, arguments({10}), result(55)},
      {"ackermann_2_3", "Ackermann's function of 2 and 3.", texts::ackermann, calls, arguments({2, 3}), result(9)},
      {"hanoi_6", "The towers of Hanoi with six discs.", texts::hanoi, calls, arguments({6}), result(63)},
      {"dispatch",
       "A switch by the jump table.",
       texts::dispatch,
       {"control.jump_indirect", "jump.table", "jump.dynamic"},
       arguments({}),
       result(6241)},
      {"interpreter",
       "A small bytecode machine that computes 6!.",
       texts::interpreter,
       {"control.jump_indirect", "jump.table", "jump.dynamic"},
       [](CaseBuilder& c) { c.ro_data(hex("01010500 01060501 04000401030500 040101ff020501 04010608 040000")); },
       result(720)},
      {"sieve_100", "The primes below 100.", texts::sieve, loops, arguments({0, 100}), result(25)},
      {"copy", "Eleven bytes, words first.", texts::copy, loops,
       [](CaseBuilder& c) { c.ro_data(text("hello world")).reg("a0", rw_start + 1).reg("a1", ro_start).reg("a2", 11).watch(rw_start, 16); },
       [](CaseBuilder& c) { c.expect_memory(rw_start, "0068656c6c6f20776f726c6400000000"); }},
      {"big_multiply", "The square of 2^64 - 1, from halves of 16 bits.", texts::big_multiply, arithmetic,
       [](CaseBuilder& c) { c.rw_data(Bytes(16, 0xff)); },
       [](CaseBuilder& c) { c.expect_memory(0x30010, "0100000000000000feffffffffffffff"); }},
      {"big_multiply_mixed", "Two numbers of 64 bits.", texts::big_multiply, arithmetic,
       [](CaseBuilder& c) { c.rw_data(hex("efcdab8967452301 1032547698badcfe")); },
       [](CaseBuilder& c) { c.expect_memory(0x30010, "f08c61e58fd8362242d777ad00fa2101"); }},
      {"binary_search", "A number among sixteen.", texts::binary_search, loops,
       [](CaseBuilder& c) {
         c.ro_data(words({-50, -7, -1, 0, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37})).reg("a0", 23).reg("a1", 16);
       },
       result(12)},
      {"binary_search_missing", "A number that isn't there.", texts::binary_search, loops,
       [](CaseBuilder& c) {
         c.ro_data(words({-50, -7, -1, 0, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37})).reg("a0", 4).reg("a1", 16);
       },
       result(~u64{0})},
      {"linked_list", "A list of eight nodes, reversed and read.", texts::linked_list, loops, arguments({0, 8}),
       result(1 * 0 + 2 * 1 + 3 * 4 + 4 * 9 + 5 * 16 + 6 * 25 + 7 * 36 + 8 * 49)},
      {"gcd", "Euclid's algorithm.", texts::gcd, {"alu.rem_unsigned_32", "jump.branch"}, arguments({1071, 462}), result(21)},
      {"collatz_27", "The 111 steps from 27 to 1.", texts::collatz, {"alu.mul_imm_32", "jump.branch"}, arguments({27}), result(111)},
      {"decimal",
       "The digits of 2^31.",
       texts::decimal,
       {"alu.rem_unsigned_32", "alu.div_unsigned_32"},
       arguments({0x80000000}),
       [](CaseBuilder& c) { c.expect_reg("a0", 10).expect_memory(rw_start, digits(text("2147483648"))); }},
      {"queens_5", "Five queens on a board of 5 x 5.", texts::queens, calls, arguments({0, 5}), result(10)},
  };
  if (g.is_wide()) {
    all.push_back({"power_modulo",
                   "3^(2^61 - 2) modulo the prime 2^61 - 1 is 1.",
                   texts::power_modulo,
                   {"alu.mul_upper_unsigned_unsigned", "alu.rem_unsigned_64"},
                   arguments({3, 0x1ffffffffffffffe}),
                   result(1)});
    all.push_back({"xorshift",
                   "Five numbers of xorshift64*.",
                   texts::xorshift,
                   {"bits.shift_logical_left_imm_64", "alu.mul_64"},
                   arguments({1, 5}),
                   result(0x0e6199b04d5aa600)});
  }
  return all;
}

CaseBuilder& start(Group& g, const Task& task, const std::string& suffix, std::vector<std::string> clauses) {
  clauses.insert(clauses.end(), task.clauses.begin(), task.clauses.end());
  CaseBuilder& c =
      g.add(std::string("program.") + task.name + suffix, task.why, std::move(clauses)).code(task.code).regions().reg("sp", stack_top);
  task.set_up(c);
  return c;
}

void with_host(Group& g) {
  CaseBuilder& asks = g.add("program.ask_host", "Numbers from the host until it says 0, then the sum.",
                            {"resume.host_call", "exit.host_call", "host.registers"})
                          .code(texts::ask_host);
  for (const u64 number : {5U, 70U, 900U, 0U}) asks.run().expect_host_call(1).set_reg("a0", number);
  asks.run().expect_host_call(2).expect_reg("a0", 975).run().expect_halt();
  g.add("program.host_buffer", "The host fills a buffer, the guest adds up its bytes.", {"resume.host_call", "host.write_memory"})
      .code(texts::host_buffer)
      .regions()
      .run()
      .expect_host_call(7)
      .expect_reg("a0", 0x30000)
      .expect_reg("a1", 8)
      .write(0x30000, hex("01020304ff000010"))
      .run()
      .expect_halt()
      .expect_reg("a0", 1 + 2 + 3 + 4 + 255 + 16);
  CaseBuilder& walk = g.add("program.page_walk", "Four pages, each made when the guest first touches it.",
                            {"paging.fault", "resume.page_fault", "host.map"})
                          .code(texts::page_walk)
                          .paged()
                          .reg("a1", 4)
                          .run();
  for (u64 page = 0x30000; page < 0x34000; page += 4096) {
    walk.expect_fault(page).map(page, 4096).write(page, words({static_cast<i64>(page >> 12)})).run();
  }
  walk.expect_halt().expect_reg("a0", 0x30 + 0x31 + 0x32 + 0x33);
  if (!g.has(isa::Op::sbrk) || g.is_graypaper()) return;
  g.add("program.allocator", "Two hundred pieces of 24 bytes from the heap.", {"heap.grow", "memory.sbrk"})
      .code(texts::allocator)
      .regions(0, 4, 0)
      .reg("a1", 200)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x20004 + 200 * 24);
}

}  // namespace

void define_programs(Group& g) {
  for (const Task& task : tasks(g)) {
    CaseBuilder& c = start(g, task, "", {}).run().expect_halt();
    task.check(c);
    // What a program leaves in registers depends on their width, so that the narrow one isn't compared with the others.
    start(g, task, g.is_wide() ? ".gas" : ".gas_narrow", {"gas.block", g.is_graypaper() ? "gas.instruction" : "gas.flat"})
        .gas(1000000)
        .run()
        .expect_halt();
    if (g.has_pipeline())
      start(g, task, ".gas_pipeline", {"pipeline.table", "pipeline.end", "gas.block"}).pipeline(10000000).run().expect_halt();
  }
  with_host(g);
}

}  // namespace pvm::gen
