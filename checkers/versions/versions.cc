#include "checkers/versions/versions.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "checkers/flat_index.h"
#include "checkers/none.h"
#include "checkers/versions/pair_index.h"
#include "checkers/versions/ranking.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::size_t bytes_an_operation = 120;  // at the widest moment

bool writes(Function function) {
  return function == Function::write || function == Function::cas || function == Function::append;
}

Value written(const Operation& operation) {
  return operation.function == Function::cas ? operation.to : operation.value;
}

class Reader {
 public:
  Reader(const History& history, Value initial, Watch& watch, Versions& out)
      : history_(history), initial_(initial), watch_(watch), out_(out) {}

  bool read() {
    return survey() && resolve() && spread() && build_steps() && rank_lists() &&
           rank_numbers(history_, watch_, out_) && link();
  }

 private:
  bool survey();
  void tell_kinds();
  void number_writes();
  void note_repeated(std::uint32_t first, std::uint32_t second);
  bool resolve();
  std::uint32_t resolve_value(std::uint32_t place, std::uint32_t key, Value value);
  std::uint32_t resolve_list(std::uint32_t place, std::uint32_t key);
  std::uint32_t resolve_elements(std::uint32_t place, std::size_t from);
  void find_twice(std::uint32_t place, std::size_t from);
  bool spread();
  void note_swaps_of_nothing();
  bool build_steps();
  bool counts(std::uint32_t place) const;
  bool rank_lists();
  bool link();

  const History& history_;
  Value initial_;
  Watch& watch_;
  Versions& out_;
  PairIndex index_{0};
  std::vector<std::uint32_t> key_at_;        // of each operation
  std::vector<std::uint32_t> read_, wrote_;  // versions, of each operation
  std::vector<bool> deleted_, unordered_;    // by key; unordered: its lists do not rank it
  std::vector<bool> seen_, chained_;         // by version; chained: in the longest list
  std::vector<std::uint32_t> longest_;       // by key: the operation of the longest list read
  std::vector<std::uint32_t> list_;          // of one read, sorted
  std::vector<std::uint32_t> chain_, chain_starts_;  // by key: the versions of its longest list
};

bool Reader::survey() {
  const std::size_t n = history_.operations.size();
  if (!watch_.affords(n * bytes_an_operation)) return false;
  FlatIndex keys;
  keys.reset(64);
  key_at_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Operation& operation = history_.operations[i];
    const Function f = operation.function;
    if (f != Function::read && f != Function::del && !writes(f)) {
      throw Error(Blame::usage,
                  fmt::format("this claim is about registers and append lists: read, write, cas, "
                              "delete and append; but process {} calls '{}' (event {})",
                              operation.process, history_.function_name(f), operation.began),
                  "choose a checker for that call, or leave those calls out of the history");
    }
    key_at_[i] = keys.number(operation.key);
    if (watch_.spent()) return false;
  }
  for (std::uint32_t key = 0; key < keys.size(); ++key) out_.keys.push_back(keys.value(key));
  tell_kinds();
  number_writes();
  return true;
}

// A key holds a register or a list.
void Reader::tell_kinds() {
  std::vector<bool> as_register(out_.keys.size(), false);
  out_.listed.assign(out_.keys.size(), false);
  for (std::size_t i = 0; i < key_at_.size(); ++i) {
    const Function f = history_.operations[i].function;
    if (f == Function::append) out_.listed[key_at_[i]] = true;
    if (f == Function::write || f == Function::cas || f == Function::del)
      as_register[key_at_[i]] = true;
  }
  for (std::size_t i = 0; i < key_at_.size(); ++i) {
    const Operation& operation = history_.operations[i];
    const std::uint32_t key = key_at_[i];
    if (operation.function == Function::read && operation.ok() && !as_register[key] &&
        history_.values.is_list(operation.value))
      out_.listed[key] = true;
    if (!out_.listed[key] || !as_register[key] || operation.function == Function::append) continue;
    if (operation.function == Function::read) continue;
    throw Error(Blame::usage,
                fmt::format("{} of process {} (event {}) is about a key that is appended to as "
                            "well, and a key is either a register or a list",
                            history_.show(operation), operation.process, operation.began),
                "leave the calls on that key out of the history");
  }
}

void Reader::note_repeated(std::uint32_t first, std::uint32_t second) {
  if (!out_.repeated) out_.repeated = Repeated{first, second};
}

void Reader::number_writes() {
  const std::size_t n = history_.operations.size(), keys = out_.keys.size();
  deleted_.assign(keys, false);
  out_.key_of.resize(keys);
  std::iota(out_.key_of.begin(), out_.key_of.end(), 0U);
  out_.writes.assign(keys, none);
  wrote_.assign(n, none);
  read_.assign(n, none);
  std::size_t count = 0;
  for (const Operation& operation : history_.operations) count += writes(operation.function);
  index_ = PairIndex(count);
  for (std::uint32_t i = 0; i < n; ++i) {
    const Operation& operation = history_.operations[i];
    const std::uint32_t key = key_at_[i];
    if (operation.function == Function::del && operation.outcome != Outcome::failed)
      deleted_[key] = true;
    if (!writes(operation.function)) continue;
    const Value value = written(operation);
    if (!out_.listed[key] && operation.outcome != Outcome::failed &&
        (value.is_nil() || value == initial_) && !out_.repeated)
      out_.repeated = Repeated{none, i};
    std::uint32_t version = index_.find(key, value);
    if (version == none) {
      version = static_cast<std::uint32_t>(out_.writes.size());
      index_.add(key, value, version);
      out_.writes.push_back(i);
      out_.key_of.push_back(key);
    } else if (operation.outcome != Outcome::failed) {
      std::uint32_t& other = out_.writes[version];
      if (history_.operations[other].outcome != Outcome::failed) note_repeated(other, i);
      other = i;
    }
    if (operation.outcome != Outcome::failed) wrote_[i] = version;
  }
  seen_.assign(out_.writes.size(), false);
  chained_.assign(out_.writes.size(), false);
}

bool Reader::resolve() {
  longest_.assign(out_.keys.size(), none);
  unordered_.assign(out_.keys.size(), false);
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    const std::uint32_t key = key_at_[i];
    if (watch_.spent()) return false;
    if (operation.function == Function::read && operation.ok()) {
      read_[i] = out_.listed[key] && !operation.value.is_nil()
                     ? resolve_list(i, key)
                     : resolve_value(i, key, operation.value);
    } else if (operation.function == Function::cas && operation.outcome != Outcome::failed) {
      // Whether a lost one happened is not known yet; then what it expects says nothing.
      const std::uint32_t from = operation.value.is_nil() || operation.value == initial_
                                     ? none
                                     : index_.find(key, operation.value);
      if (operation.ok()) {
        read_[i] = resolve_value(i, key, operation.value);
      } else if (from != none &&
                 history_.operations[out_.writes[from]].outcome != Outcome::failed) {
        read_[i] = from;
      }
    }
  }
  return true;
}

std::uint32_t Reader::resolve_value(std::uint32_t place, std::uint32_t key, Value value) {
  const std::uint32_t version = value.is_nil() ? none : index_.find(key, value);
  if (version == none) {
    if (value.is_nil() || value == initial_) return deleted_[key] && value.is_nil() ? none : key;
    out_.flaws.push_back({ReadFlaw::thin_air, place, none, value});
    return none;
  }
  if (history_.operations[out_.writes[version]].outcome == Outcome::failed) {
    out_.flaws.push_back({ReadFlaw::aborted, place, out_.writes[version], value});
    return none;
  }
  seen_[version] = true;
  return version;
}

// The last element stands for the whole. While every list of a key continues a shorter one, only
// what is new has to be looked at.
std::uint32_t Reader::resolve_list(std::uint32_t place, std::uint32_t key) {
  const Value value = history_.operations[place].value;
  if (!history_.values.is_list(value)) {
    out_.flaws.push_back({ReadFlaw::thin_air, place, none, value});
    return none;
  }
  const auto elements = history_.values.elements(value);
  if (elements.empty()) return key;
  std::size_t known = 0;
  std::uint32_t& longest = longest_[key];
  if (longest != none) {
    const Value whole = history_.operations[longest].value;
    const auto chain = history_.values.elements(whole);
    known = value == whole ? elements.size() : std::min(elements.size(), chain.size());
    const bool agree =
        value == whole ||
        std::equal(elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(known),
                   chain.begin());
    if (agree && known == elements.size()) return index_.find(key, elements.back());
    if (!agree) {
      const std::uint32_t last = resolve_elements(place, 0);
      if (last == none) return none;
      if (!unordered_[key]) out_.flaws.push_back({ReadFlaw::disputed, place, longest, value});
      unordered_[key] = true;
      find_twice(place, 0);
      return last;
    }
  }
  const std::uint32_t last = resolve_elements(place, known);
  if (last == none) return none;
  find_twice(place, known);
  longest = place;
  return last;
}

std::uint32_t Reader::resolve_elements(std::uint32_t place, std::size_t from) {
  const auto elements = history_.values.elements(history_.operations[place].value);
  std::uint32_t last = none;
  list_.clear();
  for (std::size_t i = from; i < elements.size(); ++i) {
    last = resolve_value(place, key_at_[place], elements[i]);
    if (last == none) return none;
    list_.push_back(last);
  }
  return last;
}

// Whether an element just resolved stands in the list twice. From 0: the list goes its own way.
void Reader::find_twice(std::uint32_t place, std::size_t from) {
  const bool own_way = from == 0 && longest_[key_at_[place]] != none;
  std::sort(list_.begin(), list_.end());
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const std::uint32_t version = list_[i];
    const bool twice = (i > 0 && list_[i - 1] == version) || (!own_way && chained_[version]);
    if (!own_way) chained_[version] = true;
    if (!twice || (i > 1 && list_[i - 2] == version)) continue;
    out_.flaws.push_back(
        {ReadFlaw::repeated, place, none, written(history_.operations[out_.writes[version]])});
    unordered_[key_at_[place]] = true;
  }
}

// A lost compare-and-set whose value was seen did happen, and so did the write it expected.
bool Reader::spread() {
  std::vector<std::uint32_t> fresh;
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    if (operation.function == Function::cas && operation.outcome == Outcome::unknown &&
        read_[i] != none && seen_[wrote_[i]])
      fresh.push_back(i);
  }
  while (!fresh.empty()) {
    const std::uint32_t from = read_[fresh.back()];
    fresh.pop_back();
    if (seen_[from]) continue;
    seen_[from] = true;
    const std::uint32_t writer = out_.writes[from];
    if (history_.operations[writer].outcome == Outcome::unknown && read_[writer] != none)
      fresh.push_back(writer);
    if (watch_.spent()) return false;
  }
  note_swaps_of_nothing();
  return true;
}

// Those that happened although nothing that happened wrote what they expect.
void Reader::note_swaps_of_nothing() {
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    if (operation.function == Function::cas && operation.outcome == Outcome::unknown &&
        read_[i] == none && seen_[wrote_[i]] && !operation.value.is_nil() &&
        operation.value != initial_)
      resolve_value(i, key_at_[i], operation.value);
  }
}

bool Reader::counts(std::uint32_t place) const {
  const Operation& operation = history_.operations[place];
  if (operation.ok()) return read_[place] != none || wrote_[place] != none;
  return operation.outcome == Outcome::unknown && wrote_[place] != none && seen_[wrote_[place]];
}

bool Reader::build_steps() {
  FlatIndex processes;
  processes.reset(64);
  std::vector<std::uint32_t> session_at(history_.operations.size(), none);
  for (std::uint32_t i = 0; i < session_at.size(); ++i) {
    if (counts(i)) session_at[i] = processes.number(Value::integer(history_.operations[i].process));
  }
  if (watch_.look()) return false;
  out_.session_starts.assign(processes.size() + 1, 0);
  for (const std::uint32_t session : session_at) {
    if (session != none) ++out_.session_starts[session + 1];
  }
  std::partial_sum(out_.session_starts.begin(), out_.session_starts.end(),
                   out_.session_starts.begin());
  for (std::uint32_t s = 0; s < processes.size(); ++s)
    out_.processes.push_back(static_cast<std::uint32_t>(processes.value(s).as_integer()));
  out_.steps.resize(out_.session_starts.back());
  out_.writers.assign(out_.writes.size(), none);
  std::vector<std::uint32_t> next(processes.size(), 0);
  for (std::uint32_t i = 0; i < session_at.size(); ++i) {
    const std::uint32_t session = session_at[i];
    if (session == none) continue;
    const std::uint32_t place = next[session]++, step = out_.session_starts[session] + place;
    out_.steps[step] = {i, session, place, key_at_[i], wrote_[i], read_[i]};
    if (wrote_[i] != none) out_.writers[wrote_[i]] = step;
  }
  return !watch_.look();
}

// The longest list read orders its key, if every other is a beginning of it.
bool Reader::rank_lists() {
  out_.ranked.assign(out_.keys.size(), false);
  chain_starts_.assign(out_.keys.size(), 0);
  for (std::uint32_t key = 0; key < out_.keys.size(); ++key) {
    if (watch_.spent()) return false;
    if (!out_.listed[key] || unordered_[key]) continue;
    chain_starts_[key] = static_cast<std::uint32_t>(chain_.size());
    if (longest_[key] != none) {
      for (const Value element : history_.values.elements(history_.operations[longest_[key]].value))
        chain_.push_back(index_.find(key, element));
    }
    rank_key(out_, key, std::span(chain_).subspan(chain_starts_[key]));
  }
  return true;
}

// Each step's newly seen versions. A list's session has seen a beginning of it before.
bool Reader::link() {
  out_.seen_starts.reserve(out_.steps.size() + 1);
  out_.seen_starts.push_back(0);
  std::vector<std::uint32_t> known(out_.writes.size(), none);  // the last session that saw it
  for (const SessionStep& step : out_.steps) {
    if (watch_.spent()) return false;
    if (step.read == none || out_.initial(step.read)) {
      out_.seen_starts.push_back(static_cast<std::uint32_t>(out_.seen.size()));
      continue;
    }
    if (out_.listed[step.key]) {
      const auto elements = history_.values.elements(history_.operations[step.operation].value);
      const std::size_t before = out_.seen.size();
      for (std::size_t i = elements.size(); i-- > 0;) {
        const std::uint32_t version = out_.ranked[step.key] ? chain_[chain_starts_[step.key] + i]
                                                            : index_.find(step.key, elements[i]);
        if (known[version] == step.session && out_.ranked[step.key]) break;
        if (known[version] != step.session) out_.seen.push_back(version);
        known[version] = step.session;
      }
      std::reverse(out_.seen.begin() + static_cast<std::ptrdiff_t>(before), out_.seen.end());
    } else if (known[step.read] != step.session && out_.writers[step.read] != none) {
      out_.seen.push_back(step.read);
      known[step.read] = step.session;
    }
    out_.seen_starts.push_back(static_cast<std::uint32_t>(out_.seen.size()));
  }
  return true;
}

}  // namespace

std::size_t Versions::bytes() const {
  return steps.capacity() * sizeof(SessionStep) +
         (writers.capacity() + writes.capacity() + key_of.capacity() + ranks.capacity() +
          seen_starts.capacity() + seen.capacity()) *
             sizeof(std::uint32_t);
}

bool read_versions(const History& history, Value initial, Watch& watch, Versions& versions) {
  return Reader(history, initial, watch, versions).read();
}

}  // namespace tribunal
