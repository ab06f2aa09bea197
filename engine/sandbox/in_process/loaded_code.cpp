// SPDX-License-Identifier: Apache-2.0 OR MIT
// Puts a module's code and jump table in place. A page is writable or executable, never both, and executable ones never change.
#include "sandbox/in_process/loaded_code.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "native/layout.hpp"
#include "sandbox/in_process/in_process.hpp"

namespace pvm::engine::sandbox {
namespace {

constexpr u64 page = 4096;
constexpr u64 page_up(u64 bytes) {
  return (bytes + page - 1) / page * page;
}

// Entry i of the program's jump table stands at slot i + 1; slot 0 and the room left hold no_target. [jump.dynamic]
void write_jump_table(const jit::NativeCode& code, u64 code_begin) {
  auto* const slots = reinterpret_cast<u64*>(code_begin - code.jump_table_bytes);
  const u64 count = code.jump_table_bytes / 8;
  for (u64 i = 0; i < count; ++i) slots[i] = native::no_target;
  for (u64 i = 0; i < code.jump_targets.size() && i + 1 < count; ++i) {
    const u32 target = code.jump_targets[i];
    if (target < code.bytes.size()) slots[i + 1] = code_begin + target;
  }
}

}  // namespace

Result<std::shared_ptr<const LoadedCode>> LoadedCode::load(std::shared_ptr<const jit::NativeCode> code) {
  const jit::NativeCode& compiled = *code;
  if (compiled.bytes.size() > native::max_code_bytes) return Error{ErrorCode::program_too_large, "native code beyond 2 GiB", {}, {}};
  const u64 table_pages = page_up(compiled.jump_table_bytes);
  const u64 length = table_pages + std::max(page_up(compiled.bytes.size()), page);
  void* const mapping = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return Error{ErrorCode::resource_exhausted, "no memory for native code", {}, {}};

  const u64 begin = reinterpret_cast<u64>(mapping) + table_pages;
  std::shared_ptr<const LoadedCode> loaded(new LoadedCode(std::move(code), reinterpret_cast<u64>(mapping), length, begin));
  if (!compiled.bytes.empty()) std::memcpy(reinterpret_cast<void*>(begin), compiled.bytes.data(), compiled.bytes.size());
  write_jump_table(compiled, begin);
  if (mprotect(mapping, table_pages, PROT_READ) != 0 ||
      mprotect(reinterpret_cast<void*>(begin), length - table_pages, PROT_READ | PROT_EXEC) != 0) {
    return Error{ErrorCode::unsupported, "the system refuses to make native code executable", {}, {}};
  }
  return loaded;
}

LoadedCode::~LoadedCode() {
  munmap(reinterpret_cast<void*>(mapping_), length_);
}

bool LoadedCode::is_boundary(u32 native) const {
  const auto starts_at = [native](const auto& map) {
    const auto at =
        std::lower_bound(map.begin(), map.end(), native, [](const auto& element, u32 offset) { return element.native < offset; });
    return at != map.end() && at->native == native;
  };
  return starts_at(code_->positions) || starts_at(code_->blocks);
}

Result<std::shared_ptr<const LoadedCode>> load_in_process(std::shared_ptr<const jit::NativeCode> code) {
  return LoadedCode::load(std::move(code));
}

}  // namespace pvm::engine::sandbox
