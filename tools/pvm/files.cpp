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
#include <utility>

namespace pvm::command {
namespace {

using Bytes = std::vector<std::uint8_t>;

Problem system_problem(const std::string& path, const char* what, int error) {
  return {.file = path, .reason = std::string(what) + ": " + std::strerror(error)};
}

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

}  // namespace

std::variant<Bytes, Problem> read_input(const std::string& path, std::uint64_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", limit);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_problem(path, "cannot be read", errno);
  auto result = read_all(fd, path, limit);
  close(fd);
  return result;
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

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  open_output();
}

void OutputFile::open_output() {
  struct stat status {};
  if (path_ == "-") {
    path_ = "standard output";
    static_cast<void>(std::fflush(stdout));
    fd_ = STDOUT_FILENO;
    return;
  }
  target_ = resolved(path_);
  if (stat(target_.c_str(), &status) != 0) return open_replacement(mode_of_new_files());
  if (S_ISREG(status.st_mode)) return open_replacement(status.st_mode & 0777);
  if (S_ISDIR(status.st_mode)) return fail(EISDIR);
  fd_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);  // a device, a pipe
  if (fd_ < 0) fail(errno);
}

OutputFile::~OutputFile() {
  if (fd_ > STDERR_FILENO) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::open_replacement(mode_t mode) {
  temporary_ = target_ + ".XXXXXX";
  fd_ = mkostemp(temporary_.data(), O_CLOEXEC);
  if (fd_ < 0) {
    temporary_.clear();
    fail(errno);
  } else if (fchmod(fd_, mode) != 0) {
    fail(errno);
  }
}

void OutputFile::fail(int error) {
  if (!problem_) problem_ = system_problem(path_, "cannot be written", error);
}

void OutputFile::flush() {
  if (!problem_) {
    if (const auto error = write_all(fd_, buffer_)) fail(*error);
  }
  buffer_.clear();
}

void OutputFile::append(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t buffer_bytes = std::size_t{64} << 10;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (buffer_.size() >= buffer_bytes) flush();
}

void OutputFile::append(std::string_view text) {
  append(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::optional<Problem> OutputFile::commit() {
  flush();
  if (fd_ > STDERR_FILENO && close(fd_) != 0) fail(errno);
  fd_ = -1;
  if (problem_ || temporary_.empty()) return problem_;
  if (rename(temporary_.c_str(), target_.c_str()) != 0) {
    fail(errno);
  } else {
    temporary_.clear();
  }
  return problem_;
}

std::optional<Problem> write_output(const std::string& path, std::span<const std::uint8_t> bytes) {
  OutputFile file(path);
  file.append(bytes);
  return file.commit();
}

std::optional<Problem> write_output(const std::string& path, std::string_view text) {
  return write_output(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace pvm::command
