#include "nemesis/network/cut.h"

#include "nemesis/network/packet_rules.h"
#include "nemesis/network/packet_shaping.h"
#include "nemesis/network/switch_rules.h"

namespace tribunal {
namespace {

class HeldLinks final : public Cut {
 public:
  HeldLinks(Cluster& cluster, int fault, std::uint64_t seed)
      : shaping_(cluster, fault, PacketShaping::Spares::meters), seed_(seed) {}

  void install(const Links& links) override {
    FlowShape shape;
    shape.hold = true;
    shape.limit = 10'000;
    shaping_.install(links, shape, seed_);
  }
  void remove() override { shaping_.remove(); }
  std::map<Link, Dropped> counters() override {
    std::map<Link, Dropped> counters;
    for (const auto& [link, reading] : shaping_.read())
      counters[link] = {reading.probe.at("packets"), reading.database.at("packets")};
    return counters;
  }
  std::string means() const override { return "NFQUEUE"; }

 private:
  PacketShaping shaping_;
  std::uint64_t seed_;
};

}  // namespace

std::unique_ptr<Cut> make_cut(Cluster& cluster, int fault, CutBy by, std::uint64_t seed) {
  if (by == CutBy::hold) return std::make_unique<HeldLinks>(cluster, fault, seed);
  if (by == CutBy::drop && SwitchRules::work(cluster))
    return std::make_unique<SwitchRules>(cluster, fault);
  return std::make_unique<PacketRules>(cluster, fault, by);
}

}  // namespace tribunal
