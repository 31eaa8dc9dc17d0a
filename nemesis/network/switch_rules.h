// Cuts links at the switch of a cell, where every packet passes: a table of nftables on the bridge.
// Put there by one transaction, so that a change of topology is one for all hosts; and packets are
// lost on their way, of which neither end can know.
#pragma once

#include <map>
#include <string>

#include "nemesis/network/cut.h"

namespace tribunal {

class SwitchRules final : public Cut {
 public:
  // Whether this process is at the switch, and has a kernel and an nft that can.
  static bool work(Cluster& cluster);

  SwitchRules(Cluster& cluster, int fault);
  void install(const Links& links) override;
  void remove() override;
  std::map<Link, Dropped> counters() override;
  std::string means() const override { return "nftables on the bridge"; }

 private:
  Cluster& cluster_;
  const std::string table_;
  Links links_;
};

// The table as nft reads it; `address` gives that of an end.
std::string switch_table(const std::string& table, const Links& links,
                         const std::map<std::string, std::string>& address);

}  // namespace tribunal
