// SPDX-License-Identifier: Apache-2.0 OR MIT
// Chapter "Memory" as a model of its own: which bytes a guest may touch, what they hold, and what a refused access reports.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "../evaluate.hpp"

namespace pvm::spec {

class GuestMemory : public MemoryModel {
 public:
  enum class Mode { mapped, paged, graypaper };

  /// Bytes with the same rights: an area of mapped memory, or adjacent pages. [begin, end).
  struct Area {
    std::uint64_t begin = 0, end = 0;
    bool writable = false;     ///< By the guest.
    bool host_writes = false;  ///< By the host.
  };

  /// What a refused access leads to.
  struct Refusal {
    bool is_trap = true;
    std::uint32_t page = 0;
    bool write_protected = false;
  };

  /// No byte at all.
  GuestMemory() = default;
  /// [map.layout]
  static GuestMemory mapped(std::uint32_t page_size, std::uint64_t ro_size, std::uint64_t rw_size, std::uint64_t stack_size,
                            std::uint64_t aux_size);
  /// Pages as listed. `heap_start`: h of [heap.allocate].
  static GuestMemory paged(Mode mode, std::uint32_t page_size, std::vector<Area> areas, std::uint64_t heap_start = 0);

  std::optional<mpz_class> load(const mpz_class& address, unsigned size) override;
  bool store(const mpz_class& address, unsigned size, const mpz_class& value) override;
  std::optional<mpz_class> grow(const mpz_class& size) override;
  std::optional<mpz_class> allocate(const mpz_class& size) override;

  /// Why an access would be refused; nullopt: it wouldn't. [access.range] [paging.fault]
  std::optional<Refusal> refusal_of(std::uint64_t address, std::uint64_t size, bool write) const;
  /// Of the last load, store or grow that was refused.
  const Refusal& last_refusal() const { return last_refusal_; }

  std::uint8_t byte(std::uint64_t address) const;
  void set_byte(std::uint64_t address, std::uint8_t value);
  const std::map<std::uint64_t, std::uint8_t>& bytes() const { return bytes_; }

  Mode mode() const { return mode_; }
  const std::vector<Area>& areas() const { return areas_; }
  std::uint64_t max_heap_size() const { return max_heap_size_; }

 private:
  const Area* area_of(std::uint64_t address) const;

  Mode mode_ = Mode::mapped;
  std::uint32_t page_size_ = 4096;
  std::vector<Area> areas_;                      ///< Ascending; the second one of mapped memory is data and heap.
  std::map<std::uint64_t, std::uint8_t> bytes_;  ///< Those that aren't 0.
  std::uint64_t heap_base_ = 0, heap_size_ = 0, max_heap_size_ = 0, heap_start_ = 0;
  Refusal last_refusal_;
};

}  // namespace pvm::spec
