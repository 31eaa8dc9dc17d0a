#include "clients/quorum/server/levels/quorum.h"

#include <algorithm>

namespace tribunal::quorum {
namespace {

using nlohmann::json;

json state_message(const ObjectId& id, const Object& state) {
  return {{"states", json::array({json::array({to_json(id), to_json(state)})})}};
}

std::vector<std::pair<ObjectId, Object>> states_from(const json& message) {
  std::vector<std::pair<ObjectId, Object>> states;
  for (const auto& entry : message.at("states"))
    states.emplace_back(object_id_from(entry.at(0)), object_from(entry.at(1)));
  return states;
}

}  // namespace

QuorumLevel::QuorumLevel(const Settings& settings, std::uint64_t life, Peers& peers)
    : settings_(settings),
      self_(origin_of(settings.index, life)),
      peers_(peers),
      store_(settings),
      clock_(settings, self_),
      hints_(settings.nodes.size()),
      log_(settings.data / "log", settings.durability,
           [this](const json& record) {
             for (const auto& [id, state] : states_from(record)) {
               store_.join(id, state);
               clock_.witness(largest_stamp(state));
             }
           }),
      maintenance_([this](const std::stop_token& stop) { maintain(stop); }) {}

QuorumLevel::~QuorumLevel() = default;

// ---- placement

std::vector<std::size_t> QuorumLevel::replicas_of(const ObjectId& id) const {
  const std::size_t all = settings_.nodes.size();
  const std::size_t first = static_cast<std::uint64_t>(id.key) % all;
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < settings_.replicas; ++i) nodes.push_back((first + i) % all);
  return nodes;
}

bool QuorumLevel::is_replica(std::size_t node, const ObjectId& id) const {
  const auto nodes = replicas_of(id);
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

// ---- reads

Reading QuorumLevel::read(const Request& request) {
  if (request.object.kind == Kind::list) throw Refusal(409, "lists are not served at this level");
  if (request.reach == Reach::local) return {local(request.object)};
  std::vector<Object> found;
  Object state = collect(request, found);
  if (settings_.write_back == Switch::on) {
    settle(request, state, std::move(found));
  } else if (settings_.read_repair == Switch::on && !settings_.has(Bug::never_repaired)) {
    const auto behind = [&](const Object& one) { return !(one == state); };
    if (std::any_of(found.begin(), found.end(), behind)) {
      later_.at(Clock::now(), [this, id = request.object, state] {
        for (const std::size_t node : replicas_of(id))
          if (node != settings_.index)
            peers_.post(node, "/peer/merge", state_message(id, state).dump(), [](const auto&) {});
      });
    }
  }
  Reading reading;
  if (request.object.kind == Kind::reg) reading.version = version_of(shown_stamp(state));
  reading.object = std::move(state);
  return reading;
}

Gathered QuorumLevel::ask(const std::string& name, const json& message, const Request& request,
                          std::size_t enough) {
  return gather(peers_,
                {"/peer/" + name, message, replicas_of(request.object), enough, request.deadline},
                [&](const json& question) { return receive(name, question); });
}

Object QuorumLevel::collect(const Request& request, std::vector<Object>& found) {
  const auto gathered =
      ask("get", {{"object", to_json(request.object)}}, request, settings_.read_quorum);
  if (!gathered.enough) throw Refusal(503, "no quorum to read from");
  Object state;
  for (const auto& [node, answer] : gathered.answers) {
    found.push_back(object_from(answer));
    join(state, found.back(), settings_.conflicts);
  }
  return state;
}

// Until a quorum of replicas hold exactly `state`, which grows on the way.
void QuorumLevel::settle(const Request& request, Object& state, std::vector<Object> found) {
  const bool plain = request.object.kind == Kind::reg;
  const std::size_t enough =
      plain ? settings_.write_quorum : std::max(settings_.read_quorum, settings_.write_quorum);
  while (true) {
    const auto holders = std::count(found.begin(), found.end(), state);
    if (static_cast<std::size_t>(holders) >= enough) return;
    const auto gathered = ask("merge", state_message(request.object, state), request, enough);
    if (!gathered.enough) throw Refusal(503, "no quorum to write back to");
    if (plain) return;
    found.clear();
    Object grown = state;
    for (const auto& [node, answer] : gathered.answers) {
      found.push_back(object_from(answer.at("state")));
      join(grown, found.back(), settings_.conflicts);
    }
    state = std::move(grown);
    if (Clock::now() >= request.deadline) throw Refusal(503, "no agreement within the deadline");
  }
}

// ---- writes

Written QuorumLevel::write(const Request& request) {
  if (request.object.kind == Kind::list || request.expected)
    throw Refusal(409, request.expected ? "compare-and-set is not served at this level"
                                        : "lists are not served at this level");
  Stamp stamp;
  const Object delta = change(request, stamp);
  return spread(request, delta, stamp);
}

Stamp QuorumLevel::next_stamp(const Request& request) {
  std::uint64_t largest = 0;
  if (settings_.stamps == StampSource::logical) {
    const auto gathered =
        ask("stamp", {{"object", to_json(request.object)}}, request, settings_.read_quorum);
    if (!gathered.enough) throw Refusal(503, "no quorum to ask for the last write");
    for (const auto& [node, answer] : gathered.answers)
      largest = std::max(largest, answer.at("counter").get<std::uint64_t>());
  }
  const std::scoped_lock lock(mutex_);
  clock_.witness({largest, 0});
  return clock_.next();
}

// What the write adds to the state of its object. Parts of a counter are this node's own, and so
// known here without asking.
Object QuorumLevel::change(const Request& request, Stamp& stamp) {
  Object delta;
  if (request.object.kind != Kind::counter) {
    stamp = next_stamp(request);
    const Update update{{self_, 0}, stamp, request.object, request.effect, request.value, {}, {}};
    apply(delta, update, settings_.conflicts);
    return delta;
  }
  const std::scoped_lock lock(mutex_);
  const auto& parts = store_.read(request.object).parts;
  const auto mine = parts.find(self_);
  Object::Part part = mine == parts.end() ? Object::Part{} : mine->second;
  ++part.count;
  part.sum += request.value;
  delta.parts[self_] = part;
  store_.join(request.object, delta);
  log_.append(state_message(request.object, delta));
  return delta;
}

Written QuorumLevel::spread(const Request& request, const Object& delta, Stamp stamp) {
  const auto gathered = gather(
      peers_,
      {"/peer/merge", state_message(request.object, delta), replicas_of(request.object),
       settings_.write_quorum, request.deadline},
      [&](const json& message) { return merge(message); },
      [this, id = request.object, delta](std::size_t node) { note_hint(node, id, delta); });
  if (gathered.enough) return written(stamp);
  if (!gathered.reached && settings_.hand_off == Switch::off &&
      request.object.kind != Kind::counter)
    throw Refusal(503, "no replica could be reached");
  throw Refusal(504, "too few replicas acknowledged the write");
}

Written QuorumLevel::written(Stamp stamp) const { return {nullptr, version_of(stamp)}; }

// A larger stamp is a newer version of its register; a clock's stamps would not fit.
std::optional<std::uint64_t> QuorumLevel::version_of(Stamp stamp) const {
  if (stamp.counter == 0 || settings_.stamps != StampSource::logical) return std::nullopt;
  return (stamp.counter << 20) | (stamp.origin & 0xfffff);
}

// ---- as a replica

Object QuorumLevel::local(const ObjectId& id) {
  const std::scoped_lock lock(mutex_);
  return store_.read(id);
}

Store::Previous QuorumLevel::previous(const ObjectId& id) {
  const std::scoped_lock lock(mutex_);
  return store_.previous(id);
}

void QuorumLevel::take(const std::vector<std::pair<ObjectId, Object>>& states) {
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, state] : states) {
      clock_.witness(largest_stamp(state));
      if (store_.join(id, state)) log_.append(state_message(id, state));
    }
    ticket = log_.last();  // what is not new may still be on its way to the disk
  }
  log_.await(ticket);
}

json QuorumLevel::receive(const std::string& name, const json& message) {
  if (name == "get") return to_json(local(object_id_from(message.at("object"))));
  if (name == "stamp")
    return {{"counter", largest_stamp(local(object_id_from(message.at("object")))).counter}};
  if (name == "merge") return merge(message);
  if (name == "compare") return compare(message);
  throw std::invalid_argument("no such message");
}

json QuorumLevel::merge(const json& message) {
  const auto states = states_from(message);
  take(states);
  if (states.size() != 1 || states[0].first.kind == Kind::reg) return json::object();
  return {{"state", to_json(local(states[0].first))}};
}

bool QuorumLevel::ready(Clock::time_point deadline) {
  Request request;
  request.deadline = deadline;
  for (std::size_t key = 0; key < settings_.nodes.size(); ++key) {
    request.object.key = static_cast<std::int64_t>(key);  // one for each group of replicas
    try {
      std::vector<Object> found;
      collect(request, found);
    } catch (const Refusal&) {
      return false;
    }
    if (settings_.replicas == settings_.nodes.size()) break;
  }
  return true;
}

json QuorumLevel::applied() {
  const std::scoped_lock lock(mutex_);
  return {{"digest", store_.digest()}, {"unmerged", store_.unmerged()}};
}

}  // namespace tribunal::quorum
