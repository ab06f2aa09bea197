// SPDX-License-Identifier: Apache-2.0 OR MIT
// Lays out a module's file: code, native jump table, halt page, read-only data; then seals it.
#include "sandbox/process/sealed_code.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "sandbox/process/pool.hpp"

namespace pvm::engine::sandbox {

using namespace process;

namespace {

constexpr u64 max_read_only_bytes = native::guest_end - guest_begin;

// Slot a of the table belongs to the guest's code address a: entry i of the program's jump table has address 2 * (i + 1). [jump.dynamic]
std::vector<u64> make_jump_table(const jit::NativeCode& code) {
  if (code.jump_targets.empty()) return {};
  std::vector<u64> table(whole_pages((code.jump_targets.size() + 1) * 16) / 8, native::no_target);
  for (std::size_t i = 0; i < code.jump_targets.size(); ++i) {
    if (code.jump_targets[i] != jit::NativeCode::no_block) table[(i + 1) * 2] = native::code_address + code.jump_targets[i];
  }
  return table;
}

std::vector<u64> make_halt_page(const jit::NativeCode& code) {
  std::vector<u64> page(page_bytes / 8, native::no_target);
  page[0] = native::code_address + code.halt_stub;
  return page;
}

std::span<const u8> bytes_of(const std::vector<u64>& words) {
  return {reinterpret_cast<const u8*>(words.data()), words.size() * 8};
}

std::vector<u32> boundaries_of(const jit::NativeCode& code) {
  std::vector<u32> boundaries;
  boundaries.reserve(code.positions.size() + code.blocks.size());
  for (const jit::Position& position : code.positions) boundaries.push_back(position.native);
  const auto middle = static_cast<std::ptrdiff_t>(boundaries.size());
  for (const jit::Block& block : code.blocks) boundaries.push_back(block.native);
  std::inplace_merge(boundaries.begin(), boundaries.begin() + middle, boundaries.end());
  boundaries.erase(std::unique(boundaries.begin(), boundaries.end()), boundaries.end());
  boundaries.shrink_to_fit();
  return boundaries;
}

// Read-only where /proc is there: kernels before 6.7 refuse shared mappings of sealed files through writable descriptors.
Descriptor reopened_read_only(Descriptor file) {
  Descriptor reopened(::open(("/proc/self/fd/" + std::to_string(file.get())).c_str(), O_RDONLY | O_CLOEXEC));
  return reopened.valid() ? std::move(reopened) : std::move(file);
}

}  // namespace

SealedCode::SealedCode(Descriptor file, ForkRequest layout, std::vector<u32> boundaries)
    : file_(std::move(file)), layout_(layout), boundaries_(std::move(boundaries)) {}

SealedCode::~SealedCode() {
  for (const auto& noted : pools_) {
    if (const auto pool = noted.lock()) pool->forget(*this);
  }
}

bool SealedCode::is_boundary(u32 native) const {
  return boundaries_.empty() || std::binary_search(boundaries_.begin(), boundaries_.end(), native);
}

Result<void> SealedCode::read(u32 address, std::span<u8> out) const {
  const u64 begin = whole_pages(layout_.code_bytes) + layout_.jump_table_bytes + page_bytes;
  return read_all(file_, begin + (address - guest_begin), out);
}

void SealedCode::note(const std::shared_ptr<WorkerPool>& pool) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& noted : pools_) {
    if (!noted.owner_before(pool) && !pool.owner_before(noted)) return;
  }
  std::erase_if(pools_, [](const auto& noted) { return noted.expired(); });
  pools_.push_back(pool);
}

Result<std::shared_ptr<const SealedCode>> seal_code(const jit::NativeCode& code, std::span<const u8> read_only_data) {
  if (code.bytes.size() > native::max_code_bytes)
    return Error{ErrorCode::program_too_large, "native code is too large for a worker", {}, {}};
  const std::vector<u64> jump_table = make_jump_table(code);
  if (jump_table.size() * 8 > u64{native::halt_address} * 8)
    return Error{ErrorCode::program_too_large, "the jump table is too large", {}, {}};
  if (read_only_data.size() > max_read_only_bytes) return Error{ErrorCode::program_too_large, "read-only data beyond 4 GiB", {}, {}};

  ForkRequest layout = {};
  layout.code_bytes = code.bytes.size();
  layout.jump_table_bytes = jump_table.size() * 8;
  layout.read_only_bytes = whole_pages(read_only_data.size());
  const std::vector<u64> halt_page = make_halt_page(code);

  u64 offset = 0;
  auto file = make_file("pvm-module", whole_pages(layout.code_bytes) + layout.jump_table_bytes + page_bytes + layout.read_only_bytes);
  if (!file) return std::move(file.error());
  for (const std::span<const u8> part : {std::span<const u8>(code.bytes), bytes_of(jump_table), bytes_of(halt_page), read_only_data}) {
    if (auto written = write_all(*file, offset, part); !written) return std::move(written.error());
    offset += whole_pages(part.size());
  }
  if (auto sealed = seal(*file); !sealed) return std::move(sealed.error());
  return std::shared_ptr<const SealedCode>(std::make_shared<SealedCode>(reopened_read_only(*std::move(file)), layout, boundaries_of(code)));
}

}  // namespace pvm::engine::sandbox
