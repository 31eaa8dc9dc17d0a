#include "clients/zookeeper/dialogue.h"

#include <fmt/format.h>
#include <zookeeper/zookeeper.h>

#include "clients/zookeeper/options.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

}  // namespace

ZooDialogue::ZooDialogue(const std::string& address, const Deployment& deployment)
    : endpoint_(zookeeper_endpoint(address)),
      sync_(zookeeper_option(deployment, "sync")),
      timeout_(deployment.call_timeout),
      session_timeout_(std::stoi(zookeeper_option(deployment, "session-timeout"))) {}

void ZooDialogue::begin() { until_ = steady_clock::now() + timeout_; }

// A new session at the same server knows nothing of what the one before it had seen.
ZooSession& ZooDialogue::session() {
  if (session_ && session_->ended()) {
    session_.reset();
    distrust();
  }
  if (!session_) {
    session_ = std::make_unique<ZooSession>(endpoint_, session_timeout_);
    ++sessions_;
  }
  return *session_;
}

std::uint64_t ZooDialogue::session_number() {
  session();
  return sessions_;
}

ZooAnswer ZooDialogue::ask(const ZooRequest& request) {
  if (steady_clock::now() >= until_)
    throw Rejected(fmt::format("timed out after {} ms", timeout_.count()));  // not sent
  ZooAnswer answer = session().ask(request, until_);
  if (!is_condition(answer)) require_served(answer, effect_of(request.verb), timeout_);
  return answer;
}

ZooAnswer ZooDialogue::require(const ZooRequest& request) {
  ZooAnswer answer = ask(request);
  require_served(answer, effect_of(request.verb), timeout_);
  return answer;
}

Int ZooDialogue::put(const std::string& path, const std::string& data) {
  while (true) {
    if (const ZooAnswer set = ask({ZooVerb::set, path, data}); set.code == ZOK) return set.zxid;
    if (const ZooAnswer made = ask({ZooVerb::create, path, data}); made.code == ZOK)
      return made.zxid;
  }
}

ZooAnswer ZooDialogue::create_below(const std::string& parent, ZooRequest request) {
  request.path = parent + "/" + request.path;
  while (true) {
    ZooAnswer answer = ask(request);
    if (answer.code != ZNONODE) return answer;
    ask({ZooVerb::create, parent});
  }
}

void ZooDialogue::catch_up() {
  if (passes_quorum()) return pass_quorum();
  if (sync_ == "on") ask({ZooVerb::sync, "/"});
}

// Whatever becomes of that write, nobody reads it.
void ZooDialogue::pass_quorum() {
  try {
    put("/barrier", "");
  } catch (const Rejected&) {
    throw;
  } catch (const std::runtime_error& lost) {
    throw Rejected(lost.what());
  }
  distrusts_ = false;
}

}  // namespace tribunal
