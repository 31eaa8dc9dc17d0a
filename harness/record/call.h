// The words that generators and clients share. A call is written with blanks; a completed call is
// the same call with its blanks filled in. General transactions join the variant when a client
// first serves them.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "harness/record/function.h"

namespace tribunal {

using Int = std::int64_t;
using Key = std::int64_t;

// The database's own number of the version that was read or written, where it gives one; for one
// key, a larger number is a newer version.
using Version = std::optional<Int>;

struct Read {
  Key key{};
  std::optional<Int> value{};
  Version version{};
};  // a register; blank: value (nothing: never written, or deleted), version
struct Write {
  Key key{};
  Int value{};
  Version version{};
};  // blank: version
struct Cas {
  Key key{};
  Int from{};
  Int to{};
  Version version{};
};  // completes only if it swapped; a mismatch is Rejected
struct Delete {
  Key key{};
};  // a register: as if never written
struct Add {
  Key key{};
  Int element{};
};  // to the set at `key`
struct Remove {
  Key key{};
  Int element{};
};  // from the set at `key`
struct ReadSet {
  Key key{};
  std::vector<Int> elements{};
};  // blank: elements, in the order in which they came
struct Append {
  Key key{};
  Int element{};
};  // to the end of the list at `key`
struct ReadList {
  Key key{};
  std::vector<Int> elements{};
};  // blank: elements, in the list's order
struct Increment {
  Key key{};
  Int by{};
};  // the counter at `key`, which begins at 0; `by` may be negative
struct ReadCounter {
  Key key{};
  std::optional<Int> value{};
};  // blank: value (nothing: never counted, so 0)
struct Enqueue {
  Key key{};
  Int element{};
};
struct Dequeue {
  Key key{};
  std::optional<Int> element{};
};  // blank: element (nothing: the queue was empty)
struct Acquire {
  Key key{};
  Version fence{};
};  // the lock at `key`; completes only if it was got. blank: fence, a token that grows
struct Release {
  Key key{};
};
struct Generate {
  Key key{};
  Int id{};
};  // blank: an id never given before
// Every bank has the accounts 0, 1, ..., each of which begins with so much.
inline constexpr Key bank_accounts = 8;
inline constexpr Int opening_balance = 10;
struct Transfer {
  Key key{};
  Key from{};
  Key to{};
  Int amount{};
};  // between accounts of the bank at `key`; completes only if the money was there and moved
struct ReadAccounts {
  Key key{};
  std::vector<std::pair<Key, Int>> balances{};
};  // blank: balances of every account of the bank at `key`, all at one moment
struct ReadMany {
  Key key{};
  std::vector<std::pair<Key, std::optional<Int>>> registers{};
};  // registers of the group `key`, all at one moment; blank: their values
struct WriteOne {
  Key key{};
  Key which{};
  Int value{};
};  // one register of the group `key`
struct WriteAll {
  Key key{};
  std::vector<Key> which{};
  Int value{};
  Version version{};
};  // the same value to several registers of the group `key`, at one moment; blank: version
struct GroupChange {
  Int version{};
  Key which{};
  std::optional<Int> value{};  // nothing: deleted
};
struct WatchGroup {
  Key key{};
  Int from{};
  std::vector<GroupChange> changes{};
  Version version{};
};  // what became of the group `key`. blank: the version that the watch goes on from, the changes
    // after it as they came, and the version up to which the database says that these are all

using Call = std::variant<Read, Write, Cas, Delete, Add, Remove, ReadSet, Append, ReadList,
                          Increment, ReadCounter, Enqueue, Dequeue, Acquire, Release, Generate,
                          Transfer, ReadAccounts, ReadMany, WriteOne, WriteAll, WatchGroup>;

// Lets a visitor be written as a list of lambdas, one for each kind of call.
template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

inline Key key_of(const Call& call) {
  return std::visit([](const auto& c) { return c.key; }, call);
}

// The database's number of the version, where a call has one.
inline Version version_of(const Call& call) {
  return std::visit(
      [](const auto& c) -> Version {
        if constexpr (requires { c.version; }) return c.version;
        return {};
      },
      call);
}

inline Function function_of(const Call& call) {
  struct Names {
    Function operator()(const Read&) const { return Function::read; }
    Function operator()(const Write&) const { return Function::write; }
    Function operator()(const Cas&) const { return Function::cas; }
    Function operator()(const Delete&) const { return Function::del; }
    Function operator()(const Add&) const { return Function::add; }
    Function operator()(const Remove&) const { return Function::remove; }
    Function operator()(const ReadSet&) const { return Function::read; }
    Function operator()(const Append&) const { return Function::append; }
    Function operator()(const ReadList&) const { return Function::read; }
    Function operator()(const Increment&) const { return Function::add; }
    Function operator()(const ReadCounter&) const { return Function::read; }
    Function operator()(const Enqueue&) const { return Function::enqueue; }
    Function operator()(const Dequeue&) const { return Function::dequeue; }
    Function operator()(const Acquire&) const { return Function::acquire; }
    Function operator()(const Release&) const { return Function::release; }
    Function operator()(const Generate&) const { return Function::generate; }
    Function operator()(const Transfer&) const { return Function::transfer; }
    Function operator()(const ReadAccounts&) const { return Function::read; }
    Function operator()(const ReadMany&) const { return Function::txn; }
    Function operator()(const WriteOne&) const { return Function::txn; }
    Function operator()(const WriteAll&) const { return Function::txn; }
    Function operator()(const WatchGroup&) const { return Function::watch; }
  };
  return std::visit(Names{}, call);
}

}  // namespace tribunal
