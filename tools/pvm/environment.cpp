// SPDX-License-Identifier: Apache-2.0 OR MIT
// Host functions of command-line guests.
#include "environment.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace pvm::command {
namespace {

constexpr u64 failure = ~u64{0};
/// Most bytes that one pvm_write takes: a result that is no negative number in 32 bits.
constexpr u64 max_transfer_bytes = 0x7fffffff;
constexpr u64 chunk_bytes = u64{64} << 10;
/// A pipe that poll calls writable takes so much without blocking (PIPE_BUF).
constexpr u64 write_bytes = 4096;

/// The part of [address, address + size) that begins at `done` and fits into a chunk.
u64 chunk_at(u64 done, u64 size) {
  return std::min(size - done, chunk_bytes);
}

/// How much of `bytes` went out, and how the attempt ended.
struct Sent {
  u64 count = 0;
  bool failed = false;
  bool stopped = false;
};

Sent send(int fd, std::span<const u8> bytes, const Stop& stop) {
  Sent sent;
  while (sent.count < bytes.size()) {
    if (!stop.wait_for(fd, POLLOUT)) {
      sent.stopped = true;
      return sent;
    }
    const ssize_t count = ::write(fd, bytes.data() + sent.count, std::min<u64>(bytes.size() - sent.count, write_bytes));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) {
      sent.failed = true;
      return sent;
    }
    sent.count += static_cast<u64>(count);
  }
  return sent;
}

}  // namespace

bool CallingGuest::can_read(u64 address, u64 size) {
  std::vector<u8> chunk(std::min(size, chunk_bytes));
  for (u64 done = 0; done < size; done += chunk_bytes) {
    if (!read(address + done, std::span(chunk).first(chunk_at(done, size)))) return false;
  }
  return true;
}

bool CallingGuest::can_write(u64 address, u64 size) {
  std::vector<u8> chunk(std::min(size, chunk_bytes));
  for (u64 done = 0; done < size; done += chunk_bytes) {
    const std::span<u8> part = std::span(chunk).first(chunk_at(done, size));
    if (!read(address + done, part) || !write(address + done, part)) return false;
  }
  return true;
}

struct Environment::Entry {
  std::string_view name;
  Function function;
};

constexpr std::array<std::string_view, 6> names = {"pvm_write", "pvm_read", "pvm_args_size", "pvm_args", "pvm_exit", "pvm_clock"};

const Environment::Entry Environment::entries[] = {
    {names[0], &Environment::write_output},   {names[1], &Environment::read_input}, {names[2], &Environment::arguments_size},
    {names[3], &Environment::copy_arguments}, {names[4], &Environment::exit},       {names[5], &Environment::clock},
};

std::span<const std::string_view> Environment::function_names() {
  return names;
}

Environment::Environment(EnvironmentOptions options, const Stop& stop)
    : options_(std::move(options)), stop_(stop), start_(std::chrono::steady_clock::now()) {
  for (const std::string& argument : options_.arguments) {
    arguments_.insert(arguments_.end(), argument.begin(), argument.end());
    arguments_.push_back(0);
  }
}

Served Environment::serve(std::string_view name, CallingGuest& guest) {
  const auto* entry = std::ranges::find(entries, name, &Entry::name);
  return entry == std::end(entries) ? Served::unknown : (this->*entry->function)(guest);
}

Served Environment::write_output(CallingGuest& guest) {
  const u32 descriptor = static_cast<u32>(guest.argument(0));
  const u64 address = guest.argument(1);
  const u64 size = std::min(guest.argument(2), max_transfer_bytes);
  const int fd = descriptor == 1 ? options_.output : options_.errors;
  guest.set_a0(failure);
  if ((descriptor != 1 && descriptor != 2) || !guest.can_read(address, size)) return Served::goes_on;
  std::vector<u8> chunk(std::min(size, chunk_bytes));
  u64 done = 0;
  while (done < size) {
    const std::span<u8> part = std::span(chunk).first(chunk_at(done, size));
    if (!guest.read(address + done, part)) break;
    const Sent sent = send(fd, part, stop_);
    done += sent.count;
    if (sent.stopped) return Served::stopped;
    if (sent.failed) break;
  }
  if (done != 0 || size == 0) guest.set_a0(done);
  return Served::goes_on;
}

/// Waits for input and keeps it: 0 at its end, -1 if it can't be read, nullopt if the stop came first.
std::optional<i64> Environment::fill_pending() {
  std::vector<u8> chunk(chunk_bytes);
  for (;;) {
    if (!stop_.wait_for(options_.input, POLLIN)) return std::nullopt;
    const ssize_t count = ::read(options_.input, chunk.data(), chunk.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return count;
    pending_.assign(chunk.begin(), chunk.begin() + count);
    taken_ = 0;
    return count;
  }
}

Served Environment::read_input(CallingGuest& guest) {
  const u32 descriptor = static_cast<u32>(guest.argument(0));
  const u64 address = guest.argument(1);
  u64 size = std::min(guest.argument(2), chunk_bytes);
  guest.set_a0(failure);
  // Looked at before anything is waited for, so that a bad pointer doesn't depend on the input.
  if (descriptor != 0) return Served::goes_on;
  if (size != 0 && taken_ == pending_.size()) {
    if (!guest.can_write(address, size)) return Served::goes_on;
    const std::optional<i64> filled = fill_pending();
    if (!filled) return Served::stopped;
    if (*filled < 0) return Served::goes_on;
  }
  size = std::min<u64>(size, pending_.size() - taken_);
  if (!guest.write(address, std::span(pending_).subspan(taken_, size))) return Served::goes_on;
  taken_ += size;
  guest.set_a0(size);
  return Served::goes_on;
}

Served Environment::arguments_size(CallingGuest& guest) {
  guest.set_a0(arguments_.size());
  return Served::goes_on;
}

Served Environment::copy_arguments(CallingGuest& guest) {
  const u64 size = std::min<u64>(guest.argument(1), arguments_.size());
  guest.set_a0(guest.write(guest.argument(0), std::span(arguments_).first(size)) ? size : failure);
  return Served::goes_on;
}

Served Environment::exit(CallingGuest& guest) {
  exit_code_ = static_cast<i32>(static_cast<u32>(guest.argument(0)));
  return Served::exits;
}

Served Environment::clock(CallingGuest& guest) {
  const auto passed = std::chrono::steady_clock::now() - start_;
  const u64 now = options_.allow_clock ? static_cast<u64>(std::chrono::nanoseconds(passed).count()) : 0;
  guest.set_a0(now);
  if (guest.is_32_bit()) guest.set_a1(now >> 32);
  return Served::goes_on;
}

}  // namespace pvm::command
