// SPDX-License-Identifier: Apache-2.0 OR MIT
// A child process that answers lines with lines: pipes, deadlines, limits, and an end without zombies.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pvm::runner {

using Clock = std::chrono::steady_clock;

/// Closes a file descriptor when it goes.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { reset(); }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

/// How an exchange with a child ended.
enum class Heard {
  line,         ///< A whole line came.
  timeout,      ///< The deadline passed first.
  closed,       ///< Its output ended first.
  too_long,     ///< A line went on beyond the limit.
  interrupted,  ///< The interrupt flag was raised.
};

/// A line, or why there is none.
struct Exchange {
  Heard heard;
  std::string line;  ///< Without the newline; only for Heard::line.
};

/// One child in a process group of its own, so that what it starts dies with it. Standard input and output are pipes to the caller,
/// standard error is kept as a short tail. Not thread-safe; different children may be used by different threads.
/// The process must ignore SIGPIPE.
class Child {
 public:
  /// Longest line that a child may say, in bytes.
  static constexpr std::size_t max_line_bytes = std::size_t{64} << 20;
  /// How much of its standard error is kept, in bytes.
  static constexpr std::size_t stderr_tail_bytes = 2048;

  /// Starts `argv` (argv[0] is looked up in PATH), or says why it can't be started. `interrupt`, if given, ends waits early once true.
  static std::variant<std::unique_ptr<Child>, std::string> start(const std::vector<std::string>& argv,
                                                                 const std::atomic<bool>* interrupt = nullptr);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills the whole group and reaps the child.
  ~Child();

  /// Sends a request (with its newline) and waits for one line; reads and writes at the same time, so neither side can block the other.
  Exchange ask(std::string_view request, Clock::time_point deadline);

  /// True if the child has said something that nobody asked for, or has ended its output; doesn't wait.
  bool has_unasked_output();
  /// What it has said unasked, so far; at most `limit` bytes.
  std::string_view unread(std::size_t limit) const;
  bool output_ended() const { return !output_.is_open(); }

  /// Says `farewell`, ends its input and gives it until `deadline` to go by itself, then kills. Returns what it said meanwhile.
  std::string finish(std::string_view farewell, Clock::time_point deadline);
  /// Kills the whole group and reaps the child; harmless when that has been done.
  void kill();

  /// How it ended: "exited with status 3", "was killed by signal 11 (Segmentation fault)", "is still running". Waits a moment for a child
  /// whose output has ended.
  std::string how_it_ended();
  /// The last lines that it wrote to standard error, unprintable bytes replaced; empty if none.
  std::string stderr_tail();
  pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, FileDescriptor input, FileDescriptor output, FileDescriptor errors, const std::atomic<bool>* interrupt);

  bool take_line(std::string& line);
  void write_some(std::string_view& pending);
  void read_output();
  void read_errors();
  bool poll_once(std::string_view& pending, int wait_ms);
  bool wait_for_end(Clock::time_point deadline);
  bool interrupted() const { return interrupt_ != nullptr && interrupt_->load(std::memory_order_relaxed); }

  pid_t pid_;
  bool reaped_ = false;
  int end_status_ = 0;  ///< As waitpid gives it; valid when reaped_.
  FileDescriptor input_;
  FileDescriptor output_;
  FileDescriptor errors_;
  const std::atomic<bool>* interrupt_;
  std::string buffer_;
  std::size_t scanned_ = 0;  ///< No newline in the buffer before this position.
  std::string error_tail_;
};

}  // namespace pvm::runner
