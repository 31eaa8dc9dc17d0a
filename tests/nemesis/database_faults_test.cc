// Members that leave and come back, on a database that does what the test wants; and chores.
#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/parts/catalogue.h"
#include "nemesis/catalogue.h"
#include "nemesis/database/member_state.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/database_ground.h"

namespace tribunal {
namespace {

PlannedFault plan_for(const std::string& fault, const std::string& target,
                      std::vector<std::string> order) {
  PlannedFault plan;
  plan.fault = fault;
  plan.target = target;
  plan.order = std::move(order);
  return plan;
}

class MemberTrial {
 public:
  MemberTrial(DatabaseGround& ground, const PlannedFault& plan)
      : ground_(ground), fault_(find(faults(), "fault", plan.fault).make(plan)) {
    receipt.planned = plan;
  }
  void inject() { fault_->inject(ground_.ground(), receipt); }
  bool exercised() {
    fault_->exercise(ground_.ground(), receipt);
    return receipt.exercised.has_value();
  }
  void heal() {
    fault_->heal(ground_.ground(), receipt);
    EXPECT_EQ(receipt.failure, "");
    EXPECT_TRUE(receipt.healed);
    EXPECT_TRUE(receipt.heal_verified);
  }
  Receipt receipt;

 private:
  DatabaseGround& ground_;
  std::unique_ptr<Fault> fault_;
};

std::string id_on(DatabaseGround& ground, const std::string& host) {
  const auto members = ground.members();
  const Member* member = member_on(members, host);
  return member == nullptr ? "" : member->id;
}

TEST(RemoveMember, it_goes_on_running_with_its_data_and_comes_back_with_none) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    MemberTrial trial(ground, plan_for("remove-member", "one", {"n3", "n1", "n2"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_TRUE(trial.receipt.observed);
    EXPECT_EQ(id_on(ground, "n3"), "");
    EXPECT_TRUE(ground.runs("n3"));
    EXPECT_TRUE(ground.wiped().empty());
    EXPECT_FALSE(trial.exercised());
    ground.activity("n3").ok += 1;  // not by those that are left
    EXPECT_FALSE(trial.exercised());
    ground.activity("n1").ok += 1;
    EXPECT_TRUE(trial.exercised());
    trial.heal();
    EXPECT_EQ(id_on(ground, "n3"), "b4");
    EXPECT_EQ(id_on(ground, "n1"), "a1");
    EXPECT_EQ(ground.wiped(), std::set<std::string>{"n3"});
  });
}

// Each node knows by itself whether it has been connected for long enough.
TEST(RemoveMember, what_one_node_refuses_another_is_asked_for) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    std::vector<std::string> asked;
    const auto remove = cluster.members.remove;
    cluster.members.remove = [&](Host& host, const Member& member) {
      asked.push_back(host.name());
      if (host.name() == "n1") throw std::runtime_error("unhealthy cluster");
      remove(host, member);
    };
    MemberTrial trial(ground, plan_for("remove-member", "one", {"n3", "n1", "n2"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(asked, (std::vector<std::string>{"n1", "n2"}));
    trial.heal();
  });
}

// What the others decide while the new identity waits to be let in they decide without the old.
TEST(ReplaceMember, calls_answered_since_the_removal_have_met_it) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    const auto add = cluster.members.add;
    cluster.members.add = [&](Host& asked, Host& joining) {
      ground.activity("n1").ok += 1;
      add(asked, joining);
    };
    ground.before_removal = [&] { ground.activity("n2").ok += 1; };
    MemberTrial trial(ground, plan_for("replace-member", "one", {"n3", "n1", "n2"}));
    trial.inject();
    EXPECT_TRUE(trial.exercised());
    EXPECT_EQ(trial.receipt.counters.front().second, 1);
    trial.heal();
  });
}

TEST(RemoveMember, an_answer_that_is_lost_or_a_lie_is_not_believed) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    int asked = 0;
    ground.forget_removal = [&] { return ++asked == 1; };
    MemberTrial trial(ground, plan_for("remove-member", "one", {"n2", "n1", "n3"}));
    trial.inject();
    EXPECT_TRUE(trial.receipt.observed);
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(id_on(ground, "n2"), "");
    trial.heal();
  });
}

TEST(RemoveMember, it_waits_until_a_quorum_is_left) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    ground.kill("n1");
    int looks = 0, asked = 0;
    ground.before_removal = [&] { ++asked; };
    ground.ground().alone = [&] {
      if (++looks == 5) {
        EXPECT_EQ(asked, 0);
        cluster.start_database(cluster.host("n1"));
      }
      return looks > 5;
    };
    MemberTrial trial(ground, plan_for("remove-member", "one", {"n3", "n1", "n2"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(asked, 1);
    EXPECT_GT(looks, 5);
    trial.heal();
  });
}

TEST(RemoveMember, one_that_was_never_put_out_keeps_its_data_at_the_heal) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    ground.before_removal = [] { throw std::runtime_error("unhealthy cluster"); };
    MemberState state(ground.ground());
    EXPECT_THROW(state.insist({Milliseconds(300), Milliseconds(300)},
                              [&] { return state.try_to_remove("n3"); }),
                 std::runtime_error);
    EXPECT_EQ(id_on(ground, "n3"), "a3");
  });
}

TEST(RemoveMember, two_of_five_go_one_after_another_and_no_third) {
  in_cell(5, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    MemberTrial trial(ground,
                      plan_for("remove-member", "minority", {"n5", "n4", "n3", "n2", "n1"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(ground.members().size(), 3u);
    const auto view = ground.members();
    EXPECT_NE(unsafe_to_remove(view, {{"n1", view}, {"n2", view}, {"n3", view}}, "n3", 5), "");
    trial.heal();
    EXPECT_EQ(ground.members().size(), 5u);
    EXPECT_EQ(ground.wiped(), (std::set<std::string>{"n4", "n5"}));
  });
}

TEST(RemoveMember, a_member_that_another_fault_killed_meanwhile_comes_back_all_the_same) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    MemberTrial trial(ground, plan_for("remove-member", "one", {"n3", "n1", "n2"}));
    trial.inject();
    ground.kill("n3");
    cluster.start_database(cluster.host("n3"));  // which refuses, since it is out
    EXPECT_FALSE(ground.runs("n3"));
    trial.heal();
    EXPECT_EQ(id_on(ground, "n3"), "b4");
    EXPECT_TRUE(ground.runs("n3"));
  });
}

TEST(ReplaceMember, it_is_another_one_at_once) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    MemberTrial trial(ground, plan_for("replace-member", "one", {"n1", "n2", "n3"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(id_on(ground, "n1"), "b4");
    EXPECT_TRUE(ground.runs("n1"));
    EXPECT_EQ(ground.wiped(), std::set<std::string>{"n1"});
    trial.heal();
    EXPECT_EQ(id_on(ground, "n1"), "b4");
  });
}

TEST(RejoinOldData, the_receipt_says_what_became_of_it) {
  for (const bool refuses : {true, false})
    in_cell(3, [&](Cluster& cluster, const Folder&) {
      DatabaseGround ground(cluster);
      ground.refuses_old_data = refuses;
      if (!refuses)
        cluster.database_ready = [&](Host& host, Milliseconds) { return ground.runs(host.name()); };
      MemberTrial trial(ground, plan_for("rejoin-old-data", "one", {"n2", "n1", "n3"}));
      trial.inject();
      EXPECT_EQ(trial.receipt.failure, "");
      EXPECT_NE(trial.receipt.observed_by.find(refuses ? "refused and ended" : "IT SERVES"),
                std::string::npos)
          << trial.receipt.observed_by;
      EXPECT_TRUE(ground.wiped().empty());
      if (!refuses) return;
      trial.heal();
      EXPECT_EQ(ground.wiped(), std::set<std::string>{"n2"});
    });
}

TEST(Members, a_database_without_them_is_unfit_and_one_with_them_is_fit) {
  Database plain, able;
  plain.name = able.name = "store";
  able.members.view = [](Host&, const Deployment&) { return std::optional<MemberView>(); };
  able.chores = {{"compact", {}}};
  for (const char* fault : {"remove-member", "replace-member", "rejoin-old-data", "compact"}) {
    const auto& kind = find(faults(), "fault", fault);
    EXPECT_NE(kind.unfit(plain).find("store has no"), std::string::npos) << kind.unfit(plain);
    EXPECT_EQ(kind.unfit(able), "");
  }
  EXPECT_NE(find(faults(), "fault", "snapshot").unfit(able), "");
}

TEST(Chore, it_was_met_only_if_there_were_calls_during_it) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    std::vector<std::string> done;
    cluster.chores["compact"] = [&](Host& host) {
      done.push_back(host.name());
      return "revision 7 is gone";
    };
    MemberTrial quiet(ground, plan_for("compact", "one", {"n2", "n1"}));
    quiet.inject();
    EXPECT_EQ(done, std::vector<std::string>{"n2"});
    EXPECT_EQ(quiet.receipt.observed_by, "n2: revision 7 is gone");
    ground.activity("n1").ok += 5;  // after it
    EXPECT_FALSE(quiet.exercised());
    quiet.heal();
    EXPECT_NE(quiet.receipt.heal_verified_by.find("nothing to undo"), std::string::npos);

    ground.activity("n1").in_flight = 1;
    MemberTrial met(ground, plan_for("compact", "one", {"n2", "n1"}));
    met.inject();
    EXPECT_TRUE(met.exercised());
    met.heal();
  });
}

TEST(Chore, one_that_a_node_refuses_is_done_through_another) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    std::vector<std::string> asked;
    cluster.chores["compact"] = [&](Host& host) -> std::string {
      asked.push_back(host.name());
      if (host.name() == "n2") throw std::runtime_error("too busy");
      return "done";
    };
    MemberTrial trial(ground, plan_for("compact", "one", {"n2", "n1"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(asked, (std::vector<std::string>{"n2", "n1"}));
    EXPECT_EQ(trial.receipt.targets, std::vector<std::string>{"n1"});
    trial.heal();
  });
}

TEST(Chore, of_several_nodes_one_that_refuses_is_left_out_and_that_is_said) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    cluster.chores["snapshot"] = [](Host& host) -> std::string {
      if (host.name() == "n2") throw std::runtime_error("too busy");
      return "done";
    };
    MemberTrial trial(ground, plan_for("snapshot", "all", {"n2", "n1"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.failure, "");
    EXPECT_EQ(trial.receipt.targets, std::vector<std::string>{"n1"});
    EXPECT_EQ(trial.receipt.observed_by, "n1: done");
    EXPECT_EQ(trial.receipt.detail, "n2 n1, but not n2: too busy");
    trial.heal();
  });
}

TEST(Chore, one_that_is_refused_is_not_observed) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    DatabaseGround ground(cluster);
    cluster.chores["defragment"] = [](Host&) -> std::string { throw std::runtime_error("no"); };
    for (const char* fault : {"defragment", "snapshot"}) {
      MemberTrial trial(ground, plan_for(fault, "one", {"n1"}));
      ground.activity("n1").in_flight = 1;
      trial.inject();
      EXPECT_NE(trial.receipt.failure, "");
      EXPECT_FALSE(trial.receipt.observed);
      EXPECT_FALSE(trial.exercised());
    }
  });
}

}  // namespace
}  // namespace tribunal
