#include "clients/etcd/watch.h"

#include <fmt/format.h>

#include <charconv>

namespace tribunal {
namespace {

std::string marker_key(Key key) { return group_prefix(key) + "marker"; }

std::optional<Int> whole_number(std::string_view text) {
  Int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Whatever came, since a change of another group is for the checker to see: its register is the
// last part of its key, -1 where that is no number.
GroupChange change_of(const WatchEvent& event) {
  const std::string_view key = event.pair.key;
  GroupChange change{
      event.pair.modified, whole_number(key.substr(key.rfind('/') + 1)).value_or(-1), {}};
  if (!event.erased) change.value = whole_number(event.pair.value);
  return change;
}

class GroupFollower {
 public:
  GroupFollower(Dialogue& etcd, WatchGroup call, Bookmark bookmark)
      : etcd_(etcd), call_(std::move(call)), bookmark_(bookmark), marker_(marker_key(call_.key)) {}

  WatchGroup run() {
    const KeyRange range = with_prefix(group_prefix(call_.key));
    const auto more = bookmark_ == Bookmark::progress ? ask_progress : std::string_view();
    while (!call_.version)
      etcd_.watch(watch_body(range, call_.from, more),
                  [this](const WatchAnswer& answer) { return take(answer); });
    return std::move(call_);
  }

 private:
  Wants take(const WatchAnswer& answer) {
    if (answer.canceled) return begin_later(answer);
    if (answer.created) {
      if (bookmark_ == Bookmark::marker && !marked_) marked_ = etcd_.put(marker_, "");
      return Wants::more;
    }
    if (answer.events.empty()) return progress(answer);
    for (const WatchEvent& event : answer.events) {
      if (event.pair.key != marker_) {
        call_.changes.push_back(change_of(event));
      } else if (event.pair.modified == marked_) {
        call_.version = marked_;
        return Wants::nothing;
      }
    }
    return Wants::more;
  }

  Wants begin_later(const WatchAnswer& answer) {
    if (answer.compacted <= call_.from + 1)
      throw Rejected(answer.reason.empty() ? "the watch was canceled" : answer.reason);
    call_.from = answer.compacted - 1;
    call_.changes.clear();
    if (marked_ && *marked_ <= call_.from) marked_.reset();
    return Wants::nothing;
  }

  Wants progress(const WatchAnswer& answer) {
    if (bookmark_ == Bookmark::marker) return Wants::more;
    if (answer.revision < call_.from) throw Rejected("the member is behind the client");
    call_.version = answer.revision;
    return Wants::nothing;
  }

  Dialogue& etcd_;
  WatchGroup call_;
  const Bookmark bookmark_;
  const std::string marker_;
  std::optional<Int> marked_;  // the revision that the marker made
};

}  // namespace

std::string group_prefix(Key key) { return fmt::format("group/{}/", key); }
std::string group_key(Key key, Key which) { return fmt::format("group/{}/{}", key, which); }

WatchGroup watch_group(Dialogue& etcd, WatchGroup call, Bookmark bookmark) {
  try {
    return GroupFollower(etcd, std::move(call), bookmark).run();
  } catch (const Rejected&) {
    throw;
  } catch (const std::runtime_error& lost) {  // the marker, which nobody reads
    throw Rejected(lost.what());
  }
}

}  // namespace tribunal
