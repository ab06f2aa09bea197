// SPDX-License-Identifier: Apache-2.0 OR MIT
// Copies the pages that hold data, and leaves holes holes.
#include "sandbox/process/snapshot.hpp"

#include <unistd.h>

#include <cerrno>
#include <vector>

namespace pvm::engine::sandbox::process {
namespace {

struct Extent {
  u64 begin, end;
};

class Snapshot final : public SavedMemory {
 public:
  Snapshot(Mapping contents, std::vector<Extent> extents, AccessMap rights)
      : contents_(std::move(contents)), extents_(std::move(extents)), rights_(std::move(rights)) {}
  std::span<const u8> contents() const { return contents_.bytes(); }
  const std::vector<Extent>& extents() const { return extents_; }
  const AccessMap& rights() const { return rights_; }

 private:
  Mapping contents_;  ///< Of all extents, one behind the other.
  std::vector<Extent> extents_;
  AccessMap rights_;
};

Result<std::vector<Extent>> data_of(const Descriptor& file) {
  std::vector<Extent> extents;
  off_t at = 0;
  for (;;) {
    const off_t begin = ::lseek(file.get(), at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return extents;
    at = begin < 0 ? begin : ::lseek(file.get(), begin, SEEK_HOLE);
    if (at < 0) return system_error("looking for data in guest memory", errno);
    extents.push_back({static_cast<u64>(begin), static_cast<u64>(at)});
  }
}

}  // namespace

Result<std::shared_ptr<const SavedMemory>> save_memory(const Descriptor& guest, const AccessMap& rights) {
  auto extents = data_of(guest);
  if (!extents) return std::move(extents.error());
  u64 bytes = 0;
  for (const Extent& extent : *extents) bytes += extent.end - extent.begin;
  auto file = make_file("pvm-snapshot", bytes);
  if (!file) return std::move(file.error());
  std::vector<u8> buffer(1 << 16);
  u64 to = 0;
  for (const Extent& extent : *extents) {
    for (u64 from = extent.begin; from < extent.end; from += buffer.size()) {
      const auto part = std::span(buffer).first(static_cast<std::size_t>(std::min<u64>(buffer.size(), extent.end - from)));
      if (auto done = read_all(guest, from, part); !done) return std::move(done.error());
      if (auto done = write_all(*file, to, part); !done) return std::move(done.error());
      to += part.size();
    }
  }
  if (auto sealed = seal(*file); !sealed) return std::move(sealed.error());
  auto contents = Mapping::map(*file, 0, bytes, false);
  if (!contents) return std::move(contents.error());
  return std::shared_ptr<const SavedMemory>(std::make_shared<Snapshot>(*std::move(contents), *std::move(extents), rights));
}

Result<void> restore_memory(const SavedMemory& saved, const Descriptor& guest, WorkerRights& rights) {
  const auto* snapshot = dynamic_cast<const Snapshot*>(&saved);
  if (snapshot == nullptr) return Error{ErrorCode::invalid_argument, "the snapshot is of another kind of executor", {}, {}};
  std::span<const u8> rest = snapshot->contents();
  for (const Extent& extent : snapshot->extents()) {
    const std::size_t size = static_cast<std::size_t>(extent.end - extent.begin);
    if (auto done = write_all(guest, extent.begin, rest.first(size)); !done) return done;
    rest = rest.subspan(size);
  }
  rights.want_all(snapshot->rights());
  return {};
}

}  // namespace pvm::engine::sandbox::process
