#include "clients/quorum/server/levels/gossiped.h"

#include <algorithm>

#include "clients/quorum/server/replication/gather.h"

namespace tribunal::quorum {

using nlohmann::json;

GossipedLevel::GossipedLevel(const Settings& settings, std::uint64_t life, Peers& peers)
    : settings_(settings),
      self_(origin_of(settings.index, life)),
      peers_(peers),
      store_(settings),
      clock_(settings, self_),
      theirs_(settings.nodes.size()),
      log_(settings.data / "log", settings.durability, [this](const json& record) {
        const Update update = update_from(record);
        keep(update, {});
        deliver(update);
      }) {
  for (std::size_t node = 0; node < settings.nodes.size() && settings.gossip.count() > 0; ++node) {
    if (node == settings.index) continue;
    gossip_.emplace_back([this, node](const std::stop_token& stop) { pass_on(node, stop); });
  }
}

GossipedLevel::~GossipedLevel() = default;

// ---- sessions

GossipedLevel::Token GossipedLevel::token_from(const json& text) {
  if (text.is_null()) return {};
  return {Seen::from_json(text.at("reads")), Seen::from_json(text.at("writes")),
          text.at("clock").get<std::uint64_t>()};
}

json GossipedLevel::to_json(const Token& token) {
  return {
      {"reads", token.reads.to_json()}, {"writes", token.writes.to_json()}, {"clock", token.clock}};
}

// Until this node has applied what the session must find here.
void GossipedLevel::await(std::unique_lock<std::mutex>& lock, const Seen& needed,
                          const Request& request) {
  if (request.reach == Reach::local) return;
  if (!changed_.wait_until(lock, request.deadline, [&] { return applied_.covers(needed); }))
    throw Refusal(503, "this node is behind the session");
}

// A sticky session brings no token: the node goes by what it has applied itself.
Seen GossipedLevel::needed_by_write(const Token& token) const {
  const bool sticky = settings_.sessions == Sessions::sticky;
  Seen needed;
  if (settings_.writes_follow_reads == Switch::on) needed.merge(sticky ? applied_ : token.reads);
  if (settings_.monotonic_writes != Switch::on) return needed;
  if (!sticky) {
    needed.merge(token.writes);
  } else if (last_ > 0) {
    needed.add({self_, last_});
  }
  return needed;
}

Reading GossipedLevel::read(const Request& request) {
  Token token = token_from(request.token);
  std::unique_lock lock(mutex_);
  Seen needed;
  if (settings_.read_your_writes == Switch::on) needed.merge(token.writes);
  if (settings_.monotonic_reads == Switch::on) needed.merge(token.reads);
  await(lock, needed, request);
  Reading reading;
  reading.object = store_.read(request.object);
  if (settings_.sessions == Sessions::sticky) return reading;
  token.reads.merge(applied_);
  token.clock = std::max(token.clock, clock_.now());
  reading.token = to_json(token);
  return reading;
}

Written GossipedLevel::write(const Request& request) {
  if (request.expected) throw Refusal(409, "compare-and-set is not served at this level");
  Token token = token_from(request.token);
  std::unique_lock lock(mutex_);
  Update update;
  update.needs = needed_by_write(token);
  if (settings_.sessions == Sessions::tokens) await(lock, update.needs, request);
  clock_.witness({token.clock, 0});
  update.dot = {self_, ++last_};
  update.stamp = clock_.next();
  update.object = request.object;
  update.effect = request.effect;
  update.value = request.value;
  if (settings_.conflicts != Conflicts::newest && request.object.kind == Kind::reg) {
    update.context = applied_;
    update.context.merge(token.reads);
    update.context.merge(token.writes);
    update.context.add(update.dot);
  }
  keep(update, ship_time());
  log(update);
  deliver(update);
  const std::uint64_t ticket = log_.last();
  lock.unlock();
  log_.await(ticket);
  Written written;
  if (settings_.sessions == Sessions::sticky) return written;
  token.writes.add(update.dot);
  token.clock = std::max(token.clock, update.stamp.counter);
  written.token = to_json(token);
  return written;
}

// One of the bugs lets an acknowledged update wait until its log is written.
Clock::time_point GossipedLevel::ship_time() const {
  return settings_.has(Bug::lost_on_crash) ? Clock::now() + Milliseconds(500) : Clock::time_point{};
}

// ---- updates

void GossipedLevel::keep(const Update& update, Clock::time_point ship_at) {
  kept_[update.dot.origin].emplace(update.dot.number, Kept{update, ship_at});
}

void GossipedLevel::log(const Update& update) { log_.append(quorum::to_json(update)); }

void GossipedLevel::deliver(const Update& update) {
  clock_.witness(update.stamp);
  applied_.add(update.dot);
  // Taken as applied, and so never sent again: what was dropped here stays missing.
  const bool dropped =
      settings_.has(Bug::never_repaired) && update.dot.origin != self_ && chance_.one_in(12);
  if (!dropped) store_.apply(update);
  changed_.notify_all();
}

void GossipedLevel::deliver_pending() {
  for (bool progress = true; progress;) {
    progress = false;
    for (auto at = pending_.begin(); at != pending_.end();) {
      if (!applied_.covers(at->second.needs)) {
        ++at;
        continue;
      }
      keep(at->second, {});
      log(at->second);
      deliver(at->second);
      at = pending_.erase(at);
      progress = true;
    }
  }
}

json GossipedLevel::receive(const std::string& name, const json& message) {
  if (name == "updates") return take_updates(message);
  if (name == "hello") return json::object();
  throw std::invalid_argument("no such message");
}

json GossipedLevel::take_updates(const json& message) {
  std::vector<Update> updates;
  for (const auto& entry : message.at("updates")) updates.push_back(update_from(entry));
  Seen seen;
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    for (Update& update : updates) {
      if (!applied_.contains(update.dot)) pending_.emplace(update.dot, std::move(update));
    }
    deliver_pending();
    seen = applied_;
    for (const auto& [dot, update] : pending_) seen.add(dot);  // they need not come again
    ticket = log_.last();
  }
  log_.await(ticket);
  return {{"seen", seen.to_json()}};
}

bool GossipedLevel::ready(Clock::time_point deadline) {
  std::vector<std::size_t> all;
  for (std::size_t node = 0; node < settings_.nodes.size(); ++node) all.push_back(node);
  const auto gathered =
      gather(peers_, {"/peer/hello", json::object(), all, all.size() / 2 + 1, deadline},
             [](const json&) { return json::object(); });
  return gathered.enough;
}

json GossipedLevel::applied() {
  const std::scoped_lock lock(mutex_);
  return {{"applied", applied_.to_json()},
          {"digest", store_.digest()},
          {"unmerged", store_.unmerged()}};
}

Store::Previous GossipedLevel::previous(const ObjectId& id) {
  const std::scoped_lock lock(mutex_);
  return store_.previous(id);
}

}  // namespace tribunal::quorum
