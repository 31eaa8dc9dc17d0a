#include "nemesis/disk/host_disk.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "harness/cluster/loop_disks.h"
#include "harness/record/error.h"
#include "nemesis/disk/disk_tool.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// It reads and rewrites whole files, on a machine that may be busy with other runs.
constexpr Milliseconds tool_deadline = 30s;

json ask_tool(Host& host, const char* verb, const json& order, Milliseconds deadline) {
  const json answer = json::parse(host.tool(verb).ask(order.dump(), deadline));
  if (answer.contains("failed"))
    throw Error(Blame::environment,
                fmt::format("the disk of {}: {}", host.name(), answer["failed"].get<std::string>()),
                answer.value("fix", ""));
  return answer;
}

DiskProbe ask_probe(Host& host, const json& order, Milliseconds deadline) {
  const json answer = ask_tool(host, disk_probe_verb, order, deadline);
  return {answer["errno"], std::chrono::microseconds(answer["us"].get<std::int64_t>()),
          answer["size"], answer["bits_off"]};
}

}  // namespace

json ask_disk(Host& host, const json& order) {
  return ask_tool(host, disk_verb, order, tool_deadline);
}

DiskProbe probe_write(Host& host, const ProbeWrite& write, Milliseconds deadline) {
  const auto has = [&write](const char* word) {
    return write.then.find(word) != std::string::npos;
  };
  return ask_probe(host,
                   {{"do", "write"},
                    {"folder", host.data()},
                    {"file", write.file},
                    {"offset", write.offset},
                    {"bytes", write.bytes},
                    {"cut", has("cut")},
                    {"sync", has("sync")}},
                   deadline);
}

DiskProbe probe_read(Host& host, const std::string& file, Milliseconds deadline) {
  return ask_probe(host, {{"do", "read"}, {"folder", host.data()}, {"file", file}}, deadline);
}

std::uint64_t probe_fill(Host& host, DiskFilling what) {
  const char* const act = what == DiskFilling::fill ? "fill" : "remove";
  const DiskProbe done =
      ask_probe(host, {{"do", act}, {"folder", host.data()}, {"file", "filling"}}, tool_deadline);
  if (done.error != 0)
    throw std::runtime_error(fmt::format("a probe that was to {} the disk ends with {}", act,
                                         std::strerror(done.error)));
  return done.size;
}

void sketch_files(Host& host) {
  ask_tool(host, disk_probe_verb, {{"do", "sketch"}, {"folder", host.data()}}, tool_deadline);
}

json loss_since_sketch(Host& host) {
  return ask_tool(host, disk_probe_verb, {{"do", "loss"}, {"folder", host.data()}}, tool_deadline);
}

void demand_sound_disk(Host& host) {
  const DiskProbe wrote = probe_write(host, {"sound", 0, 4096, "sync"}, tool_deadline);
  if (wrote.error != 0)
    throw std::runtime_error(
        fmt::format("a probe's write ends with {}", std::strerror(wrote.error)));
  const DiskProbe read = probe_read(host, "sound", tool_deadline);
  if (read.error != 0)
    throw std::runtime_error(fmt::format("a probe's read ends with {}", std::strerror(read.error)));
  if (read.size != 4096 || read.bits_off != 0)
    throw std::runtime_error(fmt::format("a probe read {} of its 4096 bytes, {} bits of them wrong",
                                         read.size, read.bits_off));
}

void prepare_disks(Cluster& cluster) {
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    Host& host = cluster.host(i);
    if (cluster.loop_disks) {
      cluster.loop_disks->mount(host);
    } else {
      ask_disk(host, {{"do", "mount"}, {"folder", host.data()}});
    }
    try {
      demand_sound_disk(host);
    } catch (const std::runtime_error& error) {
      throw Error(Blame::environment, fmt::format("the disk of {}: {}", host.name(), error.what()));
    }
  }
}

void prepare_fuse_disks(Cluster& cluster) {
  if (cluster.loop_disks)
    throw Error(Blame::usage, "a fault of disks that no file system of the kernel has by itself",
                "--disk fuse");
  prepare_disks(cluster);
}

}  // namespace tribunal
