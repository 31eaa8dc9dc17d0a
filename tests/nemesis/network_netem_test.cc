// What is said to tc(8), as text; where a kernel has netem, the tests of the packet faults use it.
#include "nemesis/network/netem.h"

#include <gtest/gtest.h>

#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

TEST(Netem, says_a_shape_in_the_words_of_tc) {
  FlowShape shape;
  shape.limit = 1000;
  EXPECT_EQ(netem_words(shape), "limit 1000");
  shape.delay = 50ms;
  EXPECT_EQ(netem_words(shape), "limit 1000 delay 50000us");
  shape.jitter = 10ms;
  EXPECT_EQ(netem_words(shape), "limit 1000 delay 50000us 10000us distribution normal");
  shape.distribution = Jitter::uniform;  // which is what netem does unasked
  EXPECT_EQ(netem_words(shape), "limit 1000 delay 50000us 10000us");
  shape = {};
  shape.limit = 10;
  shape.loss = 0.2;
  EXPECT_EQ(netem_words(shape), "limit 10 loss random 20.0000%");
  shape.correlation = 0.75;
  EXPECT_EQ(netem_words(shape), "limit 10 loss gemodel 5.0000% 20.0000%");
  shape.loss = 0;
  shape.rate = 125'000;
  shape.corrupt = shape.duplicate = 0.01;
  EXPECT_EQ(netem_words(shape), "limit 10 duplicate 1.0000% corrupt 1.0000% rate 1000000bit");
}

TEST(Netem, is_not_asked_for_what_it_cannot_do) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    FlowShape shape;
    EXPECT_TRUE(Netem::can(shape, cluster.host("n1")));
    EXPECT_FALSE(Netem::can(shape, cluster.host("clients")));
    shape.hold = true;
    EXPECT_FALSE(Netem::can(shape, cluster.host("n1")));
    shape.hold = false;
    shape.segments = Segments::closing;
    EXPECT_FALSE(Netem::can(shape, cluster.host("n1")));
  });
}

TEST(Netem, shapes_the_packets_of_one_sender_on_the_receivers_link) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    const NetemScript script =
        netem_script(cluster.host("n2"), cluster.host("n1"), "limit 10 delay 5us");
    EXPECT_EQ(script.link,
              "qdisc add dev tribunal1 parent 1:3 handle 13: netem limit 10 delay 5us\n"
              "filter add dev tribunal1 parent 1: protocol ip pref 103 u32 match ip src "
              "10.77.0.2/32 flowid 1:3\n");
    EXPECT_NE(script.root.find("match ip dport 47 0xffff flowid 1:1\n"), std::string::npos);
    EXPECT_EQ(script.detour, "filter del dev tribunal1 parent 1: pref 103\n");
    EXPECT_EQ(script.removal, "qdisc del dev tribunal1 parent 1:3\n");
  });
}

}  // namespace
}  // namespace tribunal
