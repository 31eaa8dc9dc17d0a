#include "checkers/linearizability/search.h"

#include <algorithm>
#include <memory>

#include "checkers/lanes.h"
#include "checkers/linearizability/share.h"

namespace tribunal {
namespace {

// Entries, what is open of them, and that a lost one is to retire.
constexpr std::size_t bytes_an_entry = sizeof(Entry) + 8 + sizeof(SearchEvent);
constexpr std::size_t most_taken_up = 2048;  // in a pass
constexpr std::size_t most_shares = 32;

template <std::size_t words>
class Search {
 public:
  Search(StateSpace& space, const SearchTask& task, Watch& watch)
      : space_(space), task_(task), watch_(watch), scene_(space, task, watch) {
    scene_.held = task.entries.size() * bytes_an_entry;
    shares_.push_back(std::make_unique<OneShare>(scene_, space_, watch_, 0));
  }

  SearchResult run();

 private:
  using Answer = SearchResult::Answer;
  using Item = Configuration<words>;
  using OneShare = Share<words>;

  void walk();
  bool complete(const Slot& goal);
  bool retire(const Slot& slot);
  void look_again(const Slot& slot);
  void keep_states();
  void tell(std::uint32_t event);

  bool may_share() const { return task_.spare != nullptr && task_.most_steps == UINT64_MAX; }
  bool worth_spreading(std::size_t pending) const {
    return may_share() && pending >= task_.crowd && shares_[0]->completed() < 16 * task_.crowd &&
           task_.spare->now() > 0;
  }
  void own_by(std::size_t shares);
  void choose_owners();
  void spread();
  void exchange(std::size_t much);
  bool advance();
  // Works on all shares, by several threads if there is much to do.
  template <class Work>
  void pass(std::size_t much, const Work& work);
  // Calls with each possible configuration.
  template <class Call>
  void each(const Call& call) const;
  std::size_t total(std::size_t (OneShare::*size)() const) const;
  std::size_t possible() const;

  StateSpace& space_;
  const SearchTask& task_;
  Watch& watch_;
  SearchResult result_;
  Scene<words> scene_;
  std::vector<std::unique_ptr<OneShare>> shares_;  // the first scene_.owners of them in use
};

template <std::size_t words>
template <class Call>
void Search<words>::each(const Call& call) const {
  for (const auto& share : shares_) {
    const Layer<words>& frontier = share->frontier();
    for (std::size_t i = 0; i < frontier.size(); ++i) {
      if (!call(frontier.at(i))) return;
    }
  }
}

template <std::size_t words>
std::size_t Search<words>::total(std::size_t (OneShare::*size)() const) const {
  std::size_t sum = 0;
  for (const auto& share : shares_) sum += ((*share).*size)();
  return sum;
}

template <std::size_t words>
std::size_t Search<words>::possible() const {
  std::size_t sum = 0;
  for (const auto& share : shares_) sum += share->frontier().size();
  return sum;
}

template <std::size_t words>
template <class Work>
void Search<words>::pass(std::size_t much, const Work& work) {
  const std::size_t owners = scene_.owners;
  const std::size_t lanes = owners == 1 || much < task_.crowd / 4 ? 1 : 1 + task_.spare->now();
  in_lanes(std::min(lanes, owners), owners,
           [&](std::size_t, std::size_t share) { work(*shares_[share]); });
}

template <std::size_t words>
void Search<words>::own_by(std::size_t shares) {
  while (shares_.size() < shares) {
    shares_.push_back(std::make_unique<OneShare>(scene_, space_, watch_, shares_.size()));
    shares_.back()->view_through(space_.view());
  }
  scene_.owners = shares;
}

// Before a pass over all possible configurations.
template <std::size_t words>
void Search<words>::choose_owners() {
  const bool shared = may_share() && possible() >= task_.crowd && task_.spare->now() > 0;
  own_by(shared ? std::min(task_.spare->threads(), most_shares) : 1);
}

// Divides among all shares what the first one has found so far at this completion.
template <std::size_t words>
void Search<words>::spread() {
  OneShare found(scene_, space_, watch_, 0);
  shares_[0]->move_into(found);
  shares_[0]->count_bytes();
  found.count_bytes();
  own_by(std::min(task_.spare->threads(), most_shares));
  const Slot& goal = *shares_[0]->goal();
  pass(task_.crowd, [&](OneShare& share) {
    share.begin(goal);
    share.inherit_from(found);
  });
}

template <std::size_t words>
void Search<words>::exchange(std::size_t much) {
  if (scene_.owners == 1) return;
  pass(much, [&](OneShare& share) {
    for (std::size_t i = 0; i < scene_.owners; ++i) share.receive_from(*shares_[i]);
  });
}

// What was found at a completion is what is possible now. False: nothing is.
template <std::size_t words>
bool Search<words>::advance() {
  for (const auto& share : shares_) share->advance();
  return possible() != 0;
}

template <std::size_t words>
void Search<words>::look_again(const Slot& slot) {
  for (const auto& share : shares_) {
    Layer<words>& frontier = share->frontier();
    for (std::size_t i = 0; i < frontier.size(); ++i) {
      Item& item = frontier.at(i);
      if (space_.after(item.state, slot.move) != StateSpace::illegal)
        Outdoing<words>::set(item, slot);
    }
  }
}

// Takes up every configuration from which the goal can take effect now. False when there is none,
// or the budget is spent.
template <std::size_t words>
bool Search<words>::complete(const Slot& goal) {
  scene_.order.look_at(scene_.open);
  choose_owners();
  for (const auto& share : shares_) share->begin(goal);
  pass(possible(), [&](OneShare& share) { share.meet_all(shares_); });
  exchange(possible());
  for (std::size_t pending = 1; !scene_.exhausted;) {
    pending = total(&OneShare::pending);
    if (pending == 0) break;
    if (scene_.owners == 1 && worth_spreading(pending)) spread();
    const bool to_be_spread = scene_.owners == 1 && pending < task_.crowd && may_share();
    const std::size_t enough = to_be_spread ? task_.crowd : SIZE_MAX;
    const std::uint64_t steps = total(&OneShare::steps);
    if (steps >= task_.most_steps) return false;
    const std::size_t most = std::min<std::uint64_t>(most_taken_up, task_.most_steps - steps);
    pass(pending, [&](OneShare& share) { share.take_up(most, enough); });
    exchange(pending);
  }
  if (scene_.exhausted) return false;
  if (advance()) return true;
  result_.answer = Answer::impossible;
  return false;
}

template <std::size_t words>
bool Search<words>::retire(const Slot& slot) {
  choose_owners();
  for (const auto& share : shares_) share->begin(slot);
  pass(possible(), [&](OneShare& share) { share.retire_all(shares_); });
  exchange(possible());
  return !scene_.exhausted && advance();
}

// Forgets the states that are no longer possible once most are not.
template <std::size_t words>
void Search<words>::keep_states() {
  constexpr std::size_t few_states = 4096, large = std::size_t{1} << 22;
  if (space_.states() < 4 * possible() + 64) return;
  if (space_.states() < few_states && space_.bytes() < large) return;
  if (!task_.starts.empty()) return;  // the asker will speak of these states again
  std::vector<std::uint32_t> alive, numbers(space_.states(), StateSpace::illegal);
  const auto renumber = [&](std::uint32_t state) {
    if (state == StateSpace::unseen) return state;
    if (numbers[state] == StateSpace::illegal) {
      numbers[state] = static_cast<std::uint32_t>(alive.size());
      alive.push_back(state);
    }
    return numbers[state];
  };
  for (Possibilities& told : result_.possibilities)
    std::transform(told.states.begin(), told.states.end(), told.states.begin(), renumber);
  for (const auto& share : shares_) share->renumber(renumber);
  space_.keep(alive);
  for (std::size_t i = 1; i < shares_.size(); ++i) shares_[i]->view_through(space_.view());
}

template <std::size_t words>
void Search<words>::tell(std::uint32_t event) {
  Possibilities all;
  all.event = event;
  each([&](const Item& item) {
    all.states.push_back(item.state);
    return true;
  });
  std::sort(all.states.begin(), all.states.end());
  if (all.states.back() == StateSpace::unseen) return;  // there is no telling
  all.states.erase(std::unique(all.states.begin(), all.states.end()), all.states.end());
  for (std::uint32_t entry = 0; entry < task_.entries.size(); ++entry) {
    const Entry& one = task_.entries[entry];
    if (one.began > event || (one.ended != Operation::never && one.ended <= event) ||
        !scene_.open.is_open(entry)) {
      continue;
    }
    const Slot& slot = scene_.open.of(entry);
    bool done = false, left = slot.optional;
    each([&](const Item& item) {
      const bool effective =
          slot.lost ? Outdoing<words>::field(item, slot) != 0 : Outdoing<words>::has(item, slot);
      done = done || effective || (slot.overwrites && slot.began < item.since);
      left = left || !effective;
      return !(done && left);
    });
    all.open.push_back(entry);
    all.may_be_done.push_back(done);
    all.may_be_left.push_back(left);
  }
  result_.possibilities.push_back(std::move(all));
}

// Passes the events one after the other.
template <std::size_t words>
void Search<words>::walk() {
  using Kind = SearchEvent::Kind;
  scene_.order.look_at(scene_.open);
  std::vector<std::uint32_t> starts = task_.starts;
  if (starts.empty()) starts.push_back(space_.start());
  shares_[0]->start(starts);
  auto look = task_.look_after.begin();
  SearchEvents events(task_.entries);
  while (const auto next = events.next()) {
    const SearchEvent event = *next;
    scene_.now = event.when;
    if (watch_.look()) return;
    if (event.kind == Kind::begin) {
      const Slot& slot = scene_.open.begin(event.entry);
      if (scene_.open.words() > words) return;
      ++result_.begun;
      if (slot.only_looks) look_again(slot);
      continue;
    }
    if (!scene_.open.is_open(event.entry)) continue;
    if (event.kind == Kind::end && space_.foresees()) events.looks_ahead(space_, scene_.ahead);
    if (event.kind == Kind::end && !complete(scene_.open.of(event.entry))) {
      result_.event = event.when;
      return;
    }
    const Slot slot = scene_.open.of(event.entry);
    scene_.open.end(event.entry);
    scene_.order.look_at(scene_.open);
    if (event.kind == Kind::retire && !retire(slot)) return;
    keep_states();
    while (look != task_.look_after.end() && *look < event.when) ++look;
    if (look != task_.look_after.end() && *look == event.when) tell(event.when);
  }
  result_.answer = Answer::linearizable;
}

template <std::size_t words>
SearchResult Search<words>::run() {
  result_.answer = Answer::spent;
  walk();
  for (const auto& share : shares_) share->count_bytes();
  result_.bytes = scene_.most_bytes;
  result_.steps = total(&OneShare::steps);
  if (scene_.exhausted && !watch_.look()) watch_.affords(result_.bytes);  // which says why
  return std::move(result_);
}

}  // namespace

SearchResult search(StateSpace& space, const SearchTask& task, Watch& watch) {
  SearchResult spent;
  spent.answer = SearchResult::Answer::spent;
  if (!watch.affords(task.entries.size() * bytes_an_entry)) return spent;
  const std::size_t open = widest(space, task.entries, most_open, watch);
  if (watch.spent()) return spent;
  if (open <= 64) return Search<1>(space, task, watch).run();
  if (open <= 128) return Search<2>(space, task, watch).run();
  if (open <= 192) return Search<3>(space, task, watch).run();
  if (open <= 1024) return Search<16>(space, task, watch).run();
  return Search<most_open / 64>(space, task, watch).run();
}

}  // namespace tribunal
