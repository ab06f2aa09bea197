// SPDX-License-Identifier: Apache-2.0 OR MIT
// S9: what guests and programs can make a host spend: memory by the page that is touched, code by a bounded factor, and errors where the
// system refuses.
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "attack.hpp"
#include "jit/compile.hpp"
#include "program/program.hpp"
#include "programs.hpp"
#include "pvm/builder/container.hpp"

namespace pvm::hostile {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool has_own_allocator = true;
#elif defined(__has_feature)
constexpr bool has_own_allocator = __has_feature(address_sanitizer) != 0 || __has_feature(thread_sanitizer) != 0;
#else
constexpr bool has_own_allocator = false;
#endif
constexpr const char* not_sanitized = "a sanitizer keeps memory and needs terabytes of address space";

constexpr i64 ample_gas = i64{1} << 40;
constexpr u64 mib = u64{1} << 20;
constexpr u32 a0 = 7, a1 = 8, a2 = 9;

/// Proportional share of all memory of this process and its workers, without what the allocator keeps for later.
u64 resident_bytes() {
  ::malloc_trim(0);
  std::vector<pid_t> processes = {::getpid()};
  for (const pid_t parent : engine::sandbox::test::templates()) {
    processes.push_back(parent);
    for (const pid_t worker : engine::sandbox::test::children_of(parent)) processes.push_back(worker);
  }
  u64 bytes = 0;
  for (const pid_t process : processes) {
    std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("Pss:")) bytes += std::stoull(line.substr(4)) * 1024;
    }
  }
  return bytes;
}

class Memory : public test::OnEachLevel {};
PVM_ON_EACH_LEVEL(Memory);

// Touches each page of what sbrk has given.
constexpr std::string_view touching =
    "load_imm a2, 0; sbrk a0, a2; sbrk a1, a3; branch_eq_imm a1, 0, end; fallthrough; loop:; store_indirect_u64 a1, a0, 0;"
    "add_imm_64 a0, a0, 0x1000; branch_less_unsigned a0, a1, loop; fallthrough; end:; trap";

TEST_P(Memory, heaps_come_back) {
  if (has_own_allocator) GTEST_SKIP() << not_sanitized;
  constexpr u64 heap = 128 * mib, slack = 16 * mib;
  Instance first = start({.text = touching, .rw_data = {0}});
  const u64 before = resident_bytes();
  const auto grow = [&](Instance& guest) {
    ASSERT_TRUE(guest.set_gas(ample_gas) && guest.set_pc(0) && guest.set_reg(10, heap));
    EXPECT_EQ(guest.run()->status, Status::trap);
    ASSERT_NE(*guest.reg(a1), 0U);
  };
  for (u32 i = 0; i < 3; ++i) {
    grow(first);
    EXPECT_GT(resident_bytes(), before + heap - slack);
    ASSERT_OK(first.reset());
    EXPECT_LT(resident_bytes(), before + slack);
  }
  for (u32 i = 0; i < 3; ++i) {
    Instance other = *first.module().instantiate();
    grow(other);
  }
  EXPECT_LT(resident_bytes(), before + slack);
}

// To the limit and beyond, without touching it: address space alone costs nothing.
TEST_P(Memory, sbrk_to_the_limit) {
  if (has_own_allocator) GTEST_SKIP() << not_sanitized;
  Instance guest = start({.text = "loop:; add_imm_64 a0, a0, 1; sbrk a1, a2; branch_not_eq_imm a1, 0, loop; trap", .rw_data = {0}});
  const u64 before = resident_bytes();
  for (const u64 step : {u64{0x1000'0000}, u64{0x10'0000}, ~u64{0}, u64{1} << 32, u64{1} << 63}) {
    ASSERT_TRUE(guest.reset() && guest.set_gas(ample_gas) && guest.set_pc(0) && guest.set_reg(a2, step));
    EXPECT_EQ(guest.run()->status, Status::trap);
    EXPECT_LE(*guest.reg(a0), 5000U);
  }
  EXPECT_LT(resident_bytes(), before + 16 * mib);
}

TEST_P(Memory, huge_sizes_cost_nothing_untouched) {
  if (has_own_allocator) GTEST_SKIP() << not_sanitized;
  struct Sizes {
    u32 read_only, read_write, stack;
  };
  const u64 before = resident_bytes();
  for (const Sizes sizes :
       {Sizes{0xfff0'0000, 0, 0}, Sizes{0, 0xfff0'0000, 0}, Sizes{0, 0, 0xfff0'0000}, Sizes{0x5000'0000, 0x5000'0000, 0x5000'0000}}) {
    builder::ProgramParts parts;
    parts.blob.code = {0};
    parts.blob.bitmask = {1};
    parts.ro_size = sizes.read_only, parts.rw_size = sizes.read_write, parts.stack_size = sizes.stack;
    const auto program = builder::polkavm_container(builder::polkavm_parts(ref::Semantics::rv64_1, parts));
    const auto module = engine().compile(program);
    ASSERT_OK(module);
    auto guest = module->instantiate();
    ASSERT_OK(guest);
    ASSERT_TRUE(guest->set_gas(1000) && guest->set_pc(0));
    EXPECT_EQ(guest->run()->status, Status::trap);
    const MemoryLayout layout = module->memory_layout();
    for (const MemoryRegion& region : {layout.ro_data, layout.rw_data, layout.stack}) {
      if (region.begin == region.end) continue;
      EXPECT_EQ(*guest->read_u8(region.begin), 0);
      EXPECT_EQ(*guest->read_u8(region.end - 1), 0);
    }
    EXPECT_LT(resident_bytes(), before + 32 * mib);
  }
}

// ---- Programs that want much of the compiler. ----

std::vector<u8> program_of(builder::CodeBlob blob) {
  builder::ProgramParts parts;
  parts.blob = std::move(blob);
  return builder::polkavm_container(builder::polkavm_parts(ref::Semantics::rv64_1, parts));
}

builder::CodeBlob repeated(std::initializer_list<u8> instruction, std::size_t times) {
  builder::CodeBlob blob;
  blob.code.reserve(instruction.size() * times);
  for (std::size_t i = 0; i < times; ++i) blob.code.insert(blob.code.end(), instruction);
  blob.code.push_back(0);
  blob.bitmask.assign((blob.code.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < blob.code.size(); i += instruction.size())
    blob.bitmask[i / 8] = static_cast<u8>(blob.bitmask[i / 8] | 1U << i % 8);
  return blob;
}

TEST_P(Memory, a_million_blocks) {
  constexpr u32 blocks = 1'000'000;
  const auto module = engine().compile(program_of(repeated({1}, blocks)));  // fallthrough
  ASSERT_OK(module);
  auto guest = module->instantiate();
  ASSERT_OK(guest);
  ASSERT_TRUE(guest->set_gas(ample_gas) && guest->set_pc(0));
  EXPECT_EQ(guest->run()->status, Status::trap);
  EXPECT_EQ(ample_gas - *guest->gas(), blocks + 1);
}

TEST_P(Memory, jump_tables_of_all_sizes) {
  for (const u64 entries : {u64{1} << 20, (u64{1} << 24), (u64{1} << 24) + 1}) {
    builder::CodeBlob blob = repeated({50, 7, 0}, 1);  // jump_indirect a0, 0
    blob.jump_table.assign(entries, 3);
    blob.entry_size = 1;
    const auto module = engine().compile(program_of(std::move(blob)));
    if (entries > u64{1} << 24) {
      EXPECT_ERROR(ErrorCode::program_rejected, module);
      continue;
    }
    ASSERT_OK(module);
    auto guest = module->instantiate();
    ASSERT_OK(guest);
    for (const u64 address : {u64{2}, 2 * entries, 2 * entries + 2, 2 * entries | u64{1} << 40}) {
      ASSERT_TRUE(guest->set_gas(1000) && guest->set_pc(0) && guest->set_reg(a0, address));
      const auto exit = guest->run();
      ASSERT_OK(exit);
      EXPECT_EQ(exit->status, Status::trap);
      EXPECT_EQ(exit->pc, address == 2 * entries + 2 ? 0U : 3U) << address;
    }
  }
}

// Calls without end: the stack is the guest's own, and the host's doesn't grow.
TEST_P(Memory, endless_recursion) {
  Instance guest =
      start({.text = "loop:; add_imm_64 sp, sp, -16; store_indirect_u64 ra, sp, 0; load_imm_and_jump ra, &back, loop; back:; trap",
             .stack_size = 0x10'0000});
  ASSERT_TRUE(guest.set_gas(ample_gas) && guest.set_pc(0) && guest.set_reg(1, guest.module().stack_top()));
  EXPECT_EQ(guest.run()->status, Status::trap);
  EXPECT_EQ(guest.module().stack_top() - *guest.reg(1), 0x10'0000U + 16);
}

// No instruction in no version becomes more than it may, with every byte of its operands set or clear.
TEST(Compiler, expansion_is_bounded) {
  for (const Semantics semantics :
       {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1, Semantics::graypaper_0_7_2}) {
    for (u32 opcode = 0; opcode < 256; ++opcode) {
      for (const u8 fill : {u8{0x00}, u8{0xff}, u8{0x80}, u8{0x77}, u8{0x97}, u8{0x19}, u8{0x7f}}) {
        constexpr u32 times = 200;
        const u8 op = static_cast<u8>(opcode);
        ProgramConfig config;
        config.semantics = semantics;
        config.container = Container::raw;
        const auto program =
            engine::load(builder::raw_container(repeated({op, fill, fill, fill, fill, fill, fill, fill, fill, fill}, times)), config);
        if (!program) continue;
        for (const auto target : {engine::jit::Target::worker, engine::jit::Target::in_process}) {
          const auto code = engine::jit::compile(*program, {target, {}});
          ASSERT_OK(code);
          constexpr u32 charge = 16, stubs = 256;
          EXPECT_LE(code->bytes.size(), (times + 1) * (engine::jit::max_bytes_per_instruction + charge) + stubs)
              << opcode << ' ' << int{fill};
        }
      }
    }
  }
}

// ---- Systems that refuse. ----

int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

bool limit(decltype(RLIMIT_AS) resource, u64 value) {
  const rlimit limits = {value, value};
  return ::setrlimit(resource, &limits) == 0;
}

bool is_refusal(const Error& error) {
  return error.code == ErrorCode::resource_exhausted || error.code == ErrorCode::isolation_unavailable;
}

std::size_t open_files() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

constexpr int fine = 0, no_engine = 1, wrong_error = 2, wrong_exit = 3, never_refused = 4, leaked = 5;

/// Instances until the system refuses one. Then those that there are still run, and after they have gone there is room again.
int exhaust(Isolation level, const std::function<bool()>& prepare, u32 most) {
  const auto made = Engine::create({.isolation = level});
  if (!made) return no_engine;
  const auto module = made->compile(test::build({.text = "add_imm_64 a0, a0, 1; trap"}));
  if (!module) return no_engine;
  const auto runs = [](Instance& guest) {
    if (!guest.set_gas(1000) || !guest.set_pc(0)) return false;
    const auto exit = guest.run();
    return exit && exit->status == Status::trap;
  };
  {
    Instance first = *module->instantiate();
    if (!runs(first)) return wrong_exit;
  }
  if (!prepare()) return no_engine;
  const std::size_t files = open_files();
  for (u32 round = 0; round < 2; ++round) {
    std::vector<Instance> all;
    bool refused = false;
    while (!refused && all.size() < most) {
      auto guest = module->instantiate();
      refused = !guest;
      if (guest)
        all.push_back(*std::move(guest));
      else if (!is_refusal(guest.error()))
        return wrong_error;
    }
    if (!refused) return never_refused;
    for (Instance& guest : all) {
      if (!runs(guest)) return wrong_exit;
    }
  }
  return open_files() <= files + 8 ? fine : leaked;
}

TEST(Refused, descriptors) {
  EXPECT_EQ(in_child([] {
              return exhaust(
                  Isolation::process, [] { return limit(RLIMIT_NOFILE, 64); }, 100);
            }),
            fine);
}

TEST(Refused, address_space) {
  if (has_own_allocator) GTEST_SKIP() << not_sanitized;
  const auto few = [] { return limit(RLIMIT_AS, u64{64} << 30); };
  EXPECT_EQ(in_child([&] { return exhaust(Isolation::in_process, few, 100); }), fine);
}

// The limit holds for whom the template and its workers belong to, from the template's beginning on.
TEST(Refused, processes) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs a user of its own";
  EXPECT_EQ(in_child([] {
              constexpr uid_t nobody_else = 61'234;
              if (::setgid(nobody_else) != 0 || ::setuid(nobody_else) != 0 || !limit(RLIMIT_NPROC, 20)) return no_engine;
              return exhaust(
                  Isolation::process, [] { return true; }, 100);
            }),
            fine);
}

TEST(Refused, no_engine_at_all) {
  if (has_own_allocator) GTEST_SKIP() << not_sanitized;
  for (const Isolation level : {Isolation::process, Isolation::in_process}) {
    EXPECT_EQ(in_child([level] {
                if (!limit(RLIMIT_NOFILE, 4) || !limit(RLIMIT_AS, u64{1} << 30)) return no_engine;
                const auto made = Engine::create({.isolation = level});
                if (!made) return is_refusal(made.error()) ? fine : wrong_error;
                const auto module = made->compile(test::build({.text = "trap"}));
                if (!module) return module.error().code == ErrorCode::resource_exhausted ? fine : wrong_error;
                const auto guest = module->instantiate();
                return !guest && is_refusal(guest.error()) ? fine : wrong_error;
              }),
              fine);
  }
}

}  // namespace
}  // namespace pvm::hostile
