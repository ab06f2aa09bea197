// SPDX-License-Identifier: Apache-2.0 OR MIT
// Bounded reading, atomic writing.
#include "files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace pvm::command {
namespace {

using Bytes = std::vector<std::uint8_t>;

Problem system_problem(const std::string& path, const char* what, int error) {
  return {.file = path, .reason = std::string(what) + ": " + std::strerror(error)};
}

/// Closes a descriptor, but not one of the standard three.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { static_cast<void>(close()); }
  int get() const { return fd_; }
  /// False: the system has lost what was written.
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return fd <= STDERR_FILENO || ::close(fd) == 0;
  }

 private:
  int fd_;
};

std::variant<Bytes, Problem> read_all(int fd, const std::string& path, std::uint64_t limit) {
  constexpr std::size_t chunk = std::size_t{64} << 10;
  Bytes bytes;
  for (;;) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + chunk);
    const ssize_t count = read(fd, bytes.data() + old_size, chunk);
    bytes.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno != EINTR) return system_problem(path, "cannot be read", errno);
    if (count == 0) return bytes;
    if (bytes.size() > limit) return Problem{.file = path, .reason = "is larger than " + std::to_string(limit) + " bytes"};
  }
}

/// The file that `path` leads to if it is there, so that a link is kept and its target replaced.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
  return real != nullptr ? real.get() : path;
}

mode_t mode_of_new_files() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Writes to what can't be replaced: a device, a pipe.
std::optional<Problem> write_in_place(const std::string& path, std::span<const std::uint8_t> bytes) {
  Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return system_problem(path, "cannot be written", errno);
  if (const auto error = write_all(file.get(), bytes)) return system_problem(path, "cannot be written", *error);
  return std::nullopt;
}

std::optional<Problem> replace_file(const std::string& path, const std::string& target, mode_t mode, std::span<const std::uint8_t> bytes) {
  std::string temporary = target + ".XXXXXX";
  Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return system_problem(path, "cannot be written", errno);
  std::optional<int> error = write_all(file.get(), bytes);
  if (!error && fchmod(file.get(), mode) != 0) error = errno;
  if (!file.close() && !error) error = errno;
  if (!error && rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (!error) return std::nullopt;
  unlink(temporary.c_str());
  return system_problem(path, "cannot be written", *error);
}

}  // namespace

std::variant<Bytes, Problem> read_input(const std::string& path, std::uint64_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", limit);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_problem(path, "cannot be read", errno);
  return read_all(file.get(), path, limit);
}

std::optional<int> write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EAGAIN) {  // a pipe that somebody has made non-blocking
      pollfd ready{fd, POLLOUT, 0};
      static_cast<void>(poll(&ready, 1, -1));
    } else if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

std::optional<Problem> write_output(const std::string& path, std::span<const std::uint8_t> bytes) {
  if (path == "-") {
    static_cast<void>(std::fflush(stdout));
    const auto error = write_all(STDOUT_FILENO, bytes);
    return error ? std::optional(system_problem("standard output", "cannot be written", *error)) : std::nullopt;
  }
  const std::string target = resolved(path);
  struct stat status {};
  if (stat(target.c_str(), &status) != 0) return replace_file(path, target, mode_of_new_files(), bytes);
  if (S_ISDIR(status.st_mode)) return Problem{.file = path, .reason = "is a directory", .remedy = "name a file"};
  if (!S_ISREG(status.st_mode)) return write_in_place(path, bytes);
  return replace_file(path, target, status.st_mode & 0777, bytes);
}

std::optional<Problem> write_output(const std::string& path, std::string_view text) {
  return write_output(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace pvm::command
