// What is believed of the views of nodes, and when members may go and come.
#include "nemesis/database/member_state.h"

#include <gtest/gtest.h>

namespace tribunal {
namespace {

MemberView view_of(const std::vector<std::string>& hosts, const std::string& unstarted = {}) {
  MemberView view;
  for (const auto& host : hosts) view.push_back({"id-" + host, host, host != unstarted});
  return view;
}

const MemberView three = view_of({"n1", "n2", "n3"}), two = view_of({"n1", "n2"});

TEST(AgreedView, is_what_a_majority_of_its_own_members_say) {
  EXPECT_EQ(agreed_view({{"n1", three}, {"n2", three}, {"n3", three}}), three);
  EXPECT_EQ(agreed_view({{"n1", three}, {"n3", three}}), three);
  EXPECT_EQ(agreed_view({{"n1", two}, {"n2", two}, {"n3", three}}), two);
}

TEST(AgreedView, is_nothing_while_a_change_is_on_its_way_or_too_few_answer) {
  EXPECT_FALSE(agreed_view({}));
  EXPECT_FALSE(agreed_view({{"n1", three}}));
  EXPECT_FALSE(agreed_view({{"n1", two}, {"n2", three}}));
  EXPECT_FALSE(agreed_view({{"n1", {}}, {"n2", {}}}));
}

// One that was put out may go on believing in the members that there were.
TEST(AgreedView, one_that_is_no_member_has_no_say) {
  EXPECT_FALSE(agreed_view({{"n1", two}, {"n3", two}}));
  EXPECT_TRUE(seen_by_all(two, {{"n1", two}, {"n2", two}, {"n3", three}}));
  EXPECT_FALSE(seen_by_all(two, {{"n1", two}, {"n2", three}}));
}

TEST(UnsafeToRemove, a_majority_of_the_rest_must_answer_and_be_a_majority_of_the_hosts) {
  EXPECT_EQ(unsafe_to_remove(three, {{"n1", three}, {"n2", three}}, "n3", 3), "");
  EXPECT_NE(unsafe_to_remove(three, {{"n1", three}, {"n3", three}}, "n3", 3), "");
  EXPECT_NE(unsafe_to_remove(two, {{"n1", two}, {"n2", two}}, "n2", 3), "");
  EXPECT_EQ(unsafe_to_remove(two, {{"n1", two}, {"n2", two}}, "n2", 1), "");
}

TEST(UnsafeToRemove, nothing_may_be_pending) {
  const auto joining = view_of({"n1", "n2", "n3", "n4"}, "n4");
  const MemberViews views{{"n1", joining}, {"n2", joining}, {"n3", joining}};
  EXPECT_NE(unsafe_to_remove(joining, views, "n3", 4).find("n4"), std::string::npos);
  EXPECT_NE(unsafe_to_add(joining, views).find("n4"), std::string::npos);
}

TEST(UnsafeToAdd, those_that_answer_must_be_a_majority_with_the_new_one_silent) {
  EXPECT_EQ(unsafe_to_add(two, {{"n1", two}, {"n2", two}}), "");
  EXPECT_NE(unsafe_to_add(two, {{"n1", two}}), "");
  EXPECT_EQ(unsafe_to_add(three, {{"n1", three}, {"n2", three}, {"n3", three}}), "");
  EXPECT_NE(unsafe_to_add(three, {{"n1", three}, {"n2", three}}), "");
}

}  // namespace
}  // namespace tribunal
