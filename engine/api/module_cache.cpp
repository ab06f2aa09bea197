// SPDX-License-Identifier: Apache-2.0 OR MIT
// The module cache. What users hold points to the module and owns a Handle, whose end is the last use.
#include "api/module_cache.hpp"

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

#include "api/errors.hpp"

namespace pvm::engine {
namespace {

std::size_t hash_of(std::span<const u8> bytes, const ProgramConfig& config) {
  const std::hash<std::string_view> hash;
  const auto of = [&](std::span<const u8> part) {
    return part.empty() ? 0 : hash({reinterpret_cast<const char*>(part.data()), part.size()});
  };
  // Configurations of one program are few: they share a bucket, but for their arguments.
  return of(bytes) ^ (of(config.arguments) * 31);
}

bool equal(const ProgramConfig& a, const ProgramConfig& b) {
  return a.semantics == b.semantics && a.container == b.container && a.gas_model == b.gas_model && a.memory_cost == b.memory_cost &&
         a.metering == b.metering && a.page_size == b.page_size && a.aux_size == b.aux_size && a.dynamic_paging == b.dynamic_paging &&
         a.strict == b.strict && a.arguments == b.arguments;
}

}  // namespace

Result<ModulePtr> ModuleCache::get(std::span<const u8> bytes, const ProgramConfig& config, const Compile& compile) {
  const std::size_t hash = hash_of(bytes, config);
  std::unique_lock lock(mutex_);
  if (EntryPtr entry = find(hash, bytes, config)) {
    if (!entry->compiled) return wait_for(entry, lock);
    if (ModulePtr handle = handle_of(entry)) return handle;
    erase(entry);
  }
  auto entry = std::make_shared<Entry>();
  entry->bytes.assign(bytes.begin(), bytes.end());
  entry->config = config;
  entry->hash = hash;
  entries_.emplace(hash, entry);
  lock.unlock();
  return finish(entry, compile());
}

ModuleCache::EntryPtr ModuleCache::find(std::size_t hash, std::span<const u8> bytes, const ProgramConfig& config) const {
  const auto [begin, end] = entries_.equal_range(hash);
  for (auto at = begin; at != end; ++at) {
    if (std::ranges::equal(at->second->bytes, bytes) && equal(at->second->config, config)) return at->second;
  }
  return nullptr;
}

Result<ModulePtr> ModuleCache::wait_for(const EntryPtr& entry, std::unique_lock<std::mutex>& lock) {
  ++entry->waiting;
  compiled_.wait(lock, [&] { return entry->compiled; });
  Result<ModulePtr> result = *entry->result;
  if (--entry->waiting == 0) entry->result.reset();
  return result;
}

// A handle of a module that is still there: in use, kept, or at this moment on its way to retire().
ModulePtr ModuleCache::handle_of(const EntryPtr& entry) {
  if (ModulePtr handle = entry->handle.lock()) return handle;
  ModulePtr owner = entry->owner.lock();
  if (!owner) return nullptr;
  unused_.remove_if([&](const Kept& kept) { return kept.entry == entry; });
  return make_handle(entry, std::move(owner));
}

struct ModuleCache::Handle {
  std::weak_ptr<ModuleCache> cache;
  EntryPtr entry;
  ModulePtr owner;

  Handle(std::weak_ptr<ModuleCache> of, EntryPtr at, ModulePtr module)
      : cache(std::move(of)), entry(std::move(at)), owner(std::move(module)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (const auto alive = cache.lock()) alive->retire(entry, std::move(owner));
  }
};

ModulePtr ModuleCache::make_handle(const EntryPtr& entry, ModulePtr owner) {
  const Module::Impl* module = owner.get();
  ModulePtr handle(std::make_shared<Handle>(weak_from_this(), entry, std::move(owner)), module);
  entry->handle = handle;
  return handle;
}

// Whatever happens, those who wait hear of it.
Result<ModulePtr> ModuleCache::finish(const EntryPtr& entry, Result<ModulePtr> result) {
  const std::lock_guard lock(mutex_);
  try {
    if (result) {
      entry->owner = *result;
      result = make_handle(entry, *std::move(result));
    }
    if (entry->waiting != 0) entry->result = result;
  } catch (const std::bad_alloc&) {
    result = out_of_memory();
    if (entry->waiting != 0) entry->result = out_of_memory();
  }
  if (!result) erase(entry);
  entry->compiled = true;
  compiled_.notify_all();
  return result;
}

// Runs when nobody holds the module any more, unless somebody has asked for it again meanwhile.
void ModuleCache::retire(const EntryPtr& entry, ModulePtr owner) {
  std::list<Kept> dropped;  // Destroyed after the lock is gone.
  const std::lock_guard lock(mutex_);
  if (!entry->listed || !entry->handle.expired()) return;
  unused_.remove_if([&](const Kept& kept) { return kept.entry == entry; });
  try {
    unused_.push_front({entry, std::move(owner)});
  } catch (const std::bad_alloc&) {
    erase(entry);
    return;
  }
  while (unused_.size() > kept_) {
    erase(unused_.back().entry);
    dropped.splice(dropped.end(), unused_, std::prev(unused_.end()));
  }
}

void ModuleCache::erase(const EntryPtr& entry) {
  entry->listed = false;
  const auto [begin, end] = entries_.equal_range(entry->hash);
  const auto at = std::find_if(begin, end, [&](const auto& item) { return item.second == entry; });
  if (at != end) entries_.erase(at);
}

}  // namespace pvm::engine
