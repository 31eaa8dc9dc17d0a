#include "tests/checkers/sessions_oracle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

namespace tribunal {
namespace {

constexpr int none = -1;

bool is_write(const Operation& operation) {
  return operation.function == Function::write || operation.function == Function::cas ||
         operation.function == Function::append;
}

Value value_written(const Operation& operation) {
  return operation.function == Function::cas ? operation.to : operation.value;
}

// The operations that happened, and what each read saw.
class World {
 public:
  explicit World(const History& history) : history_(history) {
    for (const Operation& operation : history.operations) {
      if (operation.function == Function::append) listed_[operation.key] = true;
    }
    tell_what_happened();
    build();
  }

  OracleVerdicts judge();

 private:
  struct Act {
    int operation, process;
    Value key;
    bool writes = false, reads = false;
    std::vector<int> saw;  // acts that wrote it; of a list in its order, of a register the one
    bool list = false;
  };

  int writer_of(Value key, Value value) const {
    int found = none;
    for (int i = 0; i < static_cast<int>(history_.operations.size()); ++i) {
      const Operation& operation = history_.operations[static_cast<std::size_t>(i)];
      if (!is_write(operation) || operation.key != key || value_written(operation) != value)
        continue;
      found = i;
    }
    return found;
  }
  const Operation& at(int operation) const {
    return history_.operations[static_cast<std::size_t>(operation)];
  }
  // The values that an operation read; a compare-and-set reads what it expects.
  std::vector<Value> values_read(const Operation& operation) const {
    if (operation.function != Function::read && operation.function != Function::cas) return {};
    if (operation.value.is_nil()) return {};
    if (!history_.values.is_list(operation.value)) return {operation.value};
    const auto elements = history_.values.elements(operation.value);
    return {elements.begin(), elements.end()};
  }
  void tell_what_happened();
  bool explained(const Operation& operation) const;
  void build();
  bool older(int read, int write) const;
  bool precedes(int a, int b) const;  // two writes of one key
  void judge_guarantees(OracleVerdicts& verdicts) const;
  bool causal() const;
  bool convergent() const;
  bool explains(const std::vector<int>& arbitration) const;
  bool has_view(int process, bool whole_past) const;
  bool numbered(Value key) const;

  bool so(int a, int b) const { return a < b && act(a).process == act(b).process; }
  const Act& act(int i) const { return acts_[static_cast<std::size_t>(i)]; }
  bool co(int a, int b) const {
    return co_[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
  }
  int count() const { return static_cast<int>(acts_.size()); }
  bool saw(int read, int write) const {
    const auto& all = act(read).saw;
    return std::find(all.begin(), all.end(), write) != all.end();
  }

  const History& history_;
  std::map<Value, bool> listed_;
  std::vector<bool> happened_;
  bool impossible_ = false;
  std::vector<Act> acts_;
  std::vector<std::vector<bool>> co_;
};

bool World::explained(const Operation& operation) const {
  for (const Value value : values_read(operation)) {
    const int writer = writer_of(operation.key, value);
    if (writer == none || at(writer).outcome == Outcome::failed) return false;
  }
  return true;
}

void World::tell_what_happened() {
  happened_.resize(history_.operations.size());
  for (std::size_t i = 0; i < happened_.size(); ++i) {
    happened_[i] = history_.operations[i].ok();
    if (happened_[i] && !explained(history_.operations[i])) impossible_ = true;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < happened_.size(); ++i) {
      const Operation& operation = history_.operations[i];
      if (!happened_[i] || (operation.ok() && !explained(operation))) continue;
      for (const Value value : values_read(operation)) {
        const int writer = writer_of(operation.key, value);
        if (writer == none || at(writer).outcome != Outcome::unknown) continue;
        changed |= !happened_[static_cast<std::size_t>(writer)];
        happened_[static_cast<std::size_t>(writer)] = true;
      }
    }
  }
  for (std::size_t i = 0; i < happened_.size(); ++i) {
    const bool reads =
        history_.operations[i].ok() || history_.operations[i].function == Function::cas;
    if (happened_[i] && reads && !explained(history_.operations[i])) impossible_ = true;
  }
}

void World::build() {
  std::vector<int> act_of(history_.operations.size(), none);
  for (int i = 0; i < static_cast<int>(history_.operations.size()); ++i) {
    if (!happened_[static_cast<std::size_t>(i)]) continue;
    Act one;
    one.operation = i;
    one.process = static_cast<int>(at(i).process);
    one.key = at(i).key;
    one.writes = is_write(at(i));
    act_of[static_cast<std::size_t>(i)] = count();
    acts_.push_back(one);
  }
  for (Act& one : acts_) {
    const Operation& operation = at(one.operation);
    const bool can_read = operation.function == Function::read ||
                          (operation.function == Function::cas &&
                           (operation.ok() || !values_read(operation).empty()));
    one.reads = can_read && explained(operation);
    one.list = listed_.contains(one.key);
    if (!one.reads) continue;
    for (const Value value : values_read(operation))
      one.saw.push_back(act_of[static_cast<std::size_t>(writer_of(one.key, value))]);
  }
  co_.assign(acts_.size(), std::vector<bool>(acts_.size(), false));
  for (int a = 0; a < count(); ++a) {
    for (int b = 0; b < count(); ++b) {
      if (so(a, b) || saw(b, a))
        co_[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = true;
    }
  }
  const std::size_t n = acts_.size();
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (co_[i][k] && co_[k][j]) co_[i][j] = true;
      }
    }
  }
}

// Whether the store gives each version of the key that happened one number of its own.
bool World::numbered(Value key) const {
  if (history_.versions.empty() || listed_.contains(key)) return false;
  std::map<int, std::int64_t> numbers;
  bool fits = true;
  for (int i = 0; i < count(); ++i) {
    if (act(i).key != key) continue;
    const int version = act(i).writes ? i : act(i).saw.empty() ? none : act(i).saw[0];
    const std::int64_t number = history_.versions[static_cast<std::size_t>(act(i).operation)];
    if (version == none || number < 0) continue;
    if (numbers.contains(version) && numbers[version] != number) fits = false;
    numbers[version] = number;
  }
  for (int i = 0; i < count(); ++i) {
    if (act(i).key == key && act(i).writes && !numbers.contains(i)) fits = false;
  }
  std::vector<std::int64_t> all;
  for (const auto& [version, number] : numbers) all.push_back(number);
  std::sort(all.begin(), all.end());
  return fits && std::adjacent_find(all.begin(), all.end()) == all.end();
}

bool World::precedes(int a, int b) const {
  if (!numbered(act(a).key)) return co(a, b);
  const auto number = [&](int write) {
    for (int i = 0; i < count(); ++i) {
      const bool about = i == write || (!act(i).writes && act(i).saw == std::vector<int>{write});
      const std::int64_t given = history_.versions[static_cast<std::size_t>(act(i).operation)];
      if (about && given >= 0) return given;
    }
    return std::int64_t{-1};
  };
  return number(a) < number(b);
}

// Whether the read returned a version before that write.
bool World::older(int read, int write) const {
  const Act& one = act(read);
  if (!one.reads || one.key != act(write).key || read == write) return false;
  if (one.list) return !saw(read, write);
  return one.saw.empty() || (one.saw[0] != write && precedes(one.saw[0], write));
}

void World::judge_guarantees(OracleVerdicts& verdicts) const {
  for (int r = 0; r < count(); ++r) {
    std::array<bool, 4> bad{};
    for (int w = 0; w < count(); ++w) {
      if (!act(w).writes || !older(r, w)) continue;
      if (so(w, r)) bad[0] = true;
      for (int a = 0; a < count(); ++a) {
        if (so(a, r) && saw(a, w)) bad[1] = true;
        // a saw `later`, whose session had written or read w before.
        for (int later = 0; later < count(); ++later) {
          if (!so(a, r) || !saw(a, later)) continue;
          if (so(w, later)) bad[2] = true;
          for (int b = 0; b < later; ++b) bad[3] = bad[3] || (so(b, later) && saw(b, w));
        }
      }
    }
    for (std::size_t g = 0; g < 4; ++g) {
      verdicts.bad_reads[g] += bad[g];
      verdicts.guarantee_broken[g] = verdicts.guarantee_broken[g] || bad[g];
    }
  }
  // On one key: the version order puts the later write first.
  for (int first = 0; first < count(); ++first) {
    for (int later = 0; later < count(); ++later) {
      if (!act(first).writes || !act(later).writes || act(first).key != act(later).key) continue;
      bool follows = false;
      for (int b = 0; b < later; ++b) follows = follows || (so(b, later) && saw(b, first));
      if (!so(first, later) && !follows) continue;
      bool reversed = numbered(act(first).key) && precedes(later, first);
      for (int r = 0; r < count(); ++r) {
        if (!act(r).list || !saw(r, later)) continue;
        const auto& list = act(r).saw;
        reversed = reversed || std::find(list.begin(), list.end(), first) >
                                   std::find(list.begin(), list.end(), later);
      }
      if (reversed && so(first, later)) verdicts.guarantee_broken[2] = true;
      if (reversed && follows) verdicts.guarantee_broken[3] = true;
    }
  }
}

// Every read is explained by some order of the writes in its causal past.
bool World::causal() const {
  for (int r = 0; r < count(); ++r) {
    if (!act(r).reads) continue;
    std::vector<int> past;
    for (int w = 0; w < count(); ++w) {
      if (w != r && act(w).writes && act(w).key == act(r).key && co(w, r)) past.push_back(w);
    }
    bool some = false;
    do {
      bool ordered = true;
      for (std::size_t i = 0; i < past.size(); ++i) {
        for (std::size_t j = i + 1; j < past.size(); ++j) ordered &= !co(past[j], past[i]);
      }
      if (!ordered) continue;
      some = act(r).list    ? past == act(r).saw
             : past.empty() ? act(r).saw.empty()
                            : act(r).saw == std::vector<int>{past.back()};
      if (some) break;
    } while (std::next_permutation(past.begin(), past.end()));
    if (!some) return false;
  }
  return true;
}

bool World::explains(const std::vector<int>& arbitration) const {
  for (int r = 0; r < count(); ++r) {
    if (!act(r).reads) continue;
    std::vector<int> visible;
    for (const int w : arbitration) {
      if (w != r && act(w).key == act(r).key && co(w, r)) visible.push_back(w);
    }
    const bool fits = act(r).list       ? visible == act(r).saw
                      : visible.empty() ? act(r).saw.empty()
                                        : act(r).saw == std::vector<int>{visible.back()};
    if (!fits) return false;
  }
  return true;
}

// One order of all writes, in keeping with co, explains every read.
bool World::convergent() const {
  std::vector<int> writes, order;
  for (int w = 0; w < count(); ++w) {
    if (act(w).writes) writes.push_back(w);
  }
  const std::function<bool()> extend = [&]() -> bool {
    if (order.size() == writes.size()) return explains(order);
    for (const int w : writes) {
      if (std::find(order.begin(), order.end(), w) != order.end()) continue;
      const bool free = std::all_of(writes.begin(), writes.end(), [&](int other) {
        return !co(other, w) || std::find(order.begin(), order.end(), other) != order.end();
      });
      if (!free) continue;
      order.push_back(w);
      if (extend()) return true;
      order.pop_back();
    }
    return false;
  };
  return extend();
}

// One order of writes and the process's own reads, in keeping with co in its past or with session
// order alone, in which each of its reads returns what was written last.
bool World::has_view(int process, bool whole_past) const {
  std::vector<int> members;
  for (int i = 0; i < count(); ++i) {
    const bool own = act(i).process == process;
    bool past = own;
    for (int o = 0; o < count(); ++o) past = past || (act(o).process == process && co(i, o));
    if ((act(i).writes || own) && (past || !whole_past)) members.push_back(i);
  }
  std::vector<int> order;
  std::map<Value, std::vector<int>> contents;
  const std::function<bool()> extend = [&]() -> bool {
    if (order.size() == members.size()) return true;
    for (const int one : members) {
      if (std::find(order.begin(), order.end(), one) != order.end()) continue;
      const bool free = std::all_of(members.begin(), members.end(), [&](int other) {
        const bool first = whole_past ? co(other, one) : so(other, one);
        return !first || std::find(order.begin(), order.end(), other) != order.end();
      });
      if (!free) continue;
      std::vector<int>& held = contents[act(one).key];
      if (act(one).process == process && act(one).reads) {
        const bool fits = act(one).list  ? held == act(one).saw
                          : held.empty() ? act(one).saw.empty()
                                         : act(one).saw == std::vector<int>{held.back()};
        if (!fits) continue;
      }
      if (act(one).writes) held.push_back(one);
      order.push_back(one);
      if (extend()) return true;
      order.pop_back();
      if (act(one).writes) contents[act(one).key].pop_back();
    }
    return false;
  };
  return extend();
}

OracleVerdicts World::judge() {
  OracleVerdicts verdicts;
  verdicts.impossible = impossible_;
  for (int i = 0; i < count(); ++i) verdicts.cyclic = verdicts.cyclic || co(i, i);
  judge_guarantees(verdicts);
  verdicts.pram = !impossible_;
  verdicts.causal = !impossible_ && !verdicts.cyclic && causal();
  verdicts.convergent = verdicts.causal && convergent();
  verdicts.memory = verdicts.causal;
  for (int i = 0; i < count(); ++i) {
    verdicts.pram = verdicts.pram && has_view(act(i).process, false);
    verdicts.memory = verdicts.memory && has_view(act(i).process, true);
  }
  return verdicts;
}

}  // namespace

OracleVerdicts judge_by_definition(const History& history) { return World(history).judge(); }

}  // namespace tribunal
