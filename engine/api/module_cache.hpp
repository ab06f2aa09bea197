// SPDX-License-Identifier: Apache-2.0 OR MIT
// Compiled modules by the content that they were made of.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "pvm/module.hpp"
#include "pvm/result.hpp"

namespace pvm::engine {

using ModulePtr = std::shared_ptr<const Module::Impl>;

/// Gives the same module for the same bytes and configuration, as long as somebody holds it, and for some modules beyond: those dropped
/// last. Contents are compared in full; the hash only finds candidates. Thread-safe.
class ModuleCache : public std::enable_shared_from_this<ModuleCache> {
 public:
  using Compile = std::function<Result<ModulePtr>()>;

  /// `kept`: how many modules that nobody holds are kept.
  explicit ModuleCache(std::size_t kept) : kept_(kept) {}
  /// The module for that content; `compile` makes it if need be, in this thread, while others that ask for the same content wait for it
  /// and share its result, also an error. Errors aren't kept. `compile` doesn't throw.
  Result<ModulePtr> get(std::span<const u8> bytes, const ProgramConfig& config, const Compile& compile);

 private:
  struct Entry {
    std::vector<u8> bytes;
    ProgramConfig config;
    std::size_t hash = 0;
    bool compiled = false;
    bool listed = true;  ///< In `entries_`.
    u32 waiting = 0;     ///< Threads that wait for `result`; it goes with the last of them.
    std::optional<Result<ModulePtr>> result;
    std::weak_ptr<const Module::Impl> owner;   ///< The module.
    std::weak_ptr<const Module::Impl> handle;  ///< What callers hold: its end is the last use.
  };
  using EntryPtr = std::shared_ptr<Entry>;
  struct Handle;
  struct Kept {
    EntryPtr entry;
    ModulePtr owner;
  };

  EntryPtr find(std::size_t hash, std::span<const u8> bytes, const ProgramConfig& config) const;
  Result<ModulePtr> wait_for(const EntryPtr& entry, std::unique_lock<std::mutex>& lock);
  ModulePtr handle_of(const EntryPtr& entry);
  ModulePtr make_handle(const EntryPtr& entry, ModulePtr owner);
  Result<ModulePtr> finish(const EntryPtr& entry, Result<ModulePtr> result);
  void retire(const EntryPtr& entry, ModulePtr owner);
  void erase(const EntryPtr& entry);

  const std::size_t kept_;
  std::mutex mutex_;
  std::condition_variable compiled_;
  std::unordered_multimap<std::size_t, EntryPtr> entries_;
  std::list<Kept> unused_;  ///< Most recently dropped first.
};

}  // namespace pvm::engine
