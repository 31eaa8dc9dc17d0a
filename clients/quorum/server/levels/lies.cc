#include "clients/quorum/server/levels/lies.h"

#include <limits>

#include "clients/quorum/server/levels/gossiped.h"
#include "clients/quorum/server/levels/quorum.h"
#include "clients/quorum/server/levels/sequential.h"

namespace tribunal::quorum {
namespace {

bool lies_at_the_door(Bug bug) {
  return bug == Bug::stale_read || bug == Bug::lost_update || bug == Bug::dirty_read ||
         bug == Bug::non_monotonic_session || bug == Bug::duplicate_on_retry ||
         bug == Bug::reordered_write;
}

std::unique_ptr<Level> honest_level(const Settings& settings, std::uint64_t life, Peers& peers) {
  if (settings.level == LevelName::linearizable)
    return std::make_unique<QuorumLevel>(settings, life, peers);
  if (settings.level == LevelName::sequential)
    return std::make_unique<SequentialLevel>(settings, life, peers);
  return std::make_unique<GossipedLevel>(settings, life, peers);
}

// Whether the session wrote this itself, as far as its token tells.
bool is_own(const Dot& dot, const nlohmann::json& token) {
  if (!token.is_object() || !token.contains("writes")) return false;
  return Seen::from_json(token.at("writes")).contains(dot);
}

}  // namespace

std::unique_ptr<Level> make_level(const Settings& settings, std::uint64_t life, Peers& peers) {
  auto level = honest_level(settings, life, peers);
  if (!lies_at_the_door(settings.bug)) return level;
  return std::make_unique<LyingLevel>(settings, std::move(level));
}

Reading LyingLevel::read(const Request& request) {
  Request asked = request;
  if (bug_ == Bug::stale_read) asked.reach = Reach::local;
  Reading reading = honest_->read(asked);
  if (bug_ == Bug::non_monotonic_session && chance_.one_in(5)) go_back(request, reading);
  if (bug_ == Bug::dirty_read) show_uncommitted(request, reading);
  return reading;
}

// To what was before someone else's last change, a short while ago: the session's own writes stay
// visible, as far as its token tells, and what has come to rest is told as it is.
void LyingLevel::go_back(const Request& request, Reading& reading) {
  const Store::Previous previous = honest_->previous(request.object);
  constexpr Milliseconds a_while{500};
  if (previous.object == Object{} || Clock::now() - previous.changed_at > a_while ||
      is_own(previous.changed_by, request.token))
    return;
  reading.object = previous.object;
  reading.version.reset();
}

Written LyingLevel::write(const Request& request) {
  if (bug_ == Bug::lost_update && chance_.one_in(8)) return {request.token, std::nullopt};
  if (bug_ == Bug::dirty_read && chance_.one_in(8)) abort_after_a_while(request);
  if (bug_ == Bug::reordered_write && chance_.one_in(5)) {
    write_later(request);
    return {request.token, std::nullopt};
  }
  Written written = honest_->write(request);
  if (bug_ == Bug::duplicate_on_retry && chance_.one_in(6)) {
    // The answer is taken for lost, and the write sent again.
    std::this_thread::sleep_for(Milliseconds(10));
    Request again = request;
    again.token = written.token;
    written = honest_->write(again);
  }
  return written;
}

// Acknowledged now, and carried out behind what comes after it.
void LyingLevel::write_later(const Request& request) {
  static constexpr Milliseconds delay{80}, patience{400};
  later_.at(Clock::now() + delay, [this, late = Request(request)]() mutable {
    late.deadline = Clock::now() + patience;
    try {
      honest_->write(late);
    } catch (const Refusal&) {  // acknowledged long ago
    }
  });
}

void LyingLevel::abort_after_a_while(const Request& request) {
  std::list<Request>::iterator mine;
  {
    const std::scoped_lock lock(mutex_);
    mine = uncommitted_.insert(uncommitted_.end(), request);
  }
  std::this_thread::sleep_for(Milliseconds(60));
  const std::scoped_lock lock(mutex_);
  uncommitted_.erase(mine);
  throw Refusal(409, "aborted");
}

void LyingLevel::show_uncommitted(const Request& request, Reading& reading) {
  const std::scoped_lock lock(mutex_);
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max() - uncommitted_.size();
  for (const Request& write : uncommitted_) {
    if (write.object != request.object) continue;
    Update update{{std::numeric_limits<Origin>::max(), 1},
                  {++last, 0},
                  write.object,
                  write.effect,
                  write.value,
                  {},
                  {}};
    if (write.object.kind == Kind::reg) reading.object.versions.clear();
    apply(reading.object, update, Conflicts::newest);
    reading.version.reset();
  }
}

}  // namespace tribunal::quorum
