#include "tests/checkers/convergence_by_definition.h"

#include <algorithm>
#include <map>
#include <set>

namespace tribunal {
namespace {

bool is_read(const Operation& one) { return one.function == Function::read; }
bool happened(const Operation& one) { return one.outcome != Outcome::failed && !is_read(one); }
bool writes(const Operation& one) { return !is_read(one) && one.function != Function::del; }
Value written(const Operation& one) { return one.function == Function::cas ? one.to : one.value; }

class Definition {
 public:
  Definition(const History& history, Kind kind, Value initial, std::optional<std::int64_t> within)
      : all_(history.operations),
        history_(history),
        kind_(kind),
        initial_(initial),
        within_(within) {}

  ExpectedConvergence judge();

 private:
  using Elements = std::multiset<std::int64_t>;

  // An answer in a form in which equal answers are equal.
  std::string plain(Value answer) const {
    if (kind_ == Kind::registers) return history_.values.show(answer);
    if (kind_ == Kind::counters) return answer.is_nil() ? "0" : history_.values.show(answer);
    std::vector<std::string> parts;
    if (!answer.is_nil()) {
      for (const Value one : history_.values.elements(answer))
        parts.push_back(history_.values.show(one));
    }
    if (kind_ == Kind::sets) {
      std::sort(parts.begin(), parts.end());
      parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    }
    std::string text;
    for (const std::string& part : parts) text += part + " ";
    return text;
  }
  bool contains(Value answer, Value element) const {
    if (answer.is_nil()) return false;
    const auto elements = history_.values.elements(answer);
    return std::find(elements.begin(), elements.end(), element) != elements.end();
  }

  void order_causally();
  void judge_key(Value key);
  void judge_register(Value key, Value last);
  void judge_list(Value key, Value last);
  void judge_set(Value key, Value last);
  void judge_counter(Value key, Value last);
  void offend(const std::string& anomaly, Value key) {
    offences_.push_back(anomaly + " " + history_.values.show(key));
  }

  const std::vector<Operation>& all_;
  const History& history_;
  Kind kind_;
  Value initial_;
  std::optional<std::int64_t> within_;
  std::uint32_t look_ = 0;
  std::int64_t look_at_ = 0, look_end_ = 0;
  std::set<std::uint16_t> replicas_, answering_;
  std::vector<std::vector<bool>> before_;
  std::vector<std::string> offences_;
  bool doubt_ = false;
};

// The transitive closure of session order and reads-from.
void Definition::order_causally() {
  const std::size_t n = all_.size();
  before_.assign(n, std::vector<bool>(n, false));
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      if (a == b || all_[a].outcome == Outcome::failed || all_[b].outcome == Outcome::failed)
        continue;
      if (all_[a].process == all_[b].process && a < b) before_[a][b] = true;
      if (all_[a].key != all_[b].key || !writes(all_[a])) continue;
      const bool from = all_[b].function == Function::cas && all_[b].value == written(all_[a]);
      if (from || (is_read(all_[b]) && all_[b].ok() && all_[b].value == written(all_[a])))
        before_[a][b] = true;
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (before_[a][k] && before_[k][b]) before_[a][b] = true;
      }
    }
  }
}

void Definition::judge_register(Value key, Value last) {
  std::optional<std::size_t> origin;
  bool aborted = false, deletes = false;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].key != key || is_read(all_[i])) continue;
    deletes |= all_[i].function == Function::del && happened(all_[i]);
    if (!writes(all_[i]) || written(all_[i]) != last) continue;
    if (happened(all_[i])) origin = i;
    aborted |= !happened(all_[i]);
  }
  const bool first = !origin && (last == initial_ || last.is_nil());
  if (!origin && !first) return offend(aborted ? "aborted read" : "thin-air read", key);
  const auto follows = [&](std::size_t w) {
    return all_[w].key == key && all_[w].ok() && !is_read(all_[w]) &&
           (first || (w != *origin && before_[*origin][w]));
  };
  if (first && last.is_nil() && deletes) {
    bool explained = false;
    for (std::size_t d = 0; d < all_.size(); ++d) {
      if (all_[d].key != key || all_[d].function != Function::del || !happened(all_[d])) continue;
      bool followed = false;
      for (std::size_t w = 0; w < all_.size(); ++w)
        followed |= all_[w].key == key && all_[w].ok() && writes(all_[w]) && before_[d][w];
      explained |= !followed;
    }
    if (!explained) offend("lost acknowledged write", key);
    return;
  }
  bool overwritten = false, overwrite_seen = false, deleted = false, delete_seen = false;
  for (std::size_t w = 0; w < all_.size(); ++w) {
    if (!follows(w)) continue;
    const bool deletion = all_[w].function == Function::del;
    (deletion ? deleted : overwritten) = true;
    for (const Operation& read : all_) {
      if (read.key != key || !is_read(read) || !read.ok()) continue;
      if (deletion) delete_seen |= read.value.is_nil() && read.began > all_[w].ended;
      if (!deletion) overwrite_seen |= read.value == written(all_[w]);
    }
  }
  if (overwritten) {
    offend(overwrite_seen ? "resurrected value" : "lost acknowledged write", key);
  } else if (deleted) {
    offend(delete_seen ? "resurrected value" : "lost acknowledged write", key);
  }
}

void Definition::judge_list(Value key, Value last) {
  for (const Operation& append : all_) {
    if (append.key == key && append.function == Function::append && append.ok() &&
        !contains(last, append.value))
      offend("lost acknowledged write", key);
  }
}

void Definition::judge_set(Value key, Value last) {
  std::set<std::int64_t> elements;
  for (const Operation& one : all_) {
    if (one.key == key && !is_read(one)) elements.insert(one.value.as_integer());
  }
  if (contains(last, Value::integer(99))) elements.insert(99);
  for (const std::int64_t number : elements) {
    const Value element = Value::integer(number);
    std::vector<std::size_t> adds, removes, tried;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const Operation& one = all_[i];
      if (one.key != key || is_read(one) || one.value != element) continue;
      if (one.function == Function::add) tried.push_back(i);
      if (happened(one)) (one.function == Function::add ? adds : removes).push_back(i);
    }
    const auto acknowledged = [&](std::size_t i) { return all_[i].ok(); };
    if (!contains(last, element)) {
      if (removes.empty() && std::any_of(adds.begin(), adds.end(), acknowledged))
        offend("lost acknowledged write", key);
      continue;
    }
    if (adds.empty()) {
      offend(tried.empty() ? "thin-air read" : "aborted read", key);
      continue;
    }
    if (adds.size() != 1 || !all_[adds[0]].ok()) continue;
    // Back, though someone who knew it removed it and it was seen to be away.
    bool back = false;
    for (const std::size_t r : removes) {
      if (!all_[r].ok()) continue;
      bool knew = false, away = false;
      for (std::size_t i = 0; i < all_.size(); ++i) {
        const Operation& one = all_[i];
        const bool own = one.process == all_[r].process && i < r && one.ok();
        knew |= own &&
                (i == adds[0] || (is_read(one) && one.key == key && contains(one.value, element)));
        away |= is_read(one) && one.ok() && one.key == key && one.began > all_[r].ended &&
                !contains(one.value, element);
      }
      back |= knew && away;
    }
    if (back) offend("resurrected value", key);
  }
}

void Definition::judge_counter(Value key, Value last) {
  std::int64_t least = 0, most = 0;
  bool ups = false, downs = false;
  for (const Operation& add : all_) {
    if (add.key != key || !happened(add)) continue;
    const std::int64_t by = add.value.as_integer();
    (by < 0 ? downs : ups) = true;
    if (add.ok() || by < 0) least += by;
    if (add.ok() || by >= 0) most += by;
  }
  const std::int64_t value = last.is_nil() ? 0 : last.as_integer();
  if (value >= least && value <= most) return;
  if (ups && downs) return offend("counter out of bounds", key);
  offend((value < least) == ups ? "lost acknowledged write" : "write applied twice", key);
}

void Definition::judge_key(Value key) {
  std::map<std::uint16_t, const Operation*> last;
  std::map<std::uint16_t, std::int64_t> settled;  // when each began to give its last answer
  bool counts = false;
  for (const Operation& one : all_) {
    if (one.key != key) continue;
    counts |= happened(one);
    if (!is_read(one) || !one.ok()) continue;
    if (one.began > look_) last[one.node] = &one;
  }
  for (const auto& [node, end] : last) {
    for (auto one = all_.rbegin(); one != all_.rend(); ++one) {
      if (one->key != key || !is_read(*one) || !one->ok() || one->node != node) continue;
      if (plain(one->value) != plain(end->value)) break;
      settled[node] = one->completed_at;
    }
  }
  std::set<std::string> answers;
  for (const auto& [node, end] : last) answers.insert(plain(end->value));
  if (answers.size() > 1) {
    if (look_end_ - look_at_ >= within_.value_or(5'000'000'000)) return offend("divergence", key);
    doubt_ = true;
    return;
  }
  if (last.size() < replicas_.size() || replicas_.size() < 2) {
    doubt_ |= counts;
    return;
  }
  std::int64_t latest = 0;
  for (const auto& [node, time] : settled) latest = std::max(latest, time - look_at_);
  if (within_ && latest > *within_) offend("slow convergence", key);
  const Value end = last.begin()->second->value;
  switch (kind_) {
    case Kind::registers:
      return judge_register(key, end);
    case Kind::lists:
      return judge_list(key, end);
    case Kind::sets:
      return judge_set(key, end);
    case Kind::counters:
      return judge_counter(key, end);
  }
}

ExpectedConvergence Definition::judge() {
  for (const FaultEvent& event : history_.faults) {
    if (event.name != "last-look") continue;
    look_ = event.index;
    look_at_ = event.time;
  }
  std::set<Value> keys;
  bool acknowledged = false;
  for (const Operation& one : all_) {
    keys.insert(one.key);
    replicas_.insert(one.node);
    acknowledged |= one.ok() && !is_read(one);
    if (one.began < look_) continue;
    if (one.ok() && is_read(one)) answering_.insert(one.node);
    if (one.ended != Operation::never) look_end_ = std::max(look_end_, one.completed_at);
  }
  order_causally();
  for (const Value key : keys) judge_key(key);
  std::sort(offences_.begin(), offences_.end());
  std::string judgement = "satisfied";
  if (!offences_.empty()) {
    judgement = "violated";
  } else if (!acknowledged || answering_.size() < 2) {
    judgement = "vacuous";
  } else if (doubt_ || answering_ != replicas_) {
    judgement = "inconclusive";
  }
  return {judgement, offences_};
}

}  // namespace

ExpectedConvergence converges_by_definition(const History& history, Kind kind, Value initial,
                                            std::optional<std::int64_t> within) {
  return Definition(history, kind, initial, within).judge();
}

}  // namespace tribunal
