#include "nemesis/database/replace_member.h"

#include <fmt/format.h>

#include "nemesis/database/member_fault.h"

namespace tribunal {
namespace {

class ReplaceMember final : public MemberFault {
 public:
  using MemberFault::MemberFault;

 private:
  std::string change(Ground& ground, Host& host) override {
    const std::string before = take_out(ground, host);
    end(host);
    wipe(ground, host);
    const Member now = take_in(ground, host);
    ground.cluster.start_database(host);
    return fmt::format("{} is out, {} is in with no data", before, now.id);
  }
};

}  // namespace

FaultKind replace_member_fault() {
  return member_fault_kind<ReplaceMember>(
      "replace-member", "a member loses its data and comes back at once under another identity");
}

}  // namespace tribunal
