// The disk of a host as its processes meet it: what a power cut takes, what rules refuse, what
// damage does and what is put back.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/record/error.h"
#include "nemesis/disk/disk_tool.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/disk_exercise.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// A host with a disk of ours over its data folder.
class HostDisk {
 public:
  explicit HostDisk(Host& host) : host_(host), data_(host.data()) {
    const json answer = ask({{"do", "mount"}, {"folder", data_}});
    EXPECT_FALSE(answer.contains("failed")) << answer;
  }

  json ask(const json& order) { return json::parse(host_.tool(disk_verb).ask(order.dump(), 20s)); }
  std::string path(const std::string& name) const { return data_ + "/" + name; }
  int exercise(std::vector<std::string> words, std::string* said = nullptr) {
    words.insert(words.begin(),
                 {std::filesystem::read_symlink("/proc/self/exe"), disk_exercise_verb});
    const CommandResult result = host_.run(words, 60s);
    if (said) *said = result.out;
    EXPECT_EQ(result.err, "");
    return result.status;
  }
  // How one call on a file ends: "ok" or an error's text.
  std::string call(const std::string& call) {
    std::string said;
    EXPECT_EQ(exercise({"call", data_, call}, &said), 0);
    return said.substr(0, said.find('\n'));
  }
  std::string content(const std::string& name) {
    return host_.run({"/bin/cat", path(name)}, 10s).out;
  }
  std::string names() { return host_.run({"/bin/ls", "-A", data_}, 10s).out; }
  std::string shell(const std::string& script) {
    const CommandResult result = host_.run({"/bin/sh", "-c", script}, 30s);
    return result.out + result.err;
  }

 private:
  Host& host_;
  const std::string data_;
};

bool no_fuse() { return ::access("/dev/fuse", R_OK | W_OK) != 0; }

void on_disk(const std::function<void(HostDisk&, Host&)>& body) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    HostDisk disk(cluster.host(0));
    body(disk, cluster.host(0));
  });
}

#define NEED_FUSE() \
  if (no_fuse()) GTEST_SKIP() << "/dev/fuse cannot be opened here; chmod 666 /dev/fuse as root"

TEST(Disk, behaves_as_a_folder_does) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    for (int seed = 0; seed < 12; ++seed) {
      const std::string own = disk.path(fmt::format("f{}", seed)),
                        plain = fmt::format("/tmp/f{}", seed);
      disk.shell("mkdir " + own + " " + plain);
      std::string difference;
      ASSERT_EQ(disk.exercise({"same", std::to_string(seed), "400", own, plain}, &difference), 0)
          << "seed " << seed << "\n"
          << difference;
    }
  });
}

TEST(Disk, behaves_so_for_an_ordinary_user_and_belongs_to_him) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host& host) {
    disk.shell("mkdir " + disk.path("f") + " /tmp/f");
    const int pid = host.start({{std::filesystem::read_symlink("/proc/self/exe"),
                                 disk_exercise_verb, "same", "5", "400", disk.path("f"), "/tmp/f"},
                                {},
                                true});
    EXPECT_EQ(host.ended(pid, 60s), 0);
    EXPECT_EQ(disk.shell("stat -c %u " + disk.path("f")), "0\n");
  });
}

TEST(Disk, a_power_cut_takes_exactly_what_was_not_synced) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    const std::string synced(10'000, 's');
    ASSERT_EQ(disk.exercise({"write", disk.path("")}), 0);
    EXPECT_EQ(disk.content("kept-first-part").size(), 15'000U) << "reads see what is not synced";
    EXPECT_EQ(disk.content("kept-whole").size(), 100U);

    const json loss = disk.ask({{"do", "cut"}});

    EXPECT_EQ(loss["bytes"], 5'000 + 5'000 + 5'000) << loss;
    EXPECT_EQ(loss["files"], 3) << loss;
    EXPECT_EQ(loss["names"], 3) << loss;
    EXPECT_EQ(disk.names(),
              "kept\nkept-before-overwriting\nkept-first-part\nkept-though-removed\n"
              "kept-under-its-old-name\nkept-whole\n");
    for (const std::string name : {"kept", "kept-first-part", "kept-before-overwriting",
                                   "kept-whole", "kept-under-its-old-name", "kept-though-removed"})
      EXPECT_EQ(disk.content(name), synced) << name;
    EXPECT_EQ(disk.ask({{"do", "cut"}})["bytes"], 0);
  });
}

TEST(Disk, an_fsync_of_anything_keeps_all_names_changed_before) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    disk.shell(
        fmt::format("cd {} && mkdir d && echo one > d/a && echo two > b && mv b c && sync c "
                    "&& echo three > late",
                    disk.path("")));
    disk.ask({{"do", "cut"}});
    EXPECT_EQ(disk.names(), "c\nd\n");
    EXPECT_EQ(disk.content("c"), "two\n");
    EXPECT_EQ(disk.content("d/a"), "") << "its name was kept, its bytes were not";
  });
}

TEST(Disk, keeps_to_its_memory_and_says_what_it_wrote_through) {
  NEED_FUSE();
  in_cell(1, [](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    const std::string data = host.data();
    const auto ask = [&](const json& order) {
      return json::parse(host.tool(disk_verb).ask(order.dump(), 20s));
    };
    ask({{"do", "mount"}, {"folder", data}, {"memory", 100'000}});
    const std::string script =
        "cd {} && for i in 1 2 3 4 5; do head -c 40000 /dev/urandom > f$i; done && sync f? && "
        "for i in 1 2 3 4 5; do head -c 40000 /dev/urandom | dd of=f$i conv=notrunc status=none; "
        "done";
    host.run({"/bin/sh", "-c", fmt::format(fmt::runtime(script), data)}, 30s);
    const json status = ask({{"do", "status"}});
    EXPECT_LE(status["held"], 100'000);
    EXPECT_GE(status["written_through"], 1);
    EXPECT_GT(ask({{"do", "cut"}})["bytes"], 0);
    EXPECT_EQ(ask({{"do", "status"}})["held"], 0);
  });
}

TEST(Disk, rules_refuse_with_the_errors_of_a_real_one) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    ASSERT_EQ(disk.call("create"), "ok");
    ASSERT_EQ(disk.call("append"), "ok");
    const auto with = [&](json rule, const std::vector<std::string>& calls) {
      rule["do"] = "rule";
      rule["name"] = "r";
      disk.ask(rule);
      std::vector<std::string> said;
      for (const auto& call : calls) said.push_back(disk.call(call));
      disk.ask({{"do", "unrule"}, {"name", "r"}});
      return said;
    };
    using Said = std::vector<std::string>;
    const std::string full = "No space left on device", read_only = "Read-only file system",
                      io = "Input/output error";
    EXPECT_EQ(with({{"effect", "full"}}, {"append", "overwrite", "mkdir"}),
              (Said{full, "ok", full}));
    EXPECT_EQ(with({{"effect", "full"}, {"overwrites", "refused"}}, {"overwrite", "fsync"}),
              (Said{full, "ok"}));
    EXPECT_EQ(with({{"effect", "read-only"}}, {"overwrite", "mkdir", "read"}),
              (Said{read_only, read_only, "0 ok"}));
    EXPECT_EQ(with({{"effect", "fail"}, {"errno", EIO}, {"calls", {"fsync"}}}, {"fsync", "append"}),
              (Said{io, "ok"}));
    EXPECT_EQ(
        with({{"effect", "fail"}, {"errno", EIO}, {"paths", {"other*"}}}, {"append", "fsync"}),
        (Said{"ok", "ok"}));
    EXPECT_EQ(disk.call("append"), "ok");
    EXPECT_EQ(disk.call("mkdir"), "ok");
    const json counts = disk.ask({{"do", "counts"}, {"name", "r"}});
    EXPECT_EQ(counts["database"]["total"], 0) << counts;
  });
}

TEST(Disk, a_slow_one_makes_calls_wait_and_a_flipping_one_lies) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    ASSERT_EQ(disk.call("create"), "ok");
    ASSERT_EQ(disk.call("append"), "ok");
    disk.ask({{"do", "rule"},
              {"name", "s"},
              {"effect", "slow"},
              {"delay_us", 200'000},
              {"calls", {"fsync"}}});
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(disk.call("fsync"), "ok");
    EXPECT_GE(std::chrono::steady_clock::now() - began, 200ms);
    disk.ask({{"do", "unrule"}, {"name", "s"}});
    EXPECT_EQ(disk.ask({{"do", "counts"}, {"name", "s"}})["database"]["waited_us"], 200'000);

    EXPECT_EQ(disk.call("read"), "0 ok");
    disk.ask({{"do", "rule"}, {"name", "f"}, {"effect", "flip"}, {"seed", 4}});
    EXPECT_EQ(disk.call("read"), "1 ok") << "one byte of the page is other";
    disk.ask({{"do", "unrule"}, {"name", "f"}});
    EXPECT_EQ(disk.call("read"), "0 ok");
    EXPECT_EQ(disk.ask({{"do", "counts"}, {"name", "f"}})["database"]["bits"], 1);
  });
}

TEST(Disk, damage_is_there_and_a_repair_puts_back_what_was_not_written_since) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    disk.shell(
        fmt::format("cd {} && mkdir d && head -c 300000 /dev/urandom > d/a && cp d/a b && "
                    "cat d/a b > /dev/null && cp d/a /tmp/before",
                    disk.path("")));
    const auto differing = [&](const std::string& name) {
      return std::stoi(disk.shell(fmt::format("cmp -l {} /tmp/before | wc -l", disk.path(name))));
    };
    ASSERT_EQ(differing("d/a"), 0);
    const json done = disk.ask(
        {{"do", "damage"}, {"kind", "flip"}, {"paths", {"d/*"}}, {"bit_probability", 0.001}});
    EXPECT_EQ(done["files"], 1);
    EXPECT_NEAR(done["bytes"].get<double>(), 2400, 400);
    EXPECT_EQ(differing("d/a"), done["bytes"]) << "what a process reads, its cached pages included";
    EXPECT_EQ(differing("b"), 0);
    EXPECT_GT(disk.ask({{"do", "status"}})["damaged_reads"], 0);
    disk.shell(fmt::format("head -c 1000 /dev/zero | dd of={} conv=notrunc status=none",
                           disk.path("d/a")));
    disk.shell("head -c 1000 /dev/zero | dd of=/tmp/before conv=notrunc status=none");
    const json repaired = disk.ask({{"do", "repair"}});
    EXPECT_LE(repaired["bytes"], done["bytes"]);
    EXPECT_EQ(differing("d/a"), 0);

    EXPECT_EQ(
        disk.ask(
            {{"do", "damage"}, {"kind", "truncate"}, {"drop", 1000}, {"paths", {"d/a"}}})["bytes"],
        1000);
    EXPECT_EQ(disk.shell("stat -c %s " + disk.path("d/a")), "299000\n");
    disk.ask({{"do", "repair"}});
    EXPECT_EQ(differing("d/a"), 0);
  });
}

TEST(Disk, puts_chunks_back_to_a_snapshot_and_leaves_the_others) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    const auto fill = [&](const std::string& name, char with, int from, int to) {
      disk.shell(
          fmt::format("head -c {} /dev/zero | tr '\\0' {} | dd of={} bs=1000 seek={} "
                      "conv=notrunc status=none",
                      (to - from) * 1000, with, disk.path(name), from));
    };
    const auto read = [&](const std::string& name) {
      return disk.shell(fmt::format("tr '\\0' 0 < {} | fold -w 1000 | cut -c 1", disk.path(name)));
    };
    fill("a", 'x', 0, 4);
    fill("b", 'x', 0, 1);
    disk.ask({{"do", "snapshot"}, {"name", "s"}});
    fill("a", 'y', 1, 6);
    fill("new", 'y', 0, 2);
    const json order{{"do", "damage"}, {"kind", "restore"}, {"snapshot", "s"}, {"chunk", 2000},
                     {"paths", {"*"}}, {"modulus", 2},      {"index", 1}};
    const json done = disk.ask(order);
    EXPECT_EQ(done["files"], 1) << done;
    EXPECT_EQ(done["bytes"], 2000);
    EXPECT_EQ(read("a"), "x\ny\nx\nx\ny\ny\n") << "the second of three chunks, to what it was";
    EXPECT_EQ(read("b"), "x\n");
    EXPECT_EQ(read("new"), "y\ny\n");
    EXPECT_EQ(disk.ask({{"do", "repair"}})["bytes"], 2000);
    EXPECT_EQ(read("a"), "x\ny\ny\ny\ny\ny\n");
    EXPECT_TRUE(
        disk.ask({{"do", "damage"}, {"kind", "restore"}, {"snapshot", "none"}}).contains("failed"));
  });
}

TEST(Disk, rolls_back_to_a_snapshot) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    disk.shell(fmt::format("cd {} && mkdir d && echo one > d/a && ln -s d/a l && echo x > gone",
                           disk.path("")));
    disk.ask({{"do", "snapshot"}, {"name", "s"}});
    disk.shell(
        fmt::format("cd {} && echo two >> d/a && sync d/a && rm gone && mkdir e && echo y > e/b",
                    disk.path("")));
    const json answer = disk.ask({{"do", "roll back"}, {"name", "s"}});
    EXPECT_FALSE(answer.contains("failed")) << answer;
    EXPECT_EQ(disk.names(), "d\ngone\nl\n");
    EXPECT_EQ(disk.content("d/a"), "one\n");
    EXPECT_EQ(disk.content("l"), "one\n");
    EXPECT_EQ(
        disk.shell(fmt::format("cd {} && echo z > d/a && sync d/a && cat d/a", disk.path(""))),
        "z\n");
  });
}

TEST(Disk, of_which_a_file_is_open_is_not_rolled_back) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host& host) {
    disk.ask({{"do", "snapshot"}, {"name", "s"}});
    host.start({{"/bin/sh", "-c", "exec sleep 60 > " + disk.path("open")}, {}, false});
    while (disk.names() != "open\n") ::usleep(10'000);
    EXPECT_TRUE(disk.ask({{"do", "roll back"}, {"name", "s"}}).contains("failed"));
    EXPECT_EQ(disk.names(), "open\n");
  });
}

TEST(Disk, a_tool_that_was_killed_is_an_error_and_its_disk_too) {
  NEED_FUSE();
  on_disk([](HostDisk& disk, Host&) {
    disk.shell(
        "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q ' disk $' && "
        "kill -9 ${p#/proc/}; done");
    EXPECT_THROW(disk.ask({{"do", "status"}}), Error);
    EXPECT_NE(disk.shell("ls " + disk.path("")).find("not connected"), std::string::npos);
  });
}

}  // namespace
}  // namespace tribunal
