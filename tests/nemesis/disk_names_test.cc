// Names changed through the journal, and undone: against the list of all names at the last commit.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>

#include "harness/record/random.h"
#include "nemesis/disk/folder_copy.h"
#include "nemesis/disk/name_journal.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

// Two folders deep, so that names move between folders and folders themselves move.
class JournaledTree {
 public:
  JournaledTree() {
    fs::create_directories(top());
    fs::create_directories(folder_.path() / "aside");
    journal_.emplace(open_folder(AT_FDCWD, folder_.path() / "aside"));
  }

  void change(Random& random);
  NameJournal& journal() { return *journal_; }
  fs::path top() const { return folder_.path() / "top"; }

  // Every name with what it stands for: a folder, or the text of a file.
  std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(top())) {
      std::string text;
      if (entry.is_regular_file()) std::getline(std::ifstream(entry.path()), text);
      all.insert(fs::relative(entry.path(), top()).string() + " " + text);
    }
    return all;
  }
  bool nothing_aside() const { return fs::is_empty(folder_.path() / "aside"); }

 private:
  // A place for a name, in the top or in a folder that is there.
  std::optional<NamePlace> place(Random& random) {
    std::vector<fs::path> folders{top()};
    for (const auto& entry : fs::recursive_directory_iterator(top()))
      if (entry.is_directory()) folders.push_back(entry.path());
    std::sort(folders.begin() + 1, folders.end());
    const fs::path& in = random.pick(folders);
    auto folder = std::make_shared<const Descriptor>(open_folder(AT_FDCWD, in));
    return NamePlace{folder, 0, std::string(1, static_cast<char>('a' + random.below(5)))};
  }

  Folder folder_;
  std::optional<NameJournal> journal_;
  int files_ = 0;
};

void JournaledTree::change(Random& random) {
  const auto one = place(random), other = place(random);
  const int folder = one->folder->number();
  const char* name = one->name.c_str();
  const auto write = [&] {
    const Descriptor file(::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
    const std::string text = std::to_string(++files_);
    return file ? static_cast<int>(::write(file.number(), text.data(), text.size())) : -1;
  };
  switch (random.below(7)) {
    case 0:
    case 1:
      journal_->make({NameChange::Kind::made, *one, {}, "", {}, 0, {}}, write);
      break;
    case 2:
      journal_->make({NameChange::Kind::made_folder, *one, {}, "", {}, 0, {}},
                     [&] { return ::mkdirat(folder, name, 0700); });
      break;
    case 3: {
      struct stat status {};
      if (::fstatat(folder, name, &status, 0) == 0 && S_ISREG(status.st_mode))
        journal_->remove(*one, "");
      break;
    }
    case 4:
      journal_->remove_folder(*one, "");
      break;
    default:
      journal_->rename(*one, *other, "",
                       random.below(4) == 0 ? static_cast<unsigned>(RENAME_EXCHANGE) : 0U);
  }
}

TEST(NameJournal, undoes_all_changes_since_the_last_commit) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    JournaledTree tree;
    auto committed = tree.names();
    for (int step = 0; step < 40; ++step) {
      tree.change(random);
      if (random.below(10) > 0) continue;
      tree.journal().commit();
      ASSERT_TRUE(tree.nothing_aside()) << "seed " << seed;
      committed = tree.names();
    }
    tree.journal().undo();
    ASSERT_EQ(tree.names(), committed) << "seed " << seed;
    ASSERT_TRUE(tree.nothing_aside());
    ASSERT_EQ(tree.journal().size(), 0U);
  }
}

TEST(NameJournal, refuses_what_a_file_system_refuses) {
  JournaledTree tree;
  const fs::path top = tree.top();
  fs::create_directories(top / "full" / "x");
  fs::create_directory(top / "empty");
  std::ofstream(top / "file") << "f";
  const auto in = std::make_shared<const Descriptor>(open_folder(AT_FDCWD, top));
  const auto at = [&](const char* name) { return NamePlace{in, 0, name}; };
  NameJournal& journal = tree.journal();
  EXPECT_EQ(journal.remove_folder(at("full"), ""), ENOTEMPTY);
  EXPECT_EQ(journal.remove_folder(at("file"), ""), ENOTDIR);
  EXPECT_EQ(journal.remove(at("none"), ""), ENOENT);
  EXPECT_EQ(journal.rename(at("file"), at("empty"), "", 0), EISDIR);
  EXPECT_EQ(journal.rename(at("empty"), at("file"), "", 0), ENOTDIR);
  EXPECT_EQ(journal.rename(at("empty"), at("full"), "", 0), ENOTEMPTY);
  EXPECT_EQ(journal.rename(at("file"), at("empty"), "", RENAME_NOREPLACE), EEXIST);
  EXPECT_EQ(journal.rename(at("none"), at("empty"), "", 0), ENOENT);
  EXPECT_EQ(journal.size(), 0U) << "what was refused is not in the journal";
}

}  // namespace
}  // namespace tribunal
