#include "checkers/convergence/version_ends.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "checkers/flat_index.h"
#include "checkers/versions/causal_path.h"

namespace tribunal {

bool VersionEnds::find(Watch& watch) {
  if (!read_versions(settled_.history, initial_, watch, versions_)) return false;
  last_.assign(versions_.keys.size(), none);
  reader_of_.assign(versions_.writes.size(), none);
  if (versions_.repeated) return true;
  std::vector<std::uint32_t> final_read(versions_.keys.size(), none);
  for (const std::uint32_t key : settled_.keys) final_read[key] = settled_.look.any(key).read;
  for (const SessionStep& step : versions_.steps) {
    if (final_read[step.key] == step.operation) last_[step.key] = step.read;
    const Operation& operation = settled_.history.operations[step.operation];
    if (step.read == none || operation.function != Function::read) continue;
    std::uint32_t& reader = reader_of_[step.read];
    if (reader == none || operation.began < settled_.history.operations[reader].began)
      reader = step.operation;
  }
  sort_writes();
  place_deletions();
  order_ = std::make_unique<CausalOrder>(versions_);
  if (!sweep(watch)) return false;
  std::sort(deletions_.begin(), deletions_.end(), [](const Deletion& a, const Deletion& b) {
    return std::tie(a.key, a.operation) < std::tie(b.key, b.operation);
  });
  return true;
}

std::span<const Deletion> VersionEnds::deletions_of(std::uint32_t key) const {
  const auto [from, to] =
      std::equal_range(deletions_.begin(), deletions_.end(), Deletion{0, key, 0, 0},
                       [](const Deletion& a, const Deletion& b) { return a.key < b.key; });
  return {from, to};
}

void VersionEnds::sort_writes() {
  const auto keys = static_cast<std::uint32_t>(versions_.keys.size());
  write_starts_.assign(keys + 1, 0);
  const auto counts = [this](std::uint32_t v) { return versions_.writers[v] != none; };
  for (std::uint32_t v = keys; v < versions_.writers.size(); ++v)
    write_starts_[versions_.key_of[v] + 1] += counts(v);
  for (std::uint32_t key = 0; key < keys; ++key) write_starts_[key + 1] += write_starts_[key];
  writes_.resize(write_starts_.back());
  std::vector<std::uint32_t> next(write_starts_.begin(), write_starts_.end() - 1);
  for (std::uint32_t v = keys; v < versions_.writers.size(); ++v) {
    if (counts(v)) writes_[next[versions_.key_of[v]]++] = v;
  }
}

void VersionEnds::place_deletions() {
  FlatIndex keys, sessions;
  keys.reset(versions_.keys.size());
  sessions.reset(versions_.sessions());
  for (const Value key : versions_.keys) keys.number(key);
  for (const std::uint32_t process : versions_.processes) sessions.number(Value::integer(process));
  const auto& operations = settled_.history.operations;
  for (std::uint32_t place = 0; place < operations.size(); ++place) {
    const Operation& operation = operations[place];
    if (operation.function != Function::del || operation.outcome == Outcome::failed) continue;
    const std::uint32_t session = sessions.find(Value::integer(operation.process));
    std::uint32_t steps = 0;
    if (session != none) {
      const auto all = versions_.session(session);
      const auto after =
          std::partition_point(all.begin(), all.end(),
                               [place](const SessionStep& step) { return step.operation < place; });
      steps = static_cast<std::uint32_t>(after - all.begin());
    }
    const std::uint32_t key = keys.find(operation.key);
    deletions_.push_back(
        {place, key, session, steps, last_[key] != none && versions_.initial(last_[key])});
  }
  std::sort(deletions_.begin(), deletions_.end(), [](const Deletion& a, const Deletion& b) {
    return std::tie(a.session, a.operation) < std::tie(b.session, b.operation);
  });
}

// Asks of each delete, right after the step before it, whether the last value of its key is in its
// past.
bool VersionEnds::sweep(Watch& watch) {
  std::vector<std::uint32_t> next(versions_.sessions() + 1, 0);
  for (std::uint32_t i = 0; i < deletions_.size(); ++i) {
    if (deletions_[i].session != none) ++next[deletions_[i].session + 1];
  }
  for (std::size_t s = 1; s < next.size(); ++s) next[s] += next[s - 1];
  return order_->sweep(watch, [&](std::uint32_t step, const CausalOrder::View& view) {
    const SessionStep& at = versions_.steps[step];
    for (std::uint32_t& i = next[at.session];
         i < deletions_.size() && deletions_[i].session == at.session &&
         deletions_[i].steps <= at.place + 1;
         ++i) {
      if (deletions_[i].steps <= at.place) continue;  // nothing is before it
      const std::uint32_t last = last_[deletions_[i].key];
      if (last != none && view.covers(last)) deletions_[i].follows_last = true;
    }
  });
}

bool VersionEnds::acknowledged(std::uint32_t version) const {
  return !versions_.initial(version) && settled_.history.operations[versions_.writes[version]].ok();
}

bool VersionEnds::ranked_before(std::uint32_t v, std::uint32_t w) const {
  return versions_.ranked[versions_.key_of[v]] && versions_.ranks[v] != none &&
         versions_.ranks[w] != none && versions_.ranks[v] < versions_.ranks[w];
}

bool VersionEnds::causally_before(std::uint32_t v, std::uint32_t w) const {
  const bool known = versions_.initial(v) || order_->met(v);
  return known && order_->met(w) && order_->before(v, w);
}

bool VersionEnds::before(const Deletion& deletion, std::uint32_t w) const {
  if (deletion.session == none || !order_->met(w)) return false;
  return order_->view_of(w).steps_of(deletion.session) > deletion.steps;
}

std::uint32_t VersionEnds::follower_of(std::uint32_t v) const {
  std::uint32_t found = none;
  for (const std::uint32_t w : writes_of(versions_.key_of[v])) {
    if (w == v || !acknowledged(w) || !(causally_before(v, w) || ranked_before(v, w))) continue;
    if (reader_of_[w] != none) return w;
    if (found == none) found = w;
  }
  return found;
}

const Deletion* VersionEnds::deletion_after_last(std::uint32_t key) const {
  const auto& operations = settled_.history.operations;
  const Deletion* first = nullptr;
  for (const Deletion& deletion : deletions_of(key)) {
    if (!deletion.follows_last || !operations[deletion.operation].ok()) continue;
    if (first == nullptr ||
        operations[deletion.operation].ended < operations[first->operation].ended)
      first = &deletion;
  }
  return first;
}

bool VersionEnds::overtaken(std::uint32_t v, std::uint32_t latest_begin) const {
  if (settled_.history.operations[versions_.writes[v]].ended < latest_begin) return true;
  for (const std::uint32_t w : writes_of(versions_.key_of[v])) {
    if (w != v && (causally_before(v, w) || ranked_before(v, w))) return true;
  }
  return false;
}

std::uint64_t VersionEnds::dropped(std::uint32_t key) const {
  std::uint32_t latest_begin = 0;
  const auto note = [&](std::uint32_t place) {
    latest_begin = std::max(latest_begin, settled_.history.operations[place].began);
  };
  for (const std::uint32_t v : writes_of(key)) note(versions_.writes[v]);
  for (const Deletion& deletion : deletions_of(key)) note(deletion.operation);
  const auto writes = writes_of(key);
  return static_cast<std::uint64_t>(
      std::count_if(writes.begin(), writes.end(), [&](std::uint32_t v) {
        return v != last_[key] && acknowledged(v) && !overtaken(v, latest_begin);
      }));
}

std::vector<CausalLink> VersionEnds::path_to(std::uint32_t version, std::uint32_t to,
                                             std::uint32_t call) const {
  std::vector<CausalLink> links;
  const auto path = causal_path(versions_, versions_.writers[version], to);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const SessionStep &from = versions_.steps[path[i - 1]], &next = versions_.steps[path[i]];
    links.push_back({from.operation, next.operation,
                     from.session == next.session ? "session order" : "reads from"});
  }
  const std::uint32_t last = versions_.steps[to].operation;
  if (last == call) return links;
  if (!links.empty() && links.back().why == std::string_view("session order")) {
    links.back().to = call;
  } else {
    links.push_back({last, call, "session order"});
  }
  return links;
}

}  // namespace tribunal
