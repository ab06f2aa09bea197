// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: what a host function does with its caller.
#include "api/c/caller.hpp"

using namespace pvm::c;

extern "C" {

uint64_t pvm_caller_number(const pvm_caller* caller) {
  return caller != nullptr ? of(caller)->number() : 0;
}

void* pvm_caller_user_data(const pvm_caller* caller) {
  void* const* data = caller != nullptr ? std::any_cast<void*>(&of(caller)->user_data()) : nullptr;
  return data != nullptr ? *data : nullptr;
}

uint64_t pvm_caller_reg(const pvm_caller* caller, uint32_t number) {
  return caller != nullptr ? of(caller)->reg(number) : 0;
}

void pvm_caller_set_reg(pvm_caller* caller, uint32_t number, uint64_t value) {
  if (caller != nullptr) of(caller)->set_reg(number, value);
}

uint64_t pvm_caller_argument(const pvm_caller* caller, uint32_t n) {
  return caller != nullptr ? of(caller)->argument(n) : 0;
}

int64_t pvm_caller_gas(const pvm_caller* caller) {
  return caller != nullptr ? of(caller)->gas() : 0;
}

void pvm_caller_set_gas(pvm_caller* caller, int64_t gas) {
  if (caller != nullptr) of(caller)->set_gas(gas);
}

int pvm_caller_charge(pvm_caller* caller, int64_t amount) {
  return caller != nullptr && of(caller)->charge(amount) ? 1 : 0;
}

pvm_code pvm_caller_read(const pvm_caller* caller, uint64_t address, void* bytes, size_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return of(caller)->read(address, bytes_of(bytes, length)); }, caller);
}

pvm_code pvm_caller_write(pvm_caller* caller, uint64_t address, const void* bytes, size_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return of(caller)->write(address, bytes_of(bytes, length)); }, caller);
}

pvm_code pvm_caller_map(pvm_caller* caller, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error) {
  return guarded_on(
      error, [&] { return of(caller)->map(address, length, writable != 0); }, caller);
}

pvm_code pvm_caller_protect(pvm_caller* caller, uint64_t address, uint64_t length, uint8_t writable, pvm_error** error) {
  return guarded_on(
      error, [&] { return of(caller)->protect(address, length, writable != 0); }, caller);
}

pvm_code pvm_caller_unmap(pvm_caller* caller, uint64_t address, uint64_t length, pvm_error** error) {
  return guarded_on(
      error, [&] { return of(caller)->unmap(address, length); }, caller);
}

pvm_code pvm_caller_sbrk(pvm_caller* caller, uint64_t size, uint64_t* end, pvm_error** error) {
  return guarded_on(
      error, [&] { return deliver(of(caller)->sbrk(size), [&](uint64_t top) { *end = top; }); }, caller, end);
}

void pvm_caller_abort(pvm_caller* caller, const char* message) {
  if (caller == nullptr) return;
  // Without memory for the text it ends all the same.
  const pvm_code stored = guarded(nullptr, [&] {
    of(caller)->abort(message != nullptr ? message : "");
    return pvm::Result<void>();
  });
  if (stored != PVM_OK) of(caller)->abort({});
}

}  // extern "C"
