#include "nemesis/disk/disk_mount.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "harness/record/error.h"
#include "nemesis/disk/fuse_call.h"

namespace tribunal {
namespace {

constexpr int most_threads = 64;  // each waits where a disk is slow
constexpr int idle_threads = 8;

std::string fix_for_device(int error) {
  if (error == EACCES || error == EPERM)
    return "chmod 666 /dev/fuse as root (most distributions have it so), or run as root; in Docker "
           "add --device /dev/fuse";
  return "load the kernel's module with modprobe fuse as root; in Docker add --device /dev/fuse";
}

Descriptor open_device() {
  Descriptor device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (!device)
    throw Error(Blame::environment, fmt::format("cannot open /dev/fuse: {}", std::strerror(errno)),
                fix_for_device(errno));
  return device;
}

void mount_at(const std::string& folder, const Descriptor& device) {
  const std::string options =
      fmt::format("fd={},rootmode=40000,user_id={},group_id={},default_permissions,allow_other",
                  device.number(), ::geteuid(), ::getegid());
  if (::mount("tribunal", folder.c_str(), "fuse.tribunal", MS_NOSUID | MS_NODEV, options.c_str()) !=
      0)
    throw Error(Blame::environment,
                fmt::format("cannot mount FUSE on {}: {}", folder, std::strerror(errno)),
                "a kernel of 4.18 or later with FUSE mounts it inside a user namespace");
}

void begin(void*, fuse_conn_info* connection) {
  // The kernel is told of all that changes behind its back; without this it would drop a file's
  // pages after each write. It cuts files to size by a call of its own, and clears set-uid bits.
  connection->want &=
      ~static_cast<unsigned>(FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_ATOMIC_O_TRUNC |
                             FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
  connection->want |= connection->capable & FUSE_CAP_PARALLEL_DIROPS;
}

const fuse_lowlevel_ops& disk_calls() {
  static const fuse_lowlevel_ops all = [] {
    fuse_lowlevel_ops calls{};
    calls.init = begin;
    add_name_calls(calls);
    add_data_calls(calls);
    add_folder_calls(calls);
    return calls;
  }();
  return all;
}

fuse_session* make_session(Disk& disk) {
  std::string program = "tribunal-disk";
  char* arguments[] = {program.data(), nullptr};
  fuse_args options = FUSE_ARGS_INIT(1, arguments);
  fuse_session* session =
      fuse_session_new(&options, &disk_calls(), sizeof(fuse_lowlevel_ops), &disk);
  fuse_opt_free_args(&options);
  if (session == nullptr) throw Error(Blame::environment, "libfuse cannot make a session");
  return session;
}

void serve_calls(fuse_session* session) {
  fuse_loop_config* const config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_clone_fd(config, 1);
  fuse_loop_cfg_set_max_threads(config, most_threads);
  fuse_loop_cfg_set_idle_threads(config, idle_threads);
  fuse_session_loop_mt(session, config);
  fuse_loop_cfg_destroy(config);
}

}  // namespace

DiskMount::DiskMount(Disk& disk, std::string folder)
    : folder_(std::move(folder)), device_(open_device()) {
  mount_at(folder_, device_);
  session_ = make_session(disk);
  fuse_session_mount(session_, fmt::format("/dev/fd/{}", device_.number()).c_str());
  device_.release();  // the session's now
  std::thread(serve_calls, session_).detach();
}

DiskMount::~DiskMount() {
  ::umount2(folder_.c_str(), MNT_DETACH);
  fuse_session_exit(session_);
}

void DiskMount::tell(const Stale& stale) {
  for (const auto& [folder, name] : stale.names)
    fuse_lowlevel_notify_inval_entry(session_, folder, name.c_str(), name.size());
  for (const std::uint64_t inode : std::set(stale.inodes.begin(), stale.inodes.end()))
    fuse_lowlevel_notify_inval_inode(session_, inode, 0, 0);
}

}  // namespace tribunal
