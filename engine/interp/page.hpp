// SPDX-License-Identifier: Apache-2.0 OR MIT
// Pages of guest memory, shared copy-on-write by counting references.
#pragma once

#include <array>
#include <atomic>
#include <utility>

#include "pvm/types.hpp"

namespace pvm::engine::interp {

inline constexpr u32 page_bits = 12;
inline constexpr u32 page_size = u32{1} << page_bits;

/// Contents of one page.
using PageBytes = std::array<u8, page_size>;

/// A counted reference to a page, or none. References to one page may be held and dropped by different threads; who holds the only one
/// may write.
class PageRef {
 public:
  PageRef() = default;
  /// A new page with these contents.
  explicit PageRef(const PageBytes& bytes) : page_(new Page{{1}, bytes}) {}
  PageRef(const PageRef& other) : page_(other.page_) {
    if (page_ != nullptr) page_->references.fetch_add(1, std::memory_order_relaxed);
  }
  PageRef(PageRef&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
  PageRef& operator=(PageRef other) noexcept {
    std::swap(page_, other.page_);
    return *this;
  }
  ~PageRef() {
    if (page_ != nullptr && page_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete page_;
  }

  explicit operator bool() const { return page_ != nullptr; }
  const PageBytes& bytes() const { return page_->bytes; }
  /// To write: a page that others refer to as well is copied first.
  PageBytes& own() {
    if (page_->references.load(std::memory_order_acquire) != 1) *this = PageRef(page_->bytes);
    return page_->bytes;
  }

 private:
  struct Page {
    std::atomic<u32> references;
    PageBytes bytes;
  };
  Page* page_ = nullptr;
};

}  // namespace pvm::engine::interp
