// SPDX-License-Identifier: Apache-2.0 OR MIT
// Descriptors, anonymous files and mappings.
#include "sandbox/process/descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pvm::engine::sandbox::process {

Descriptor::~Descriptor() {
  close();
}

void Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

Result<Mapping> Mapping::map(const Descriptor& file, u64 offset, u64 bytes, bool writable) {
  Mapping mapping;
  if (bytes == 0) return mapping;
  void* at = ::mmap(nullptr, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED | MAP_NORESERVE, file.get(),
                    static_cast<off_t>(offset));
  if (at == MAP_FAILED) return system_error("mapping shared memory", errno);
  mapping.bytes_ = {static_cast<u8*>(at), bytes};
  return mapping;
}

Result<Descriptor> make_file(const char* name, u64 bytes, FileUse use) {
  // Kernels before 6.3 don't know the flags that say whether it can be executed, and refuse them.
  constexpr unsigned never_executed = 8, executed = 16;
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Descriptor file(::memfd_create(name, flags | (use == FileUse::program ? executed : never_executed)));
  if (!file.valid() && errno == EINVAL) file = Descriptor(::memfd_create(name, flags));
  if (!file.valid()) {
    if (use == FileUse::program && errno == EACCES) {
      return Error{
          ErrorCode::isolation_unavailable,
          "the system forbids anonymous files to be executed, which the worker program is: set the sysctl vm.memfd_noexec to 0 or 1",
          {},
          {}};
    }
    return system_error("making an anonymous file", errno, ErrorCode::isolation_unavailable);
  }
  if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return system_error("sizing an anonymous file", errno);
  return file;
}

Result<void> fix_size(const Descriptor& file) {
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) return {};
  return system_error("sealing an anonymous file", errno);
}

Result<void> seal(const Descriptor& file) {
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) return {};
  return system_error("sealing an anonymous file", errno);
}

Result<void> write_all(const Descriptor& file, u64 offset, std::span<const u8> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_error("writing shared memory", written == 0 ? ENOSPC : errno);
    offset += static_cast<u64>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> read_all(const Descriptor& file, u64 offset, std::span<u8> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("reading shared memory", errno);
    if (got == 0) {
      for (u8& byte : bytes) byte = 0;
      return {};
    }
    offset += static_cast<u64>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Error system_error(std::string what, int error, ErrorCode otherwise) {
  const bool exhausted = error == ENOMEM || error == ENOSPC || error == EMFILE || error == ENFILE || error == EAGAIN;
  std::string message = std::move(what) + ": " + std::generic_category().message(error);
  if (error == EMFILE) message += " (raise the limit of open files, RLIMIT_NOFILE)";
  if (error == EAGAIN) message += " (a limit of processes: RLIMIT_NPROC, or pids.max of the control group)";
  return {exhausted ? ErrorCode::resource_exhausted : otherwise, std::move(message), {}, {}};
}

}  // namespace pvm::engine::sandbox::process
