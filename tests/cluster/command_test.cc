// Programs of the machine: their output, their end, and that a deadline is kept.
#include "harness/cluster/command.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/record/error.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

TEST(Command, gives_output_and_status) {
  const CommandResult result = run_command({"sh", "-c", "cat; echo bad >&2; exit 7"}, 20s, "in");
  EXPECT_EQ(result.out, "in");
  EXPECT_EQ(result.err, "bad\n");
  EXPECT_EQ(result.status, 7);
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.ok());
}

TEST(Command, knows_no_shell) {
  EXPECT_EQ(run_command({"echo", "$HOME; a  b"}, 20s).out, "$HOME; a  b\n");
}

TEST(Command, says_of_which_signal_a_program_died) {
  EXPECT_EQ(run_command({"sh", "-c", "kill -TERM $$"}, 20s).status, 128 + SIGTERM);
}

TEST(Command, is_killed_at_its_deadline_with_its_children_and_keeps_what_it_said) {
  const CommandResult result =
      run_command({"sh", "-c", "echo first; sleep 1000; echo last"}, 300ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.status, 128 + SIGKILL);
  EXPECT_EQ(result.out, "first\n");
}

TEST(Command, takes_more_input_and_output_than_a_pipe_holds) {
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(run_command({"cat"}, 20s, large).out, large);
}

TEST(Command, that_is_missing_is_an_error) {
  EXPECT_THROW(run_command({"tribunal-no-such-program"}, 20s), Error);
  EXPECT_EQ(find_program("tribunal-no-such-program"), std::nullopt);
  EXPECT_EQ(find_program("sh")->front(), '/');
}

}  // namespace
}  // namespace tribunal
