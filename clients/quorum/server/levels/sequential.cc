#include "clients/quorum/server/levels/sequential.h"

namespace tribunal::quorum {
namespace {

using nlohmann::json;

json to_json(const Request& request) {
  json message{{"object", quorum::to_json(request.object)},
               {"effect", std::string(1, static_cast<char>(request.effect))},
               {"value", request.value}};
  if (request.expected) message["expected"] = *request.expected;
  return message;
}

Request request_from(const json& message) {
  Request request;
  request.object = object_id_from(message.at("object"));
  request.effect = message.at("effect").get<std::string>() == "-" ? Effect::erases : Effect::puts;
  request.value = message.at("value").get<std::int64_t>();
  if (const auto at = message.find("expected"); at != message.end())
    request.expected = at->get<std::int64_t>();
  return request;
}

bool holds(const Object& object, std::int64_t value) {
  return !object.versions.empty() && object.versions.back().value == value;
}

}  // namespace

SequentialLevel::SequentialLevel(const Settings& settings, std::uint64_t life, Peers& peers)
    : settings_(settings),
      self_(origin_of(settings.index, life)),
      peers_(peers),
      store_(settings),
      log_(settings.data / "log", settings.durability,
           [this](const json& record) { apply(update_from(record)); }),
      follower_(sequences() ? std::jthread()
                            : std::jthread([this](const std::stop_token& stop) { follow(stop); })) {
}

SequentialLevel::~SequentialLevel() = default;

void SequentialLevel::apply(const Update& update) {
  entries_.push_back(update);
  store_.apply(update);
  changed_.notify_all();
}

void SequentialLevel::await(std::unique_lock<std::mutex>& lock, std::uint64_t place,
                            Clock::time_point deadline) {
  if (!changed_.wait_until(lock, deadline, [&] { return entries_.size() >= place; }))
    throw Refusal(503, "this node is behind the session");
}

Reading SequentialLevel::read(const Request& request) {
  std::unique_lock lock(mutex_);
  if (request.reach == Reach::promised && !request.token.is_null())
    await(lock, request.token.get<std::uint64_t>(), request.deadline);
  Reading reading;
  reading.object = store_.read(request.object);
  if (!reading.object.versions.empty()) reading.version = shown_stamp(reading.object).counter;
  std::uint64_t seen = entries_.size();
  if (!request.token.is_null()) seen = std::max(seen, request.token.get<std::uint64_t>());
  reading.token = seen;
  return reading;
}

Written SequentialLevel::write(const Request& request) {
  const std::uint64_t place = sequences() ? append(request) : forward(request);
  std::uint64_t seen = place;
  if (!request.token.is_null()) seen = std::max(seen, request.token.get<std::uint64_t>());
  return {seen, place};
}

// A session that has seen places which the sequencer lost has no successor there; only a broken log
// makes that.
std::uint64_t SequentialLevel::append(const Request& request) {
  std::uint64_t place = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (request.expected && !holds(store_.read(request.object), *request.expected))
      throw Refusal(409, "value did not match");
    place = entries_.size() + 1;
    const Update update{
        {self_, place}, {place, self_}, request.object, request.effect, request.value, {}, {}};
    log_.append(quorum::to_json(update));
    apply(update);
  }
  log_.await(log_.last());
  return place;
}

std::uint64_t SequentialLevel::forward(const Request& request) {
  const PeerAnswer answer = peers_.ask(sequencer, "/peer/append", to_json(request).dump());
  if (answer.way == PeerAnswer::Way::unsent) throw Refusal(503, "the sequencer is out of reach");
  if (answer.ok() && answer.body.contains("place"))
    return answer.body.at("place").get<std::uint64_t>();
  if (answer.way == PeerAnswer::Way::answered && answer.status == 409)
    throw Refusal(409, "value did not match");
  throw Refusal(504, "the sequencer did not answer");
}

json SequentialLevel::receive(const std::string& name, const json& message) {
  if (name == "append") return {{"place", append(request_from(message))}};
  if (name == "entries") return entries_after(message);
  if (name == "last") {
    const std::scoped_lock lock(mutex_);
    return {{"last", entries_.size()}};
  }
  throw std::invalid_argument("no such message");
}

// A follower says the place and the name of its last entry. One that the sequencer does not have
// there begins anew.
json SequentialLevel::entries_after(const json& message) {
  constexpr std::size_t most = 1000;
  constexpr Milliseconds patience{80};
  auto after = message.at("after").get<std::uint64_t>();
  const auto origin = message.at("origin").get<Origin>();
  std::unique_lock lock(mutex_);
  const bool same =
      after == 0 || (after <= entries_.size() && entries_[after - 1].dot.origin == origin);
  if (!same) after = 0;
  if (same)
    changed_.wait_until(lock, Clock::now() + patience, [&] { return entries_.size() > after; });
  json entries = json::array();
  for (std::size_t i = after; i < entries_.size() && entries.size() < most; ++i)
    entries.push_back(quorum::to_json(entries_[i]));
  return {{"after", after}, {"entries", std::move(entries)}};
}

void SequentialLevel::follow(const std::stop_token& stop) {
  std::mutex sleeping;
  std::condition_variable_any wake;
  std::unique_lock lock(sleeping);
  while (!stop.stop_requested()) {
    json message;
    {
      const std::scoped_lock guard(mutex_);
      message = {{"after", entries_.size()},
                 {"origin", entries_.empty() ? 0 : entries_.back().dot.origin}};
    }
    const PeerAnswer answer = peers_.ask(sequencer, "/peer/entries", message.dump());
    try {
      if (answer.ok()) {
        take_entries(answer.body);
        continue;
      }
    } catch (const json::exception&) {  // no answer of ours
    }
    wake.wait_for(lock, stop, Milliseconds(20), [] { return false; });
  }
}

void SequentialLevel::take_entries(const json& answer) {
  const auto after = answer.at("after").get<std::uint64_t>();
  std::vector<Update> updates;
  for (const auto& entry : answer.at("entries")) updates.push_back(update_from(entry));
  const std::scoped_lock lock(mutex_);
  if (after == 0 && !entries_.empty()) {
    entries_.clear();
    store_.clear();
    log_.clear();
  }
  for (const Update& update : updates) {
    log_.append(quorum::to_json(update));
    if (settings_.has(Bug::never_repaired) && chance_.one_in(12)) {
      entries_.push_back(update);  // followed, and without effect here
    } else {
      apply(update);
    }
  }
  changed_.notify_all();
}

bool SequentialLevel::ready(Clock::time_point deadline) {
  std::uint64_t last = 0;
  if (!sequences()) {
    const PeerAnswer answer = peers_.ask(sequencer, "/peer/last", "{}");
    if (!answer.ok() || !answer.body.contains("last")) return false;
    last = answer.body.at("last").get<std::uint64_t>();
  }
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return entries_.size() >= last; });
}

json SequentialLevel::applied() {
  const std::scoped_lock lock(mutex_);
  Seen applied;
  for (const Update& entry : entries_) applied.add(entry.dot);
  return {
      {"applied", applied.to_json()}, {"digest", store_.digest()}, {"unmerged", store_.unmerged()}};
}

Store::Previous SequentialLevel::previous(const ObjectId& id) {
  const std::scoped_lock lock(mutex_);
  return store_.previous(id);
}

}  // namespace tribunal::quorum
