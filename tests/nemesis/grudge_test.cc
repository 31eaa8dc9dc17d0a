// The shapes of partitions as what their names promise, for every small cluster and many orders.
#include "nemesis/network/grudge.h"

#include <gtest/gtest.h>

#include "harness/record/error.h"
#include "harness/record/random.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

Names names(std::size_t hosts) {
  Names all;
  for (std::size_t i = 1; i <= hosts; ++i) all.push_back("n" + std::to_string(i));
  return all;
}

PlannedFault planned(const std::string& shape, const Names& order, int id = 0) {
  PlannedFault fault;
  fault.id = id;
  fault.fault = "partition";
  fault.shape = shape;
  fault.order = order;
  return fault;
}

bool hears(const Grudge& grudge, const std::string& host, const std::string& source) {
  const auto found = grudge.find(host);
  return found == grudge.end() || !found->second.contains(source);
}

bool symmetric(const Grudge& grudge) {
  for (const auto& [host, sources] : grudge)
    for (const auto& source : sources)
      if (hears(grudge, source, host)) return false;
  return true;
}

// Every host of a grudge with the hosts it hears, itself included.
std::map<std::string, std::set<std::string>> heard(const Grudge& grudge, const Names& all) {
  std::map<std::string, std::set<std::string>> heard;
  for (const auto& host : all)
    for (const auto& source : all)
      if (hears(grudge, host, source)) heard[host].insert(source);
  return heard;
}

// Calls `body` with each size from `least` to 7 and several orders of it.
void for_orders(std::size_t least, const std::function<void(const Names&)>& body) {
  Random random(7);
  for (std::size_t hosts = least; hosts <= 7; ++hosts)
    for (int round = 0; round < 20; ++round) {
      Names order = names(hosts);
      random.shuffle(order);
      SCOPED_TRACE(::testing::PrintToString(order));
      body(order);
    }
}

TEST(Grudge, one_cuts_the_first_host_from_all_others_both_ways) {
  for_orders(2, [](const Names& order) {
    const Partition partition = partition_for(planned("one", order), {});
    EXPECT_EQ(partition.isolated, Names{order[0]});
    EXPECT_TRUE(symmetric(partition.grudge));
    for (const auto& [host, sees] : heard(partition.grudge, order))
      EXPECT_EQ(sees.size(), host == order[0] ? 1 : order.size() - 1) << host;
  });
}

TEST(Grudge, halves_hear_only_themselves_and_the_smaller_comes_first) {
  for_orders(2, [](const Names& order) {
    const Partition partition = partition_for(planned("halves", order), {});
    const Names first(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2));
    const std::set<std::string> small(first.begin(), first.end());
    EXPECT_EQ(partition.isolated, first);
    for (const auto& host : order)
      for (const auto& source : order)
        EXPECT_EQ(hears(partition.grudge, host, source),
                  small.contains(host) == small.contains(source));
  });
}

TEST(Grudge, a_bridge_hears_and_is_heard_by_all_while_the_halves_do_not_meet) {
  for_orders(3, [](const Names& order) {
    const Partition partition = partition_for(planned("bridge", order), {});
    const std::string& bridge = order[order.size() / 2];
    EXPECT_TRUE(symmetric(partition.grudge));
    const auto sees = heard(partition.grudge, order);
    for (const auto& [host, sources] : sees)
      EXPECT_EQ(sources.size() == order.size(), host == bridge) << host;
    for (const auto& [host, sources] : sees) EXPECT_TRUE(sources.contains(bridge)) << host;
    EXPECT_FALSE(hears(partition.grudge, order.front(), order.back()));
  });
}

TEST(Grudge, in_a_majorities_ring_each_host_hears_a_majority_and_some_host_does_not_hear_all) {
  for_orders(3, [](const Names& order) {
    const Partition partition = partition_for(planned("majorities-ring", order), {});
    EXPECT_FALSE(partition.grudge.empty());
    for (const auto& [host, sources] : heard(partition.grudge, order)) {
      EXPECT_GE(sources.size(), majority_of(order.size())) << host;
      EXPECT_TRUE(sources.contains(host));
    }
  });
}

TEST(Grudge, in_a_ring_of_five_no_two_hear_the_same_three_and_links_are_symmetric) {
  for_orders(5, [](const Names& order) {
    if (order.size() != 5) return;
    const Partition partition = partition_for(planned("majorities-ring", order), {});
    EXPECT_TRUE(symmetric(partition.grudge));
    std::set<std::set<std::string>> different;
    for (const auto& [host, sources] : heard(partition.grudge, order)) {
      EXPECT_EQ(sources.size(), 3u);
      different.insert(sources);
    }
    EXPECT_EQ(different.size(), 5u);
  });
}

TEST(Grudge, larger_rings_are_symmetric) {
  for_orders(6, [](const Names& order) {
    EXPECT_TRUE(symmetric(partition_for(planned("majorities-ring", order), {}).grudge));
  });
}

TEST(Grudge, one_way_cuts_one_direction_only_and_each_way_is_drawn_for_each_host) {
  std::map<std::string, std::set<bool>> deaf;
  int id = 0;
  for_orders(2, [&](const Names& order) {
    const Partition partition = partition_for(planned("one-way", order, ++id), {});
    const bool is_deaf = partition.grudge.contains(order[0]);
    deaf[order[0]].insert(is_deaf);
    for (const auto& [host, sources] : partition.grudge)
      for (const auto& source : sources) {
        EXPECT_EQ(is_deaf ? host : source, order[0]);
        EXPECT_TRUE(hears(partition.grudge, source, host));
      }
    std::size_t cut = 0;
    for (const auto& [host, sources] : partition.grudge) cut += sources.size();
    EXPECT_EQ(cut, order.size() - 1);
  });
  for (const auto& [host, ways] : deaf)
    if (host <= "n4") {
      EXPECT_EQ(ways.size(), 2u) << host;
    }
}

TEST(Grudge, of_two_hosts_no_shape_is_empty) {
  for (const auto& shape : partition_shapes())
    EXPECT_FALSE(partition_for(planned(shape, names(2)), {}).cut().empty()) << shape;
}

TEST(Grudge, a_majority_keeps_together_whatever_the_seed) {
  for_orders(3, [](const Names& order) {
    std::set<std::size_t> sizes;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      PlannedFault fault = planned("majority", order);
      fault.seed = seed;
      const Partition partition = partition_for(fault, {});
      EXPECT_GE(partition.isolated.size(), 1u);
      EXPECT_GE(order.size() - partition.isolated.size(), majority_of(order.size()));
      sizes.insert(partition.isolated.size());
      for (const auto& [host, sees] : heard(partition.grudge, order))
        EXPECT_TRUE(sees.size() == partition.isolated.size() ||
                    sees.size() == order.size() - partition.isolated.size());
    }
    EXPECT_EQ(sizes.size(), order.size() - majority_of(order.size()));
  });
}

TEST(Grudge, a_random_partition_cuts_off_some_and_never_all) {
  for_orders(3, [](const Names& order) {
    std::set<std::size_t> sizes;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      PlannedFault fault = planned("random", order);
      fault.seed = seed;
      sizes.insert(partition_for(fault, {}).isolated.size());
    }
    EXPECT_EQ(*sizes.begin(), 1u);
    EXPECT_EQ(*sizes.rbegin(), order.size() - 1);
    EXPECT_EQ(sizes.size(), order.size() - 1);
  });
}

TEST(Grudge, less_than_a_third_is_at_least_one_host_and_that_is_said) {
  for_orders(2, [](const Names& order) {
    const Partition partition = partition_for(planned("minority-third", order), {});
    EXPECT_EQ(partition.isolated.size(), std::max<std::size_t>(1, (order.size() - 1) / 3));
    const bool said = partition.detail.find("nobody") != std::string::npos;
    EXPECT_EQ(said, order.size() == 3) << partition.detail;
  });
}

TEST(Grudge, each_primary_is_alone_and_nobody_is_a_bridge) {
  for_orders(3, [](const Names& order) {
    const Names leaders{order[1], order[2]};
    const Partition partition = partition_for(planned("primaries", order), leaders);
    EXPECT_EQ(partition.isolated, leaders);
    EXPECT_TRUE(symmetric(partition.grudge));
    for (const auto& [host, sees] : heard(partition.grudge, order)) {
      const bool leads = host == leaders[0] || host == leaders[1];
      EXPECT_EQ(sees.size(), leads ? 1 : order.size() - 2) << host;
    }
  });
}

TEST(Grudge, without_a_known_primary_the_first_is_taken_and_that_is_said) {
  const Partition partition = partition_for(planned("primaries", names(5)), {});
  EXPECT_EQ(partition.isolated, Names{"n1"});
  EXPECT_EQ(partition.detail, "n1 | n2 n3 n4 n5, since no leader was known");
}

TEST(Grudge, clients_are_cut_off_from_whom_the_option_says) {
  PlannedFault fault = planned("clients", {"n3", "n1", "n2"});
  EXPECT_EQ(partition_for(fault, {"n2"}).detail, "n3 | clients");
  fault.options["clients"] = "leader";
  const Partition partition = partition_for(fault, {"n2"});
  EXPECT_EQ(partition.cut(), (Links{{"clients", "n2"}, {"n2", "clients"}}));
  EXPECT_EQ(partition.isolated, Names{"n2"});
  fault.options["clients"] = "majority";
  EXPECT_EQ(partition_for(fault, {}).isolated, (Names{"n3", "n1"}));
}

TEST(Grudge, an_explicit_grudge_cuts_what_it_says_and_nothing_else) {
  PlannedFault fault = planned("", names(3));
  fault.options["grudge"] = "n1<n2,n2<n3,n3<clients";
  EXPECT_EQ(partition_for(fault, {}).cut(), (Links{{"n2", "n1"}, {"n3", "n2"}, {"clients", "n3"}}));
  for (const char* wrong : {"n1", "n1<", "n1<n1", "n1<n9", "n1<n2,", "<n2", "n1<n2<n3"}) {
    fault.options["grudge"] = wrong;
    EXPECT_THROW(partition_for(fault, {}), Error) << wrong;
  }
}

TEST(Grudge, what_it_does_not_know_is_an_error) {
  EXPECT_THROW(partition_for(planned("star", names(3)), {}), Error);
  EXPECT_THROW(partition_for(planned("one", names(1)), {}), Error);
}

}  // namespace
}  // namespace tribunal
