// SPDX-License-Identifier: Apache-2.0 OR MIT
// Snapshots of guest memory: its data go to a sealed file, which this instance and those restored from it map copy-on-write.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "sandbox/in_process/window.hpp"

namespace pvm::engine::sandbox {
namespace {

// Each extent is a mapping, of which a process can have some ten thousands. Zeros between data are cheaper than many mappings.
constexpr std::size_t max_extents = 2048;

Error exhausted(const char* what) {
  return Error{ErrorCode::resource_exhausted, std::string("the system refuses to ") + what, {}, {}};
}

// Which pages have ever been touched, as the kernel knows (Documentation/admin-guide/mm/pagemap.rst in its sources).
class TouchedPages {
 public:
  TouchedPages() : file_(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {}
  ~TouchedPages() {
    if (file_ >= 0) close(file_);
  }
  TouchedPages(const TouchedPages&) = delete;
  TouchedPages& operator=(const TouchedPages&) = delete;

  // Where the kernel doesn't tell, every page may have been.
  bool maybe(const u8* address) {
    const u64 number = reinterpret_cast<u64>(address) / page_bytes;
    if (file_ < 0) return true;
    if (number < first_ || number >= first_ + count_) {
      const ssize_t got = pread(file_, entries_.data(), sizeof entries_, static_cast<off_t>(number * 8));
      if (got < 8) return true;
      first_ = number;
      count_ = static_cast<u64>(got) / 8;
    }
    constexpr u64 present = u64{1} << 63, swapped = u64{1} << 62;
    return (entries_[number - first_] & (present | swapped)) != 0;
  }

 private:
  int file_;
  u64 first_ = 0, count_ = 0;
  std::array<u64, 512> entries_{};
};

bool is_zero(const u8* bytes) {
  static constexpr u8 zeros[page_bytes] = {};
  return std::memcmp(bytes, zeros, page_bytes) == 0;
}

void merge_close(std::vector<Extent>& extents, u64 gap) {
  std::size_t last = 0;
  for (std::size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].begin - extents[last].end <= gap) {
      extents[last].end = extents[i].end;
    } else {
      extents[++last] = extents[i];
    }
  }
  if (!extents.empty()) extents.resize(last + 1);
}

bool write_all(int file, const u8* bytes, u64 count, u64 offset) {
  while (count > 0) {
    const ssize_t written = pwrite(file, bytes, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written, offset += static_cast<u64>(written), count -= static_cast<u64>(written);
  }
  return true;
}

}  // namespace

// All pages of any right that aren't zero, and those hidden at present. They must be readable.
std::vector<Extent> Window::data_extents(const std::vector<Rights::Range>& ranges) const {
  std::vector<Extent> data;
  TouchedPages touched;
  for (const Rights::Range& range : ranges) {
    for (u64 address = range.begin; address < range.end; address += page_bytes) {
      if (!(image_ && image_->holds(address)) && !touched.maybe(at(address))) continue;
      if (is_zero(at(address))) continue;
      if (!data.empty() && data.back().end == address) {
        data.back().end = address + page_bytes;
      } else {
        data.push_back({address, address + page_bytes});
      }
    }
  }
  return data;
}

Result<std::shared_ptr<const SavedMemory>> Window::save() {
  Rights holding = hidden_;
  for (const Rights::Range& range : rights_.ranges()) holding.set(range.begin, range.end, Access::read);
  const auto ranges = holding.ranges();
  for (const Rights::Range& range : hidden_.ranges()) {
    if (!protect(range.begin, range.end, Access::read)) return exhausted("open guest memory");
  }
  auto image = copy_data(ranges);
  if (image && (*image)->file >= 0) {
    // What fails to be mapped stays as it is: the contents are the same.
    image_ = *image;
    map_image(*image_);
  }
  for (const Rights::Range& range : ranges) {
    if (!apply_rights(range.begin, range.end)) return exhausted("protect guest memory");
  }
  if (!image) return std::move(image.error());

  auto saved = std::make_shared<SavedWindow>();
  saved->image = *image;
  saved->rights = rights_;
  saved->hidden = hidden_;
  return std::shared_ptr<const SavedMemory>(std::move(saved));
}

Result<std::shared_ptr<const Image>> Window::copy_data(const std::vector<Rights::Range>& ranges) const {
  auto image = std::make_shared<Image>();
  image->extents = data_extents(ranges);
  if (image->extents.empty()) return std::shared_ptr<const Image>(std::move(image));
  image->file = memfd_create("pvm-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const u64 end = image->extents.back().end;
  if (image->file < 0 || ftruncate(image->file, static_cast<off_t>(end)) != 0) return exhausted("make a file for a snapshot");
  for (const Extent& extent : image->extents) {
    if (!write_all(image->file, at(extent.begin), extent.end - extent.begin, extent.begin)) return exhausted("fill a snapshot");
  }
  if (fcntl(image->file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) return exhausted("seal a snapshot");
  for (u64 gap = 4 * page_bytes; image->extents.size() > max_extents; gap *= 4) merge_close(image->extents, gap);
  merge_close(image->extents, 4 * page_bytes);
  return std::shared_ptr<const Image>(std::move(image));
}

bool Window::map_image(const Image& image) const {
  return std::all_of(image.extents.begin(), image.extents.end(), [&](const Extent& extent) {
    constexpr int flags = MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED;
    return mmap(at(extent.begin), extent.end - extent.begin, PROT_NONE, flags, image.file, static_cast<off_t>(extent.begin)) != MAP_FAILED;
  });
}

Result<void> Window::restore(const SavedMemory& saved) {
  const auto* const window = dynamic_cast<const SavedWindow*>(&saved);
  if (window == nullptr) return Error{ErrorCode::invalid_argument, "memory saved by another kind of sandbox", {}, {}};
  if (auto cleared = clear(); !cleared) return cleared;
  if (!map_image(*window->image)) return exhausted("map a snapshot");
  image_ = window->image;
  rights_ = window->rights;
  hidden_ = window->hidden;
  for (const Rights::Range& range : rights_.ranges()) {
    if (!protect(range.begin, range.end, range.access)) return exhausted("protect guest memory");
  }
  return {};
}

}  // namespace pvm::engine::sandbox
