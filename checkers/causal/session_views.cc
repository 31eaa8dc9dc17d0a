#include "checkers/causal/session_views.h"

#include <algorithm>

namespace tribunal {

SessionViews::SessionViews(const History& history, const Versions& versions,
                           const KeyWrites& writes, const CausalOrder* order)
    : versions_(versions), writes_(writes), order_(order), lists_(history, versions) {
  column_of_.assign(versions.sessions(), none);
  held_.assign(versions.writes.size(), 0);
  met_.resize(writes.groups());
  last_.resize(versions.keys.size());
}

bool SessionViews::before(std::uint32_t v, std::uint32_t w) const {
  if (order_ != nullptr) return order_->before(v, w);
  if (v == w || versions_.initial(w)) return false;
  if (versions_.initial(v)) return true;
  const SessionStep& first = versions_.steps[versions_.writers[v]];
  const SessionStep& second = versions_.steps[versions_.writers[w]];
  return first.session == second.session && first.place < second.place;
}

// Sessions whose writes this one can know of.
void SessionViews::number_columns(std::uint32_t session) {
  for (const std::uint32_t other : columns_) column_of_[other] = none;
  columns_.clear();
  const auto add = [this](std::uint32_t other) {
    if (column_of_[other] != none) return;
    column_of_[other] = static_cast<std::uint32_t>(columns_.size());
    columns_.push_back(other);
  };
  add(session);
  reads_.clear();
  for (std::uint32_t step = versions_.session_starts[session];
       step < versions_.session_starts[session + 1]; ++step) {
    if (versions_.steps[step].read != none) reads_.push_back(step);
    for (const std::uint32_t version : versions_.reads_from(step))
      add(versions_.steps[versions_.writers[version]].session);
  }
  if (order_ == nullptr || columns_.size() == 1) return;
  for (std::uint32_t other = 0; other < versions_.sessions(); ++other) {
    if (order_->has_column(other)) add(other);
  }
}

void SessionViews::join(std::span<std::uint32_t> row, std::uint32_t version) const {
  const SessionStep& writer = versions_.steps[versions_.writers[version]];
  std::uint32_t& own = row[column_of_[writer.session]];
  own = std::max(own, writer.place + 1);
  if (order_ == nullptr) return;
  const CausalOrder::View view = order_->view_of(version);
  for (std::size_t column = 0; column < row.size(); ++column)
    row[column] = std::max(row[column], view.steps_of(columns_[column]));
}

void SessionViews::fill_rows(std::uint32_t session) {
  rows_.assign(reads_.size() * columns_.size(), 0);
  std::size_t read = 0;
  for (std::uint32_t step = versions_.session_starts[session];
       step < versions_.session_starts[session + 1]; ++step) {
    if (versions_.steps[step].read == none) continue;
    if (read != 0) std::copy(row(read - 1).begin(), row(read - 1).end(), row(read).begin());
    row(read)[0] = std::max(row(read)[0], versions_.steps[step].place);
    for (const std::uint32_t version : versions_.reads_from(step)) {
      if (!covers(read, version)) join(row(read), version);
    }
    ++read;
  }
}

bool SessionViews::covers(std::size_t read, std::uint32_t version) {
  if (versions_.initial(version)) return true;
  const SessionStep& writer = versions_.steps[versions_.writers[version]];
  const std::uint32_t column = column_of_[writer.session];
  return column != none && row(read)[column] > writer.place;
}

// The first read that a version precedes; pre: it precedes `most`.
std::size_t SessionViews::level(std::uint32_t version, std::size_t most) {
  std::size_t low = 0, high = most;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (covers(middle, version)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

bool SessionViews::judge(std::uint32_t session, Watch& watch,
                         std::optional<ViewConflict>& conflict) {
  session_ = session;
  conflict_.reset();
  orders_.clear();
  earlier_.clear();
  number_columns(session);
  if (reads_.empty()) return true;
  if (!watch.affords(versions_.bytes() + reads_.size() * columns_.size() * 4)) return false;
  fill_rows(session);
  for (std::size_t read = 0; read < reads_.size() && !conflict_; ++read) {
    // Its own past would have to hold what comes later in its own session.
    if (row(read)[0] > versions_.steps[reads_[read]].place) blame(read, none, std::nullopt);
  }
  for (bool changed = true; changed && !conflict_;) {
    changed = false;
    if (!pass(watch, changed)) break;
    if (watch.look()) return false;
  }
  if (!conflict_ && !judge_blocks(watch)) return false;
  if (conflict_) {
    // What this pass had not come to again was forced in the one before.
    orders_.insert(orders_.end(), earlier_.begin(), earlier_.end());
    std::sort(orders_.begin(), orders_.end());
    orders_.erase(std::unique(orders_.begin(), orders_.end()), orders_.end());
    conflict_->orders = orders_;
  }
  conflict = std::move(conflict_);
  return !watch.look();
}

bool SessionViews::pass(Watch& watch, bool& changed) {
  earlier_.swap(orders_);
  orders_.clear();
  ++pass_;
  for (std::size_t read = 0; read < reads_.size(); ++read) {
    if (watch.spent()) return false;
    const bool listed = versions_.listed[versions_.steps[reads_[read]].key];
    if (!(listed ? judge_list(read, changed) : judge_register(read, changed))) return false;
  }
  return true;
}

// What the session's last read of the key knew of comes before what that returned, and that before
// what this one did, so that only what is known since has to be looked at.
bool SessionViews::judge_register(std::size_t read, bool& changed) {
  const SessionStep& step = versions_.steps[reads_[read]];
  const bool initial = versions_.initial(step.read);
  Met& last = last_[step.key];
  if (!initial && last.pass == pass_ && last.count != step.read &&
      !force(last.count, step.read, read, changed))
    return false;
  const std::span<const std::uint32_t> known = row(read);
  for (std::uint32_t group = writes_.first_group(step.key); group < writes_.end_group(step.key);
       ++group) {
    const std::uint32_t column = column_of_[writes_.session_of(group)];
    if (column == none) continue;
    Met& met = met_[group];
    if (met.pass != pass_) met = {pass_, 0};
    const auto count = static_cast<std::uint32_t>(writes_.among(group, known[column], met.count));
    const bool news = count != met.count;
    met.count = count;
    if (initial && count != 0) {
      blame(read, writes_.group(group)[count - 1], std::nullopt);
      return false;
    }
    if (!news || writes_.group(group)[count - 1] == step.read) continue;
    if (!force(writes_.group(group)[count - 1], step.read, read, changed)) return false;
  }
  if (!initial) last = {pass_, step.read};
  return true;
}

bool SessionViews::judge_list(std::size_t read, bool& changed) {
  const SessionStep& step = versions_.steps[reads_[read]];
  const std::vector<std::uint32_t> list = lists_.of(step);
  ++holding_;
  for (const std::uint32_t version : list) {
    if (held_[version] == holding_) {
      blame(read, version, std::nullopt);  // twice
      return false;
    }
    held_[version] = holding_;
  }
  for (std::uint32_t group = writes_.first_group(step.key); group < writes_.end_group(step.key);
       ++group) {
    const std::uint32_t column = column_of_[writes_.session_of(group)];
    if (column == none) continue;
    const std::size_t count = writes_.among(group, row(read)[column]);
    for (const std::uint32_t version : writes_.group(group).first(count)) {
      if (held_[version] == holding_) continue;
      blame(read, version, std::nullopt);
      return false;
    }
  }
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (!force(list[i - 1], list[i], read, changed)) return false;
  }
  return true;
}

// `from` comes before `to`, both before the read.
bool SessionViews::force(std::uint32_t from, std::uint32_t to, std::size_t read, bool& changed) {
  const Ordered order{from, to, reads_[read]};
  if (before(from, to)) return true;
  if (before(to, from)) {
    blame(read, none, order);
    return false;
  }
  orders_.push_back(order);
  for (std::size_t first = level(to, read); first <= read && !covers(first, from); ++first) {
    join(row(first), from);
    changed = true;
    if (row(first)[0] <= versions_.steps[reads_[first]].place) continue;
    blame(read, none, order);
    return false;
  }
  return true;
}

// At the fixed point a cycle lies among versions that the same read is the first to know.
bool SessionViews::judge_blocks(Watch& watch) {
  struct Edge {
    std::size_t level;
    Ordered order;
  };
  std::vector<Edge> edges;
  std::sort(orders_.begin(), orders_.end());
  orders_.erase(std::unique(orders_.begin(), orders_.end(),
                            [](const Ordered& a, const Ordered& b) {
                              return a.from == b.from && a.to == b.to;
                            }),
                orders_.end());
  for (const Ordered& order : orders_) {
    const std::size_t at = level(order.to, reads_.size() - 1);
    if (level(order.from, reads_.size() - 1) == at) edges.push_back({at, order});
  }
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return a.level < b.level; });
  // Depth first over the edges of a level; an edge leads to those that begin at or after its end.
  std::vector<std::uint8_t> state(edges.size(), 0);
  std::vector<std::pair<std::size_t, std::size_t>> stack;  // an edge, and the next to try
  for (std::size_t from = 0, to = 0; from < edges.size(); from = to) {
    while (to < edges.size() && edges[to].level == edges[from].level) ++to;
    for (std::size_t root = from; root < to; ++root) {
      if (state[root] != 0) continue;
      stack.assign(1, {root, from});
      state[root] = 1;
      while (!stack.empty()) {
        auto& [edge, next] = stack.back();
        if (watch.spent()) return false;
        if (next == to) {
          state[edge] = 2;
          stack.pop_back();
          continue;
        }
        const std::size_t other = next++;
        if (state[other] == 2) continue;
        const std::uint32_t end = edges[edge].order.to, start = edges[other].order.from;
        if (end != start && !before(end, start)) continue;
        if (state[other] == 1) {
          blame(0, none, edges[edge].order);
          return true;
        }
        state[other] = 1;
        stack.emplace_back(other, from);
      }
    }
  }
  return true;
}

void SessionViews::blame(std::size_t read, std::uint32_t version, std::optional<Ordered> closing) {
  const std::uint32_t step = closing ? closing->read : reads_[read];
  conflict_ = ViewConflict{session_, step, version, closing, {}};
}

}  // namespace tribunal
