// SPDX-License-Identifier: Apache-2.0 OR MIT
// A child process that answers lines with lines: the system calls.
#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace pvm::runner {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_slice = 50ms;  // how long an interrupt may go unnoticed

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

/// Moves a descriptor above the standard ones, so that redirecting a child's 0, 1, 2 never overwrites its source.
FileDescriptor above_standard(FileDescriptor fd) {
  if (!fd.is_open() || fd.get() > 2) return fd;
  return FileDescriptor(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

bool make_pipe(Pipe& pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  pipe.read = above_standard(FileDescriptor(ends[0]));
  pipe.write = above_standard(FileDescriptor(ends[1]));
  return pipe.read.is_open() && pipe.write.is_open();
}

void make_non_blocking(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/// posix_spawn's two parameter objects; they are plain C and need freeing.
struct SpawnSetup {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  void redirect(const Pipe& in, const Pipe& out, const Pipe& err) {
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
  }

  /// A group of its own, and the signal state of a fresh process (we ignore SIGPIPE; a child must not inherit that).
  void isolate() {
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGQUIT}) sigaddset(&defaults, number);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
};

std::string error_text(int number) {
  char text[256] = "";
  return strerror_r(number, text, sizeof text);  // the GNU variant returns the text
}

/// Reads what is there into `into`; false at the end of the stream or on an error.
bool read_available(int fd, std::string& into) {
  char chunk[65536];
  const ssize_t count = ::read(fd, chunk, sizeof chunk);
  if (count > 0) into.append(chunk, static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' || c == '\t' || (c >= ' ' && c <= '~') ? c : '?';
  while (!result.empty() && (result.back() == '\n' || result.back() == ' ')) result.pop_back();
  return result;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::variant<std::unique_ptr<Child>, std::string> Child::start(const std::vector<std::string>& argv, const std::atomic<bool>* interrupt) {
  Pipe in;
  Pipe out;
  Pipe err;
  if (!make_pipe(in) || !make_pipe(out) || !make_pipe(err)) return "no pipe: " + error_text(errno);
  SpawnSetup setup;
  setup.redirect(in, out, err);
  setup.isolate();
  std::vector<char*> words;
  words.reserve(argv.size() + 1);
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  if (const int failure = posix_spawnp(&pid, words[0], &setup.actions, &setup.attributes, words.data(), environ)) {
    return "'" + argv[0] + "' cannot be started: " + error_text(failure);
  }
  make_non_blocking(in.write.get());
  make_non_blocking(out.read.get());
  make_non_blocking(err.read.get());
  return std::unique_ptr<Child>(new Child(pid, std::move(in.write), std::move(out.read), std::move(err.read), interrupt));
}

Child::Child(pid_t pid, FileDescriptor input, FileDescriptor output, FileDescriptor errors, const std::atomic<bool>* interrupt)
    : pid_(pid), input_(std::move(input)), output_(std::move(output)), errors_(std::move(errors)), interrupt_(interrupt) {}

Child::~Child() {
  kill();
}

bool Child::take_line(std::string& line) {
  const std::size_t newline = buffer_.find('\n', scanned_);
  if (newline == std::string::npos) {
    scanned_ = buffer_.size();
    return false;
  }
  line = buffer_.substr(0, newline);
  buffer_.erase(0, newline + 1);
  scanned_ = 0;
  return true;
}

void Child::write_some(std::string_view& pending) {
  const ssize_t count = ::write(input_.get(), pending.data(), pending.size());
  if (count > 0) {
    pending.remove_prefix(static_cast<std::size_t>(count));
  } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
    // It no longer listens. What it may still say, or how it ended, tells more than this does.
    pending = {};
    input_.reset();
  }
}

void Child::read_output() {
  if (!read_available(output_.get(), buffer_)) output_.reset();
}

void Child::read_errors() {
  if (!read_available(errors_.get(), error_tail_)) errors_.reset();
  if (error_tail_.size() > stderr_tail_bytes) error_tail_.erase(0, error_tail_.size() - stderr_tail_bytes);
}

/// False if nothing happened.
bool Child::poll_once(std::string_view& pending, int wait_ms) {
  // A negative descriptor is skipped by poll.
  pollfd fds[3] = {{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}, {pending.empty() ? -1 : input_.get(), POLLOUT, 0}};
  if (::poll(fds, 3, wait_ms) <= 0) return false;
  if (fds[2].revents != 0) write_some(pending);
  if (fds[1].revents != 0) read_errors();
  if (fds[0].revents != 0) read_output();
  return true;
}

Exchange Child::ask(std::string_view request, Clock::time_point deadline) {
  std::string_view pending = input_.is_open() ? request : std::string_view();
  while (true) {
    if (std::string line; take_line(line)) return {Heard::line, std::move(line)};
    if (buffer_.size() > max_line_bytes) return {Heard::too_long, {}};
    if (output_ended()) return {Heard::closed, {}};
    if (interrupted()) return {Heard::interrupted, {}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return {Heard::timeout, {}};
    const bool quiet = !poll_once(pending, static_cast<int>(std::min(left, std::chrono::milliseconds(poll_slice)).count()));
    // A child may be gone while something that it left behind keeps the pipe open.
    if (quiet && wait_for_end(Clock::now())) output_.reset();
  }
}

bool Child::has_unasked_output() {
  std::string_view nothing;
  if (!output_ended()) poll_once(nothing, 0);
  return !buffer_.empty() || output_ended();
}

std::string_view Child::unread(std::size_t limit) const {
  return std::string_view(buffer_).substr(0, limit);
}

bool Child::wait_for_end(Clock::time_point deadline) {
  while (true) {
    siginfo_t info{};
    // WNOWAIT leaves the zombie, and with it the group's number, until the group has been killed.
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid_) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
}

std::string Child::finish(std::string_view farewell, Clock::time_point deadline) {
  std::string_view pending = input_.is_open() ? farewell : std::string_view();
  while (!output_ended() && !interrupted() && Clock::now() < deadline && buffer_.size() <= max_line_bytes) {
    if (pending.empty()) input_.reset();
    poll_once(pending, 10);
  }
  input_.reset();
  wait_for_end(deadline);
  kill();
  return std::move(buffer_);
}

void Child::kill() {
  if (reaped_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // in case it has left its group
  while (waitpid(pid_, &end_status_, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (errors_.is_open()) read_errors();
  input_.reset();
  output_.reset();
  errors_.reset();
}

std::string Child::how_it_ended() {
  if (!reaped_ && !wait_for_end(Clock::now() + 200ms)) return "is still running";
  kill();
  if (WIFEXITED(end_status_)) return "exited with status " + std::to_string(WEXITSTATUS(end_status_));
  const int number = WTERMSIG(end_status_);
  const char* name = sigdescr_np(number);
  return "was killed by signal " + std::to_string(number) + (name != nullptr ? " (" + std::string(name) + ")" : std::string());
}

std::string Child::stderr_tail() {
  std::string_view nothing;
  if (errors_.is_open()) poll_once(nothing, 0);
  return printable(error_tail_);
}

}  // namespace pvm::runner
