// What a history's keys and values are: an integer, nothing, a text or a list, in eight bytes,
// compared in one step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tribunal {

// A value of one history. Two values of the same history are equal iff their bits are: texts and
// lists are interned in its Values, integers in [-2^61, 2^61) are their own bits.
class Value {
 public:
  constexpr Value() = default;  // nil
  static constexpr Value nil() { return {}; }
  static constexpr Value integer(std::int64_t i) { return Value(i); }  // pre: fits(i)
  static constexpr bool fits(std::int64_t i) { return i >= -limit && i < limit; }

  constexpr bool is_nil() const { return bits_ == nil_bits; }
  constexpr bool is_integer() const { return fits(bits_); }
  constexpr bool is_interned() const { return !is_nil() && !is_integer(); }
  constexpr std::int64_t as_integer() const { return bits_; }  // pre: is_integer()
  constexpr std::uint32_t handle() const {
    return static_cast<std::uint32_t>(bits_ - limit);
  }                                                      // pre: is_interned()
  constexpr std::int64_t bits() const { return bits_; }  // fit for hashing and for any total order

  friend constexpr auto operator<=>(const Value&, const Value&) = default;

 private:
  friend class Values;
  static constexpr std::int64_t limit = std::int64_t{1} << 61;
  static constexpr std::int64_t nil_bits = INT64_MIN;
  static constexpr Value interned(std::uint32_t handle) { return Value(limit + handle); }
  explicit constexpr Value(std::int64_t bits) : bits_(bits) {}

  std::int64_t bits_ = nil_bits;
};

// The texts and lists of one history, each once. Appended to by one thread (the reader), read by
// many.
class Values {
 public:
  Values();
  Values(Values&&) noexcept;
  Values& operator=(Values&&) noexcept;
  ~Values();

  Value text(std::string_view text);
  Value list(std::span<const Value> elements);
  Value number(std::int64_t i);          // an integer of any size
  Value literal(std::string_view json);  // what is none of these (1.5, true, a map): its JSON text,
                                         // equal as text

  bool is_list(Value value) const;
  bool is_text(Value value) const;
  std::span<const Value> elements(Value list) const;  // pre: is_list
  std::string_view text_of(Value text) const;         // pre: interned and no list

  std::string show(Value value) const;  // as JSON: 17, null, "a", [1, 2]
  std::size_t bytes() const;            // memory held

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace tribunal
