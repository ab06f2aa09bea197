// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machine code by hand, and processes by /proc.
#include "attack.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace pvm::engine::sandbox::test {

Attack& Attack::bytes(std::initializer_list<u8> more) {
  code_.insert(code_.end(), more);
  return *this;
}

Attack& Attack::load(R reg, u64 value) {
  const u32 number = static_cast<u32>(reg);
  bytes({static_cast<u8>(0x48 | number >> 3), static_cast<u8>(0xb8 | (number & 7))});
  for (u32 i = 0; i < 8; ++i) code_.push_back(static_cast<u8>(value >> 8 * i));
  return *this;
}

Attack& Attack::system_call(u64 number, std::initializer_list<u64> arguments) {
  constexpr R places[] = {R::rdi, R::rsi, R::rdx, R::r10, R::r8, R::r9};
  const R* place = places;
  for (const u64 argument : arguments) load(*place++, argument);
  return load(R::rax, number).bytes({0x0f, 0x05});
}

Attack& Attack::old_system_call(u32 number, std::initializer_list<u32> arguments) {
  constexpr R places[] = {R::rbx, R::rcx, R::rdx, R::rsi, R::rdi, R::rbp};
  const R* place = places;
  for (const u32 argument : arguments) load(*place++, argument);
  return load(R::rax, number).bytes({0xcd, 0x80});
}

Attack& Attack::store32(u64 address, u32 value) {
  return load(R::rcx, address).load(R::rdx, value).bytes({0x89, 0x11});  // mov [rcx], edx
}

Attack& Attack::store64(u64 address, u64 value) {
  return load(R::rcx, address).load(R::rdx, value).bytes({0x48, 0x89, 0x11});
}

jit::NativeCode Attack::then_leave(u32 index) const {
  Attack whole = *this;
  whole.load(R::rcx, u64{1} << 28 | index).load(R::rdx, native::context_address + offsetof(native::Context, exit_handler));
  whole.bytes({0xff, 0x22});  // jmp [rdx]
  jit::NativeCode code;
  code.bytes = whole.code_;
  return code;
}

jit::NativeCode Attack::then_loop() const {
  Attack whole = *this;
  whole.bytes({0xeb, 0xfe});
  jit::NativeCode code;
  code.bytes = whole.code_;
  return code;
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    std::getline(stat, line);
    const auto behind_name = line.rfind(')');
    if (behind_name == std::string::npos || behind_name + 4 > line.size()) continue;
    if (std::stol(line.substr(behind_name + 4)) == parent) found.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return found;
}

std::vector<pid_t> templates() {
  return children_of(::getpid());
}

std::vector<pid_t> workers() {
  std::vector<pid_t> all;
  for (const pid_t parent : templates()) {
    const auto children = children_of(parent);
    all.insert(all.end(), children.begin(), children.end());
  }
  return all;
}

}  // namespace pvm::engine::sandbox::test
