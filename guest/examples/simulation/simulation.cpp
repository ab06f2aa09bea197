// SPDX-License-Identifier: Apache-2.0 OR MIT
// C++: a simulation of a supermarket by events - customers arrive, choose goods, queue at the shortest of six tills, pay, and leave - for
// n customers. Virtual functions, templates, and objects in a pool of their own.
#include "../bench.h"

namespace {

using Time = uint64_t;

/// Objects of one type in place, taken and given back in any order. Up to Count at a time.
template <typename T, uint32_t Count>
class Pool {
 public:
  void clear() {
    for (uint32_t i = 0; i < Count; ++i) free_[i] = Count - 1 - i;
    free_count_ = Count;
  }
  bool empty() const { return free_count_ == 0; }
  T* take() {
    T* object = &objects_[free_[--free_count_]];
    *object = T();
    return object;
  }
  void give_back(T* object) { free_[free_count_++] = static_cast<uint32_t>(object - objects_); }

 private:
  T objects_[Count] = {};
  uint32_t free_[Count] = {};
  uint32_t free_count_ = 0;
};

/// A binary heap with the first by `operator<` on top.
template <typename T, uint32_t Capacity>
class Heap {
 public:
  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  void push(const T& item) {
    uint32_t place = size_++;
    for (; place > 0 && item < items_[(place - 1) / 2]; place = (place - 1) / 2) items_[place] = items_[(place - 1) / 2];
    items_[place] = item;
  }
  T pop() {
    const T top = items_[0], last = items_[--size_];
    uint32_t place = 0;
    while (2 * place + 1 < size_) {
      uint32_t child = 2 * place + 1;
      if (child + 1 < size_ && items_[child + 1] < items_[child]) ++child;
      if (!(items_[child] < last)) break;
      items_[place] = items_[child];
      place = child;
    }
    items_[place] = last;
    return top;
  }

 private:
  T items_[Capacity] = {};
  uint32_t size_ = 0;
};

/// A queue in a ring.
template <typename T, uint32_t Capacity>
class Ring {
 public:
  void clear() { first_ = size_ = 0; }
  uint32_t size() const { return size_; }
  void push(T item) { items_[(first_ + size_++) % Capacity] = item; }
  T pop() {
    T item = items_[first_];
    first_ = (first_ + 1) % Capacity;
    --size_;
    return item;
  }

 private:
  T items_[Capacity] = {};
  uint32_t first_ = 0, size_ = 0;
};

enum { customers_most = 256, till_count = 6 };

struct Customer {
  Time arrival = 0;
  uint32_t goods = 0;
  uint32_t till = 0;
};

class Shop;

/// Something that happens to a customer. Actors have no state: one of each kind does for all.
class Actor {
 public:
  virtual void act(Shop&, Customer*) const {}

 protected:
  ~Actor() = default;
};

struct Event {
  Time time = 0;
  uint32_t number = 0;  // Events at the same time happen in the order in which they were made.
  const Actor* actor = nullptr;
  Customer* customer = nullptr;
  bool operator<(const Event& other) const { return time != other.time ? time < other.time : number < other.number; }
};

class Shop {
 public:
  void open(uint32_t visitors);
  uint64_t run();

  // For actors.
  void after(Time delay, const Actor& actor, Customer* customer) { events_.push({now_ + delay, event_count_++, &actor, customer}); }
  uint32_t random(uint32_t below) { return random_next(&random_) % below; }
  bool expects_more() const { return visitors_ > 0; }
  Customer* enter();
  void queue_up(Customer* customer);
  void serve_next(uint32_t till);
  void leave(Customer* customer);

 private:
  struct Till {
    Ring<Customer*, customers_most> waiting;
    bool busy = false;
    uint64_t sold = 0;
  };
  Pool<Customer, customers_most> customers_;
  Heap<Event, 2 * customers_most> events_;
  Till tills_[till_count];
  Time now_ = 0, stay_ = 0;
  uint32_t event_count_ = 0, visitors_ = 0, turned_away_ = 0;
  uint64_t random_ = 0;
};

class Arrival final : public Actor {
 public:
  void act(Shop& shop, Customer*) const override;
};
class Choice final : public Actor {
 public:
  void act(Shop& shop, Customer* customer) const override;
};
class Payment final : public Actor {
 public:
  void act(Shop& shop, Customer* customer) const override;
};

constinit const Arrival arrival{};
constinit const Choice choice{};
constinit const Payment payment{};

void Arrival::act(Shop& shop, Customer*) const {
  if (Customer* customer = shop.enter()) shop.after(10 + shop.random(50), choice, customer);
  if (shop.expects_more()) shop.after(shop.random(22), *this, nullptr);
}

// Takes one more thing, or goes to pay.
void Choice::act(Shop& shop, Customer* customer) const {
  ++customer->goods;
  if (shop.random(8) != 0) {
    shop.after(5 + shop.random(40), *this, customer);
  } else {
    shop.queue_up(customer);
  }
}

void Payment::act(Shop& shop, Customer* customer) const {
  const uint32_t till = customer->till;
  shop.leave(customer);
  shop.serve_next(till);
}

void Shop::open(uint32_t visitors) {
  customers_.clear();
  events_.clear();
  for (Till& till : tills_) {
    till.waiting.clear();
    till.busy = false;
    till.sold = 0;
  }
  now_ = stay_ = 0;
  event_count_ = turned_away_ = 0;
  visitors_ = visitors;
  random_ = 1;
  if (visitors > 0) after(0, arrival, nullptr);
}

Customer* Shop::enter() {
  --visitors_;
  if (customers_.empty()) {
    ++turned_away_;
    return nullptr;
  }
  Customer* customer = customers_.take();
  customer->arrival = now_;
  return customer;
}

void Shop::queue_up(Customer* customer) {
  uint32_t best = 0;
  for (uint32_t till = 1; till < till_count; ++till) {
    if (tills_[till].waiting.size() + tills_[till].busy < tills_[best].waiting.size() + tills_[best].busy) best = till;
  }
  customer->till = best;
  tills_[best].waiting.push(customer);
  if (!tills_[best].busy) serve_next(best);
}

void Shop::serve_next(uint32_t number) {
  Till& till = tills_[number];
  till.busy = till.waiting.size() > 0;
  if (!till.busy) return;
  Customer* customer = till.waiting.pop();
  till.sold += customer->goods;
  after(20 + 3 * customer->goods, payment, customer);
}

void Shop::leave(Customer* customer) {
  stay_ += now_ - customer->arrival;
  customers_.give_back(customer);
}

uint64_t Shop::run() {
  while (!events_.empty()) {
    const Event event = events_.pop();
    now_ = event.time;
    event.actor->act(*this, event.customer);
  }
  uint64_t checksum = mixed(mixed(mixed(0, now_), stay_), (uint64_t)event_count_ << 32 | turned_away_);
  for (const Till& till : tills_) checksum = mixed(checksum, till.sold);
  return checksum;
}

constinit Shop shop;

}  // namespace

BENCH(n) {
  shop.open(n);
  return shop.run();
}
