// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs compiled for this machine, as shared objects.
#include <dlfcn.h>

#include "subject.hpp"

namespace pvm::bench {
namespace {

class NativeSubject : public Subject {
 public:
  NativeSubject() = default;
  NativeSubject(const NativeSubject&) = delete;
  NativeSubject& operator=(const NativeSubject&) = delete;
  ~NativeSubject() override { close(); }

  std::variant<Loaded, Failure> load(const std::string& path, u32) override {
    close();
    object_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (object_ == nullptr) return Failure{dlerror()};
    bench_ = reinterpret_cast<Function*>(dlsym(object_, "bench"));
    if (bench_ == nullptr) return Failure{path + ": no function 'bench'"};
    return Loaded{};
  }

  std::variant<Call, Failure> call(u32 n) override {
    if (bench_ == nullptr) return Failure{"nothing is loaded"};
    const u64 start = now();
    const u64 result = bench_(n);
    return Call{result, now() - start};
  }

 private:
  using Function = u64(u32);

  void close() {
    if (object_ != nullptr) dlclose(object_);
    object_ = nullptr;
    bench_ = nullptr;
  }

  void* object_ = nullptr;
  Function* bench_ = nullptr;
};

}  // namespace

std::unique_ptr<Subject> make_native_subject() {
  return std::make_unique<NativeSubject>();
}

}  // namespace pvm::bench
