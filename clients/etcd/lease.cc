#include "clients/etcd/lease.h"

#include <fmt/format.h>

namespace tribunal {

EtcdLease::EtcdLease(const std::string& endpoint, const Access& access, const Grant& grant)
    : connection_(endpoint, access),
      grant_(grant),
      keeper_([this](const std::stop_token& stop) { keep_alive(stop); }) {}

// A beat that fails is lost, and the next one tries again.
void EtcdLease::keep_alive(const std::stop_token& stop) {
  const Milliseconds beat(grant_.seconds * 1000 / 3);
  const std::string body = fmt::format(R"({{"ID":"{}"}})", grant_.id);
  auto due = std::chrono::steady_clock::now() + beat;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      beat_.wait_until(lock, stop, due, [] { return false; });
    }
    if (stop.stop_requested()) return;
    due = std::chrono::steady_clock::now() + beat;
    try {
      connection_.follow("/v3/lease/keepalive", body, beat, [this](std::string_view line) {
        lost_ = !keep_alive_answer(line);
        return Wants::nothing;
      });
    } catch (const Nonsense&) {
    }
    if (lost_) return;
  }
}

}  // namespace tribunal
