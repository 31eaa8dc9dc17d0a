#include "nemesis/database/rejoin_old_data.h"

#include <fmt/format.h>

#include <thread>

#include "nemesis/database/member_fault.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

class RejoinOldData final : public MemberFault {
 public:
  using MemberFault::MemberFault;

 private:
  std::string change(Ground& ground, Host& host) override {
    const std::string before = take_out(ground, host);
    end(host);
    const Member now = take_in(ground, host);
    ground.cluster.start_database(host);
    return fmt::format("{} is out, {} is in, started on the old data: {}", before, now.id,
                       what_became_of(ground, host));
  }

  // What a database ought to do is refuse.
  static std::string what_became_of(Ground& ground, Host& host) {
    const auto until = std::chrono::steady_clock::now() + 8s;
    while (std::chrono::steady_clock::now() < until) {
      if (live_processes(host).empty()) return "it has refused and ended";
      if (ground.cluster.database_ready(host, 200ms)) return "IT SERVES";
    }
    return "it runs and does not serve";
  }
};

}  // namespace

FaultKind rejoin_old_data_fault() {
  return member_fault_kind<RejoinOldData>(
      "rejoin-old-data", "a member is put out and started again on the data that it had");
}

}  // namespace tribunal
