// What a dead run left is undone by whoever asks, once; what belongs to a living one is left alone.
#include "harness/cluster/journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "harness/record/error.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using Outcome = Recovery::Outcome;

Leftover make_file(const fs::path& path) {
  std::ofstream(path) << "x";
  return {"file", path.string()};
}

std::vector<Outcome> outcomes(const fs::path& folder) {
  std::vector<Outcome> all;
  for (const auto& one : recover(folder)) all.push_back(one.outcome);
  return all;
}

// A process that writes down what `make` makes, makes it, and waits to be killed.
class Keeper {
 public:
  explicit Keeper(const std::function<void(Journal&)>& make, const fs::path& folder) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      Journal journal(folder);
      make(journal);
      [[maybe_unused]] const auto told = ::write(ends[1], "m", 1);
      while (true) ::pause();
    }
    ::close(ends[1]);
    char made = 0;
    EXPECT_EQ(::read(ends[0], &made, 1), 1);
    ::close(ends[0]);
  }
  ~Keeper() { die(); }
  void die() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

TEST(Journal, nothing_is_there_before_something_is_written_down_nor_after_it_is_undone) {
  const Folder folder;
  const fs::path journals = folder.path() / "state/journal";
  {
    Journal journal(journals);
    EXPECT_FALSE(fs::exists(journals));
    const Leftover leftover{"file", (folder.path() / "tribunal-a").string()};
    journal.write_down(leftover);
    EXPECT_FALSE(fs::is_empty(journals));
    make_file(leftover.what);
    journal.undo(leftover);
    EXPECT_FALSE(fs::exists(leftover.what));
    EXPECT_TRUE(fs::is_empty(journals));
    journal.undo(leftover);
    journal.write_down(leftover);
    EXPECT_FALSE(fs::is_empty(journals));
  }
  EXPECT_TRUE(fs::is_empty(journals));
}

TEST(Journal, a_run_undoes_at_its_end_what_it_has_not_undone) {
  const Folder folder;
  const fs::path file = folder.path() / "tribunal-a";
  {
    Journal journal(folder.path() / "journal");
    journal.write_down({"file", file.string()});
    make_file(file);
  }
  EXPECT_FALSE(fs::exists(file));
}

TEST(Recover, what_a_killed_run_left_is_undone_once) {
  const Folder folder;
  const fs::path journals = folder.path() / "journal", kept = folder.path() / "tribunal-kept",
                 undone = folder.path() / "tribunal-undone";
  Keeper run(
      [&](Journal& journal) {
        journal.write_down({"file", kept.string()});
        make_file(kept);
        journal.write_down({"file", undone.string()});
        journal.undo(make_file(undone));
        journal.write_down({"file", (folder.path() / "tribunal-never-made").string()});
      },
      journals);
  EXPECT_EQ(outcomes(journals), std::vector<Outcome>{Outcome::still_runs});
  EXPECT_TRUE(fs::exists(kept));
  run.die();
  make_file(undone);  // somebody else's by now
  EXPECT_EQ(outcomes(journals), (std::vector<Outcome>{Outcome::was_gone, Outcome::undone}));
  EXPECT_FALSE(fs::exists(kept));
  EXPECT_TRUE(fs::exists(undone));
  EXPECT_TRUE(outcomes(journals).empty());
}

TEST(Recover, a_dead_run_is_recovered_beside_a_living_one) {
  const Folder folder;
  const fs::path journals = folder.path() / "journal", ours = folder.path() / "tribunal-living",
                 theirs = folder.path() / "tribunal-dead";
  const auto make = [](const fs::path& path) {
    return [path](Journal& journal) {
      journal.write_down({"file", path.string()});
      make_file(path);
    };
  };
  const Keeper living(make(ours), journals);
  Keeper dead(make(theirs), journals);
  dead.die();
  auto seen = outcomes(journals);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<Outcome>{Outcome::undone, Outcome::still_runs}));
  EXPECT_TRUE(fs::exists(ours));
  EXPECT_FALSE(fs::exists(theirs));
}

TEST(Recover, what_cannot_be_undone_stays_written_down) {
  const Folder folder;
  const fs::path journals = folder.path() / "journal", stubborn = folder.path() / "tribunal-full";
  Keeper run(
      [&](Journal& journal) {
        journal.write_down({"file", stubborn.string()});
        fs::create_directory(stubborn);
      },
      journals);
  run.die();
  EXPECT_EQ(outcomes(journals), std::vector<Outcome>{Outcome::failed});
  fs::remove(stubborn);
  EXPECT_EQ(outcomes(journals), std::vector<Outcome>{Outcome::was_gone});
  EXPECT_TRUE(fs::is_empty(journals));
}

// A journal that somebody has written into must not make us remove what is not ours.
TEST(Recover, nothing_but_our_own_is_touched_and_a_cut_line_is_passed_over) {
  const Folder folder;
  const fs::path journals = folder.path() / "journal", precious = folder.path() / "precious",
                 ours = folder.path() / "tribunal-ours";
  fs::create_directory(journals);
  make_file(precious);
  make_file(ours);
  std::ofstream(journals / "a.journal")
      << R"({"number":1,"kind":"file","what":")" << precious.string() << "\"}\n"
      << R"({"number":2,"kind":"bomb","what":")" << ours.string() << "\"}\n"
      << R"({"number":3,"kind":"file","what":")" << ours.string();
  const auto seen = recover(journals);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0].text.find("does not know what a bomb is"), std::string::npos) << seen[0].text;
  EXPECT_NE(seen[1].text.find("no name of ours"), std::string::npos) << seen[1].text;
  EXPECT_TRUE(fs::exists(precious));
  EXPECT_TRUE(fs::exists(ours));
}

TEST(Recover, where_nothing_was_ever_written_there_is_nothing_to_recover) {
  const Folder folder;
  EXPECT_TRUE(recover(folder.path() / "nowhere").empty());
}

}  // namespace
}  // namespace tribunal
