// Cuts links where packets arrive: rules of iptables on each receiving host, in a chain of our own;
// nothing else is ever touched.
#pragma once

#include <map>
#include <string>

#include "nemesis/network/cut.h"

namespace tribunal {

class PacketRules final : public Cut {
 public:
  PacketRules(Cluster& cluster, int fault, CutBy by);

  void install(const Links& links) override;
  void remove() override;
  std::map<Link, Dropped> counters() override;
  std::string means() const override { return "iptables on each host"; }

 private:
  std::vector<std::string> ends() const;

  Cluster& cluster_;
  const std::string chain_;
  const CutBy by_;
  Links links_;
};

}  // namespace tribunal
