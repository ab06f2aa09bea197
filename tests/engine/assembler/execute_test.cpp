// SPDX-License-Identifier: Apache-2.0 OR MIT
// A sample of the assembler's output, run on this processor.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <bit>

#include "jit/amd64/assembler.hpp"

namespace pvm::engine::amd64 {
namespace {

/// Code under the System V ABI: arguments in rdi, rsi, rdx, result in rax.
class Function {
 public:
  explicit Function(Assembler& as) {
    as.reserve(1);
    const std::vector<u8> code = as.take();
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    std::memcpy(memory, code.data(), code.size());
    if (mprotect(memory, size, PROT_READ | PROT_EXEC) == 0) memory_ = memory;
  }
  ~Function() {
    if (memory_ != nullptr) munmap(memory_, size);
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  u64 operator()(u64 a, u64 b = 0, u64 c = 0) const { return std::bit_cast<u64 (*)(u64, u64, u64)>(memory_)(a, b, c); }
  bool ready() const { return memory_ != nullptr; }

 private:
  static constexpr std::size_t size = 4096;
  void* memory_ = nullptr;
};

// The assembler has no ret: pops the return address with what it has.
void ret(Assembler& as) {
  as.load_zx(8, R::rcx, {Mem::Kind::base, R::rsp});
  as.alu_imm(Size::b64, Alu::add, R::rsp, 8);
  as.jmp_reg(R::rcx);
}

TEST(Execute, loop_sums) {
  Assembler as;
  as.reserve(200);
  as.mov_imm(R::rax, 0);
  const u32 head = as.offset();
  as.lea_sum(Size::b64, R::rax, R::rax, R::rdi);
  as.alu_imm(Size::b64, Alu::sub, R::rdi, 1);
  const u32 end = as.jcc_rel8(Cond::e);
  as.jmp_to(head);
  as.bind8(end, as.offset());
  ret(as);
  const Function f(as);
  ASSERT_TRUE(f.ready());
  EXPECT_EQ(f(100), 5050U);
}

TEST(Execute, memory_of_every_size) {
  Assembler as;
  as.reserve(200);
  for (u32 i = 0; i < 4; ++i) {
    as.load_sx(1U << i, Size::b64, R::rax, {Mem::Kind::base, R::rdi, R::rax, static_cast<i32>(16 * i)});
    as.store(1U << i, {Mem::Kind::base_index8, R::rdi, R::rsi, static_cast<i32>(16 * i)}, R::rax);
  }
  ret(as);
  const Function f(as);
  ASSERT_TRUE(f.ready());
  std::array<u8, 64> bytes{};
  for (u8 i = 0; i < 64; ++i) bytes[i] = static_cast<u8>(0xf0 + i);
  std::array<u8, 64> expected = bytes;
  for (u32 i = 0; i < 4; ++i) std::memcpy(&expected[16 * i + 8], &bytes[16 * i], std::size_t{1} << i);
  f(std::bit_cast<u64>(bytes.data()), 1);
  EXPECT_EQ(bytes, expected);
}

TEST(Execute, rip_relative_load) {
  Assembler as;
  as.reserve(100);
  as.nop(9);
  as.load_zx(8, R::rax, {Mem::Kind::rip, R::rax, R::rax, 1});
  ret(as);
  u64 expected = 0;
  std::memcpy(&expected, as.data() + 1, 8);
  const Function f(as);
  ASSERT_TRUE(f.ready());
  EXPECT_EQ(f(0), expected);
}

TEST(Execute, divides_and_counts) {
  Assembler as;
  as.reserve(100);
  as.mov(Size::b64, R::r8, R::rsi);
  as.mov(Size::b64, R::rax, R::rdi);
  as.cqo();
  as.idiv(Size::b64, R::r8);
  as.shift_imm(Size::b64, Shift::shl, R::rax, 1);
  as.imul_imm(Size::b64, R::rax, R::rax, -3);
  as.test(Size::b64, R::rax, R::rax);
  as.setcc(Cond::s, R::rsi);
  as.movzx8(R::rsi, R::rsi);
  as.alu(Size::b64, Alu::add, R::rax, R::rsi);
  ret(as);
  const Function f(as);
  ASSERT_TRUE(f.ready());
  EXPECT_EQ(f(100, 7), static_cast<u64>(-84 + 1));
  EXPECT_EQ(f(static_cast<u64>(-100), 7), 84U);
}

}  // namespace
}  // namespace pvm::engine::amd64
