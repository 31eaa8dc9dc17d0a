#include "nemesis/database/remove_member.h"

#include <fmt/format.h>

#include "nemesis/database/member_fault.h"

namespace tribunal {
namespace {

class RemoveMember final : public MemberFault {
 public:
  using MemberFault::MemberFault;

 private:
  std::string change(Ground& ground, Host& host) override {
    const std::string id = take_out(ground, host);
    const auto left = MemberState(ground).agreed();
    return fmt::format("{} is out; members {}", id, left ? show_members(*left) : "unresolved");
  }
};

}  // namespace

FaultKind remove_member_fault() {
  return member_fault_kind<RemoveMember>(
      "remove-member", "a member is put out while it runs; it comes back with fresh data");
}

}  // namespace tribunal
