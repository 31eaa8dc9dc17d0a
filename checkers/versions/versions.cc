#include "checkers/versions/versions.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "checkers/flat_index.h"
#include "checkers/versions/pair_index.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::uint32_t none = Versions::none;
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
    return survey() && resolve() && spread() && build_steps() && rank_lists() && rank_numbers() &&
           link();
  }

 private:
  bool survey();
  void number_writes();
  bool resolve();
  std::uint32_t resolve_value(std::uint32_t place, std::uint32_t key, Value value);
  std::uint32_t resolve_list(std::uint32_t place, std::uint32_t key);
  bool spread();
  bool build_steps();
  bool counts(std::uint32_t place) const;
  bool rank_lists();
  bool rank_numbers();
  void rank_key(std::uint32_t key, std::span<const std::uint32_t> order);
  bool link();

  const History& history_;
  Value initial_;
  Watch& watch_;
  Versions& out_;
  PairIndex index_{0};
  std::vector<std::uint32_t> key_at_;          // of each operation
  std::vector<std::uint32_t> read_, wrote_;    // versions, of each operation
  std::vector<bool> listed_, deleted_, seen_;  // by key, by key, by version
  std::vector<std::uint32_t> longest_;         // by key: the operation of the longest list read
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
  number_writes();
  return true;
}

void Reader::number_writes() {
  const std::size_t n = history_.operations.size(), keys = out_.keys.size();
  listed_.assign(keys, false);
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
    if (operation.function == Function::append) listed_[key] = true;
    if (operation.function == Function::del && operation.outcome != Outcome::failed)
      deleted_[key] = true;
    if (!writes(operation.function)) continue;
    const Value value = written(operation);
    std::uint32_t version = index_.find(key, value);
    if (version == none) {
      version = static_cast<std::uint32_t>(out_.writes.size());
      index_.add(key, value, version);
      out_.writes.push_back(i);
      out_.key_of.push_back(key);
    } else if (operation.outcome != Outcome::failed) {
      std::uint32_t& other = out_.writes[version];
      if (history_.operations[other].outcome != Outcome::failed) {
        if (!out_.repeated) out_.repeated = Repeated{other, i};
      }
      other = i;
    }
    if (operation.outcome != Outcome::failed) wrote_[i] = version;
  }
  seen_.assign(out_.writes.size(), false);
}

bool Reader::resolve() {
  longest_.assign(out_.keys.size(), none);
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    const std::uint32_t key = key_at_[i];
    if (watch_.spent()) return false;
    if (operation.function == Function::read && operation.ok()) {
      read_[i] = listed_[key] && !operation.value.is_nil() ? resolve_list(i, key)
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

// Resolves each element; the last stands for the whole.
std::uint32_t Reader::resolve_list(std::uint32_t place, std::uint32_t key) {
  const Value value = history_.operations[place].value;
  if (!history_.values.is_list(value)) {
    out_.flaws.push_back({ReadFlaw::thin_air, place, none, value});
    return none;
  }
  const auto elements = history_.values.elements(value);
  std::uint32_t last = key;
  for (const Value element : elements) {
    last = resolve_value(place, key, element);
    if (last == none) return none;
  }
  const std::uint32_t longest = longest_[key];
  if (longest == none ||
      history_.values.elements(history_.operations[longest].value).size() < elements.size()) {
    longest_[key] = place;
  }
  return last;
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
  return true;
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

void Reader::rank_key(std::uint32_t key, std::span<const std::uint32_t> order) {
  if (out_.ranks.empty()) out_.ranks.assign(out_.writes.size(), none);
  out_.ranked[key] = true;
  out_.ranks[key] = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i) out_.ranks[order[i]] = i + 1;
}

// The longest list read orders its key, if every other is a beginning of it.
bool Reader::rank_lists() {
  out_.ranked.assign(out_.keys.size(), false);
  std::vector<bool> disputed(out_.keys.size(), false);
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    if (!listed_[key_at_[i]] || read_[i] == none || history_.operations[i].value.is_nil()) continue;
    if (watch_.spent()) return false;
    const std::uint32_t longest = longest_[key_at_[i]];
    const Value whole = history_.operations[longest].value, part = history_.operations[i].value;
    if (whole == part) continue;
    const auto a = history_.values.elements(part), b = history_.values.elements(whole);
    if (std::equal(a.begin(), a.end(), b.begin())) continue;
    if (!disputed[key_at_[i]]) out_.flaws.push_back({ReadFlaw::disputed, i, longest, part});
    disputed[key_at_[i]] = true;
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t key = 0; key < out_.keys.size(); ++key) {
    if (!listed_[key] || disputed[key]) continue;
    order.clear();
    const std::uint32_t longest = longest_[key];
    if (longest != none) {
      for (const Value element : history_.values.elements(history_.operations[longest].value))
        order.push_back(index_.find(key, element));
    }
    rank_key(key, order);
    for (std::uint32_t i = 0; i < order.size() && out_.ranked[key]; ++i) {
      if (out_.ranks[order[i]] == i + 1) continue;  // else it stands there twice
      out_.flaws.push_back({ReadFlaw::repeated, longest, none,
                            history_.values.elements(history_.operations[longest].value)[i]});
      out_.ranked[key] = false;
    }
  }
  return true;
}

// The database's own numbers order a key if every step of it has one, the same for one version
// wherever it is met.
bool Reader::rank_numbers() {
  if (history_.versions.empty()) return true;
  std::vector<std::int64_t> number(out_.writes.size(), -1);
  std::vector<bool> fits(out_.keys.size(), true);
  for (const Step& step : out_.steps) {
    if (watch_.spent()) return false;
    const std::uint32_t version = step.wrote != none ? step.wrote : step.read;
    const std::int64_t given = history_.versions[step.operation];
    if (out_.initial(version) || (given < 0 && !history_.operations[step.operation].ok())) continue;
    if (given < 0 || (number[version] >= 0 && number[version] != given)) fits[step.key] = false;
    number[version] = given;
  }
  std::vector<std::vector<std::uint32_t>> orders(out_.keys.size());
  for (std::uint32_t version = 0; version < number.size(); ++version) {
    if (number[version] >= 0) orders[out_.key_of[version]].push_back(version);
  }
  for (std::uint32_t key = 0; key < out_.keys.size(); ++key) {
    if (!fits[key] || listed_[key] || orders[key].empty()) continue;
    auto& order = orders[key];
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(number[a], a) < std::pair(number[b], b);
    });
    const auto same = [&](std::uint32_t a, std::uint32_t b) { return number[a] == number[b]; };
    if (std::adjacent_find(order.begin(), order.end(), same) == order.end()) rank_key(key, order);
  }
  return true;
}

// Each step's newly seen versions. A list's session has seen a beginning of it before.
bool Reader::link() {
  out_.seen_starts.reserve(out_.steps.size() + 1);
  out_.seen_starts.push_back(0);
  std::vector<std::uint32_t> known(out_.writes.size(), none);  // the last session that saw it
  for (const Step& step : out_.steps) {
    if (watch_.spent()) return false;
    const Operation& operation = history_.operations[step.operation];
    if (listed_[step.key] && step.read != none && !out_.initial(step.read)) {
      const auto elements = history_.values.elements(operation.value);
      const std::size_t before = out_.seen.size();
      for (std::size_t i = elements.size(); i-- > 0;) {
        const std::uint32_t version = index_.find(step.key, elements[i]);
        if (known[version] == step.session && out_.ranked[step.key]) break;
        if (known[version] != step.session) out_.seen.push_back(version);
        known[version] = step.session;
      }
      std::reverse(out_.seen.begin() + static_cast<std::ptrdiff_t>(before), out_.seen.end());
    } else if (step.read != none && !out_.initial(step.read) && out_.writers[step.read] != none) {
      out_.seen.push_back(step.read);
    }
    out_.seen_starts.push_back(static_cast<std::uint32_t>(out_.seen.size()));
  }
  return true;
}

}  // namespace

std::size_t Versions::bytes() const {
  return steps.capacity() * sizeof(Step) +
         (writers.capacity() + writes.capacity() + key_of.capacity() + ranks.capacity() +
          seen_starts.capacity() + seen.capacity()) *
             sizeof(std::uint32_t);
}

bool read_versions(const History& history, Value initial, Watch& watch, Versions& versions) {
  return Reader(history, initial, watch, versions).read();
}

}  // namespace tribunal
