#include "harness/record/value.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

namespace tribunal {
namespace {

enum class Kind : std::uint8_t { text, list, literal };

struct Entry {
  const void* data;
  std::uint32_t length;  // characters of a text or literal, elements of a list
  Kind kind;
};

// Memory that never moves, so that a view of a text stays good while more are added.
class Arena {
 public:
  void* take(std::size_t size) {
    size = (size + 7) & ~std::size_t{7};
    if (size > left_) refill(size);
    char* taken = next_;
    next_ += size;
    left_ -= size;
    return taken;
  }

  std::size_t bytes() const { return bytes_; }

 private:
  void refill(std::size_t least) {
    const std::size_t size = std::max(least, std::clamp<std::size_t>(bytes_ / 4, 4096, 1 << 20));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = chunks_.back().get();
    left_ = size;
    bytes_ += size;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9e3779b97f4a7c15ULL;
  return state ^ (state >> 32);
}

std::uint32_t hash_of(Kind kind, const void* data, std::size_t size) {
  std::uint64_t state = mix(static_cast<std::uint64_t>(kind) + 1, size);
  const char* bytes = static_cast<const char*>(data);
  std::uint64_t word = 0;
  for (; size >= sizeof word; size -= sizeof word, bytes += sizeof word) {
    std::memcpy(&word, bytes, sizeof word);
    state = mix(state, word);
  }
  word = 0;
  if (size > 0) std::memcpy(&word, bytes, size);
  return static_cast<std::uint32_t>(mix(state, word) >> 16);
}

std::size_t size_of(const Entry& entry) {
  return entry.kind == Kind::list ? entry.length * sizeof(Value) : entry.length;
}

std::string quoted(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

// A hash table of handles, open addressing with linear steps; the entries themselves lie in order
// of arrival.
struct Values::Pool {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  // handle + 1; 0: free
  };

  std::uint32_t intern(Kind kind, const void* data, std::size_t length) {
    assert(length < UINT32_MAX && entries.size() < UINT32_MAX - 1);
    const Entry wanted{data, static_cast<std::uint32_t>(length), kind};
    const std::size_t size = size_of(wanted);
    const std::uint32_t hash = hash_of(kind, data, size);
    if (entries.size() * 4 >= slots.size() * 3) grow();
    std::size_t at = hash & (slots.size() - 1);
    for (; slots[at].place != 0; at = (at + 1) & (slots.size() - 1)) {
      if (slots[at].hash != hash) continue;
      const Entry& entry = entries[slots[at].place - 1];
      if (entry.kind == kind && entry.length == length &&
          (size == 0 || std::memcmp(entry.data, data, size) == 0)) {
        return slots[at].place - 1;
      }
    }
    void* copy = arena.take(size);
    if (size > 0) std::memcpy(copy, data, size);
    entries.push_back({copy, wanted.length, kind});
    slots[at] = {hash, static_cast<std::uint32_t>(entries.size())};
    return slots[at].place - 1;
  }

  void grow() {
    std::vector<Slot> larger(slots.size() * 2);
    for (const Slot& slot : slots) {
      if (slot.place == 0) continue;
      std::size_t at = slot.hash & (larger.size() - 1);
      while (larger[at].place != 0) at = (at + 1) & (larger.size() - 1);
      larger[at] = slot;
    }
    slots = std::move(larger);
  }

  Arena arena;
  std::vector<Entry> entries;
  std::vector<Slot> slots = std::vector<Slot>(64);
};

Values::Values() : pool_(std::make_unique<Pool>()) {}
Values::Values(Values&&) noexcept = default;
Values& Values::operator=(Values&&) noexcept = default;
Values::~Values() = default;

Value Values::text(std::string_view text) {
  return Value::interned(pool_->intern(Kind::text, text.data(), text.size()));
}

Value Values::list(std::span<const Value> elements) {
  return Value::interned(pool_->intern(Kind::list, elements.data(), elements.size()));
}

Value Values::number(std::int64_t i) {
  return Value::fits(i) ? Value::integer(i) : literal(std::to_string(i));
}

Value Values::literal(std::string_view json) {
  return Value::interned(pool_->intern(Kind::literal, json.data(), json.size()));
}

bool Values::is_list(Value value) const {
  return value.is_interned() && pool_->entries.at(value.handle()).kind == Kind::list;
}

bool Values::is_text(Value value) const {
  return value.is_interned() && pool_->entries.at(value.handle()).kind == Kind::text;
}

std::span<const Value> Values::elements(Value list) const {
  assert(is_list(list));
  const Entry& entry = pool_->entries.at(list.handle());
  return {static_cast<const Value*>(entry.data), entry.length};
}

std::string_view Values::text_of(Value text) const {
  assert(text.is_interned() && !is_list(text));
  const Entry& entry = pool_->entries.at(text.handle());
  return {static_cast<const char*>(entry.data), entry.length};
}

std::string Values::show(Value value) const {
  if (value.is_nil()) return "null";
  if (value.is_integer()) return std::to_string(value.as_integer());
  if (is_text(value)) return quoted(text_of(value));
  if (!is_list(value)) return std::string(text_of(value));
  std::string shown = "[";
  for (const Value element : elements(value)) {
    if (shown.size() > 1) shown += ", ";
    shown += show(element);
  }
  return shown + "]";
}

std::size_t Values::bytes() const {
  return pool_->arena.bytes() + pool_->entries.capacity() * sizeof(Entry) +
         pool_->slots.capacity() * sizeof(Pool::Slot);
}

}  // namespace tribunal
