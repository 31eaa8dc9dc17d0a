#include "harness/cluster/loop_disks.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstring>
#include <random>

#include "harness/record/error.h"

namespace tribunal {
namespace {

// A name that nothing else on the machine has.
std::string image_name(const std::string& host) {
  std::random_device chance;
  return fmt::format("{}{:08x}{:08x}-{}", leftover_prefix, chance(), chance(), host);
}

Descriptor mounts_of(int init) {
  const std::string path = fmt::format("/proc/{}/ns/mnt", init);
  Descriptor mounts(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!mounts)
    throw Error(Blame::environment, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  return mounts;
}

}  // namespace

LoopDisks::LoopDisks(LoopKeeper& keeper, Journal& journal, std::filesystem::path folder,
                     std::map<std::string, int> inits)
    : keeper_(keeper), journal_(journal), folder_(std::move(folder)), inits_(std::move(inits)) {}

LoopDisks::~LoopDisks() {
  for (const auto& [host, image] : images_) {
    try {
      keeper_.release(image);
    } catch (const Error&) {  // the keeper is dead, and lets go of everything by that
    }
  }
}

void LoopDisks::mount(const Host& host) {
  {
    const std::scoped_lock lock(mutex_);
    if (images_.contains(host.name())) return;
    const std::string image = folder_ / image_name(host.name());
    journal_.write_down({"loop device", image});
    images_[host.name()] = image;
  }
  try {
    act(LoopKeeper::Act::mount, host);
  } catch (const Error&) {  // not the next time either, and then, too, with the reason
    const std::scoped_lock lock(mutex_);
    images_.erase(host.name());
    throw;
  }
}

void LoopDisks::shut_down(const Host& host) { act(LoopKeeper::Act::shut_down, host); }

void LoopDisks::make_read_only(const Host& host) { act(LoopKeeper::Act::make_read_only, host); }

void LoopDisks::mount_again(const Host& host) {
  act(LoopKeeper::Act::unmount, host);
  act(LoopKeeper::Act::mount, host);
}

void LoopDisks::act(LoopKeeper::Act what, const Host& host) {
  std::string image;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = images_.find(host.name());
    if (found == images_.end())
      throw Error(Blame::environment, fmt::format("{} has no disk on a loop device", host.name()));
    image = found->second;
  }
  try {
    keeper_.act(what, image, mounts_of(inits_.at(host.name())));
  } catch (const Error& error) {
    throw Error(error.blame(), fmt::format("the disk of {}: {}", host.name(), error.what()),
                error.fix());
  }
}

}  // namespace tribunal
