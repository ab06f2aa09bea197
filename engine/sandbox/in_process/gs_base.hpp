// SPDX-License-Identifier: Apache-2.0 OR MIT
// The base of the segment gs, which addresses guest memory in process.
#pragma once

#include "pvm/types.hpp"

namespace pvm::engine::sandbox {

/// The window's base while it lives, then the host's again. Writing the base takes as long as all the rest of an exit, so it is left alone
/// where nobody can tell: if the host's is 0, as in all threads that don't use gs, the window's stays, and the next entry finds it there.
class GuestBase {
 public:
  explicit GuestBase(u64 window);
  ~GuestBase();
  GuestBase(const GuestBase&) = delete;
  GuestBase& operator=(const GuestBase&) = delete;

  static void add_window(u64 window);
  static void remove_window(u64 window);
  /// The window that the calling thread's creator has left it, or 0. For ThreadState::left_gs_base of a thread that is new here.
  static u64 inherited();

 private:
  u64 window_;
  u64 host_;
};

}  // namespace pvm::engine::sandbox
