#include "nemesis/disk/host_disk.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "harness/record/error.h"
#include "nemesis/disk/disk_tool.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr Milliseconds tool_deadline = 15s;

json ask_tool(Host& host, const char* verb, const json& order, Milliseconds deadline) {
  const json answer = json::parse(host.tool(verb).ask(order.dump(), deadline));
  if (answer.contains("failed"))
    throw Error(Blame::environment,
                fmt::format("the disk of {}: {}", host.name(), answer["failed"].get<std::string>()),
                answer.value("fix", ""));
  return answer;
}

DiskProbe ask_probe(Host& host, json order, Milliseconds deadline) {
  order["folder"] = host.data();
  const json answer = ask_tool(host, disk_probe_verb, order, deadline);
  return {answer["errno"], std::chrono::microseconds(answer["us"].get<std::int64_t>()),
          answer["size"], answer["bits_off"]};
}

}  // namespace

json ask_disk(Host& host, const json& order) {
  return ask_tool(host, disk_verb, order, tool_deadline);
}

DiskProbe probe_write(Host& host, const ProbeWrite& write, Milliseconds deadline) {
  json order{
      {"do", "write"}, {"file", write.file}, {"offset", write.offset}, {"bytes", write.bytes}};
  if (!write.then.empty()) order[write.then] = true;
  return ask_probe(host, order, deadline);
}

DiskProbe probe_read(Host& host, const std::string& file, Milliseconds deadline) {
  return ask_probe(host, {{"do", "read"}, {"file", file}}, deadline);
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
    ask_disk(host, {{"do", "mount"}, {"folder", host.data()}});
    try {
      demand_sound_disk(host);
    } catch (const std::runtime_error& error) {
      throw Error(Blame::environment, fmt::format("the disk of {}: {}", host.name(), error.what()));
    }
  }
}

}  // namespace tribunal
