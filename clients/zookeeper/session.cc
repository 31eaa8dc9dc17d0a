#include "clients/zookeeper/session.h"

#include <zookeeper/zookeeper.h>

#include <condition_variable>
#include <list>
#include <mutex>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

// What the library's threads and the session's have in common.
struct Meeting {
  std::mutex mutex;
  std::condition_variable changed;
  bool connected = false, ended = false;
};

// A request on its way; it stays where it is until the library has no more to say of it.
struct Errand {
  Meeting* meeting = nullptr;
  bool done = false;
  ZooAnswer answer;

  void finish(int code) {
    answer.code = code;
    done = true;
    meeting->changed.notify_all();
  }
};

Errand& errand_of(const void* data) { return *static_cast<Errand*>(const_cast<void*>(data)); }

void note_stat(Errand& errand, const Stat* stat) {
  if (stat == nullptr) return;
  errand.answer.version = stat->version;
  errand.answer.zxid = stat->mzxid;
}

void on_event(zhandle_t*, int type, int state, const char*, void* context) {
  if (type != ZOO_SESSION_EVENT) return;
  auto& meeting = *static_cast<Meeting*>(context);
  const std::scoped_lock lock(meeting.mutex);
  meeting.connected = state == ZOO_CONNECTED_STATE;
  if (state == ZOO_EXPIRED_SESSION_STATE || state == ZOO_AUTH_FAILED_STATE) meeting.ended = true;
  meeting.changed.notify_all();
}

void on_nothing(int code, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  errand.finish(code);
}

void on_stat(int code, const Stat* stat, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  note_stat(errand, stat);
  errand.finish(code);
}

void on_data(int code, const char* value, int length, const Stat* stat, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  if (value != nullptr && length > 0)
    errand.answer.data.assign(value, static_cast<std::size_t>(length));
  note_stat(errand, stat);
  errand.finish(code);
}

void on_name(int code, const char* name, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  if (name != nullptr) errand.answer.data = name;
  errand.finish(code);
}

void on_created(int code, const char* name, const Stat* stat, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  if (name != nullptr) errand.answer.data = name;
  note_stat(errand, stat);
  errand.finish(code);
}

void on_children(int code, const String_vector* names, const void* data) {
  Errand& errand = errand_of(data);
  const std::scoped_lock lock(errand.meeting->mutex);
  if (names != nullptr) errand.answer.children.assign(names->data, names->data + names->count);
  errand.finish(code);
}

void ignore_log(const char*) {}

int creation_mode(ZooVerb verb) {
  if (verb == ZooVerb::create_ephemeral) return ZOO_EPHEMERAL;
  return verb == ZooVerb::create_in_sequence ? ZOO_PERSISTENT_SEQUENTIAL : ZOO_PERSISTENT;
}

int submit(zhandle_t* handle, const ZooRequest& request, const Errand& errand) {
  const char* path = request.path.c_str();
  const int size = static_cast<int>(request.data.size());
  switch (request.verb) {
    case ZooVerb::get:
      return zoo_aget(handle, path, 0, on_data, &errand);
    case ZooVerb::children:
      return zoo_aget_children(handle, path, 0, on_children, &errand);
    case ZooVerb::sync:
      return zoo_async(handle, path, on_name, &errand);
    case ZooVerb::set:
      return zoo_aset(handle, path, request.data.data(), size, request.version, on_stat, &errand);
    case ZooVerb::remove:
      return zoo_adelete(handle, path, request.version, on_nothing, &errand);
    default:
      return zoo_acreate2(handle, path, request.data.data(), size, &ZOO_OPEN_ACL_UNSAFE,
                          creation_mode(request.verb), on_created, &errand);
  }
}

}  // namespace

struct ZooSession::Impl {
  Meeting meeting;
  std::list<Errand> errands;  // the last is the one under way, others were given up
  zhandle_t* handle = nullptr;
};

ZooSession::ZooSession(const std::string& endpoint, Milliseconds timeout)
    : impl_(std::make_unique<Impl>()) {
  static const bool quiet = (zoo_set_debug_level(static_cast<ZooLogLevel>(0)), true);
  static_cast<void>(quiet);
  impl_->handle = zookeeper_init2(endpoint.c_str(), on_event, static_cast<int>(timeout.count()),
                                  nullptr, &impl_->meeting, 0, ignore_log);
  if (impl_->handle == nullptr) throw Rejected("no session could be begun");
}

// After it no callback comes any more, so that what they would write to may go.
ZooSession::~ZooSession() { zookeeper_close(impl_->handle); }

bool ZooSession::ended() const {
  const std::scoped_lock lock(impl_->meeting.mutex);
  return impl_->meeting.ended || is_unrecoverable(impl_->handle) != ZOK;
}

ZooAnswer ZooSession::ask(const ZooRequest& request, ZooDeadline until) {
  Meeting& meeting = impl_->meeting;
  {
    std::unique_lock lock(meeting.mutex);
    if (!meeting.changed.wait_until(lock, until,
                                    [&] { return meeting.connected || meeting.ended; }))
      return {ZooEnd::unconnected, 0, {}, 0, 0, {}};
    if (meeting.ended) return {ZooEnd::refused, ZINVALIDSTATE, {}, 0, 0, {}};
  }
  Errand& errand = impl_->errands.emplace_back();
  errand.meeting = &meeting;
  const int taken = submit(impl_->handle, request, errand);
  // The library looks at its state and at what it is given before it takes anything.
  if (taken == ZINVALIDSTATE || taken == ZBADARGUMENTS) {
    impl_->errands.pop_back();
    return {ZooEnd::refused, taken, {}, 0, 0, {}};
  }
  std::unique_lock lock(meeting.mutex);
  if (taken != ZOK) return {ZooEnd::answered, taken, {}, 0, 0, {}};
  if (!meeting.changed.wait_until(lock, until, [&] { return errand.done; }))
    return {ZooEnd::late, 0, {}, 0, 0, {}};
  ZooAnswer answer = std::move(errand.answer);
  impl_->errands.pop_back();
  return answer;
}

std::string zookeeper_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":2181" : address;
}

}  // namespace tribunal

#ifdef __SANITIZE_ADDRESS__
// libzookeeper loses an entry of its own now and then, when a session ends whose last request was
// never answered; nobody but it ever has the address.
extern "C" const char* __lsan_default_suppressions() { return "leak:libzookeeper_mt\n"; }
#endif
