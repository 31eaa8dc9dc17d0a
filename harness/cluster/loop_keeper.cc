#include "harness/cluster/loop_keeper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstring>
#include <functional>
#include <map>
#include <thread>

#include "harness/cluster/failed_step.h"
#include "harness/cluster/host.h"
#include "harness/cluster/host_furnish.h"
#include "harness/cluster/loop_device.h"

namespace tribunal {
namespace {

using nlohmann::json;
using Act = LoopKeeper::Act;

constexpr Milliseconds answer_deadline{90'000}, unmount_deadline{5'000}, nap{20};

// FS_IOC_SHUTDOWN, which ext4 and xfs have, without writing out even the journal.
constexpr unsigned long shut_down_call = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t without_log = 2;

constexpr unsigned long mount_flags = MS_NOSUID | MS_NODEV;

void mount_disk(const std::string& device) {
  const std::string data = std::string(loop_disk_folder) + "/data";
  // Until it is mounted, and while it is not, nothing that is started can write below it.
  if (::mkdir(loop_disk_folder, 0700) == 0)
    must(::mount("tmpfs", host_data_folder, "tmpfs", mount_flags | MS_RDONLY, "mode=555"),
         "cover the data folder of a host");
  must(::mount(device.c_str(), loop_disk_folder, "ext4", mount_flags, "noinit_itable"),
       "mount ext4");
  ::mkdir(data.c_str(), 0700);
  ::mkdir(loop_disk_probes, 0700);
  must(::mount(data.c_str(), host_data_folder, nullptr, MS_BIND, nullptr),
       "mount a disk over a host's data");
}

void shut_down_disk() {
  const Descriptor top(
      must(::open(loop_disk_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open the top of a disk"));
  must(::ioctl(top.number(), shut_down_call, &without_log), "shut a file system down");
}

// As ext4 does by itself when its journal cannot be written: whatever is open for writing.
void make_disk_read_only() {
  must(::mount(nullptr, loop_disk_folder, nullptr, MS_REMOUNT | mount_flags, "abort"),
       "abort the journal of a file system");
}

// Only when everybody has let go of it: else it would live on, shut down, and the next mount would
// find it again.
void unmount_disk(const std::string& device) {
  struct stat disk {};
  must(::stat(device.c_str(), &disk), "look at a loop device");
  const auto is_there = [&disk](const char* folder) {
    struct stat there {};
    return ::stat(folder, &there) == 0 ? there.st_dev == disk.st_rdev : errno == EIO;
  };
  const auto until = std::chrono::steady_clock::now() + unmount_deadline;
  for (const char* folder : {host_data_folder, loop_disk_folder}) {
    while (is_there(folder) && ::umount2(folder, 0) != 0) {
      if (errno != EBUSY || std::chrono::steady_clock::now() > until)
        throw FailedStep{"unmount a disk from a host", errno};
      std::this_thread::sleep_for(nap);
    }
  }
}

void act_here(Act what, const std::string& device) {
  switch (what) {
    case Act::mount:
      return mount_disk(device);
    case Act::shut_down:
      return shut_down_disk();
    case Act::make_read_only:
      return make_disk_read_only();
    case Act::unmount:
      return unmount_disk(device);
  }
}

json told(const FailedStep& failed) { return {{"failed", failed.step}, {"errno", failed.error}}; }

// Does it in a process of its own, which enters the mount namespace. Returns what failed there.
json act_in(const Descriptor& mounts, const std::function<void()>& act) {
  auto [read_end, write_end] = Channel::make_pair();
  Channel ours(std::move(read_end)), theirs(std::move(write_end));
  const pid_t child = must(::fork(), "start a process");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    json said = json::object();
    try {
      must(::setns(mounts.number(), CLONE_NEWNS), "enter the mount namespace of a host");
      act();
    } catch (const FailedStep& failed) {
      said = told(failed);
    }
    theirs.send(said);
    ::_exit(0);
  }
  { const Channel closed = std::move(theirs); }
  const auto said = ours.receive();
  ::waitpid(child, nullptr, 0);
  return said ? said->body : told({"act in the mount namespace of a host", EIO});
}

// What the process does until nobody can ask it any more: the cell and who entered it are dead.
class Keeping {
 public:
  explicit Keeping(Descriptor socket) : channel_(std::move(socket)) {}
  void serve() {
    while (auto request = channel_.receive()) {
      json reply;
      try {
        reply = answer(request->body, request->descriptors);
      } catch (const FailedStep& failed) {
        reply = told(failed);
      } catch (const Error& error) {
        reply = {{"failed", error.what()}, {"errno", 0}, {"fix", error.fix()}};
      } catch (const std::exception& error) {
        reply = {{"failed", error.what()}, {"errno", EINVAL}};
      }
      if (!channel_.send(reply)) return;
    }
  }

 private:
  json answer(const json& order, const std::vector<Descriptor>& descriptors) {
    const std::string image = order.at("image");
    if (order.at("do") == "release") {
      devices_.erase(image);
      return json::object();
    }
    const Act what = order.at("do");
    const std::string device = devices_.try_emplace(image, image).first->second.path();
    return act_in(descriptors.at(0), [&] { act_here(what, device); });
  }

  Channel channel_;
  std::map<std::string, LoopDevice> devices_;  // by image
};

[[noreturn]] void be_keeper(pid_t owner, Descriptor socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != owner) ::_exit(0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);
  try {
    Keeping(std::move(socket)).serve();
  } catch (const std::exception&) {  // the asker sees that nobody answers
  }
  ::_exit(0);
}

std::string fix_for_disk(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "run as root of the machine, or in Docker with --privileged; --disk fuse needs "
             "neither";
    case ENODEV:
    case ENOENT:
    case ENXIO:
      return "modprobe loop, modprobe ext4; in Docker add --privileged and --volume /dev:/dev; "
             "--disk fuse needs neither";
    case ENOSPC:
      return "free 256 MiB for each host where run folders go (--out)";
    case EBUSY:
    case EAGAIN:
      return "`losetup --list` shows who has the loop devices; --disk fuse needs none";
  }
  return "--disk fuse";
}

}  // namespace

LoopKeeper::LoopKeeper() : owner_(::getpid()) {
  try {
    auto [ours, theirs] = Channel::make_pair();
    process_ = must(::fork(), "start a process");
    if (process_ == 0) {
      ours.close();
      be_keeper(owner_, std::move(theirs));
    }
    channel_.emplace(std::move(ours));
  } catch (const FailedStep& failed) {
    throw Error(Blame::environment,
                fmt::format("cannot {}: {}", failed.step, std::strerror(failed.error)));
  }
}

LoopKeeper::~LoopKeeper() {
  channel_.reset();
  if (::getpid() != owner_) return;
  for (Milliseconds waited{0}; waited < unmount_deadline; waited += nap) {
    if (::waitpid(process_, nullptr, WNOHANG) != 0) return;
    std::this_thread::sleep_for(nap);
  }
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

void LoopKeeper::act(Act what, const std::string& image, const Descriptor& mounts) {
  ask({{"do", what}, {"image", image}}, {mounts.number()});
}

void LoopKeeper::release(const std::string& image) {
  ask({{"do", "release"}, {"image", image}}, {});
}

void LoopKeeper::ask(const json& order, const std::vector<int>& descriptors) {
  const std::scoped_lock lock(mutex_);
  std::optional<Channel::Message> reply;
  if (channel_ && channel_->send(order, descriptors)) {
    pollfd ready{channel_->number(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(answer_deadline.count())) > 0)
      reply = channel_->receive();
  }
  if (!reply) {
    channel_.reset();  // a late answer must not pass for the next one
    throw Error(Blame::environment, "the process that mounts disks has ended or is silent");
  }
  if (!reply->body.contains("failed")) return;
  const int error = reply->body["errno"];
  std::string why = "cannot " + reply->body["failed"].get<std::string>();
  if (error != 0) why += fmt::format(": {}", std::strerror(error));
  throw Error(Blame::environment, why, reply->body.value("fix", fix_for_disk(error)));
}

}  // namespace tribunal
