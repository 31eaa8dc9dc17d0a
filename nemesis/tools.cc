#include "nemesis/tools.h"

#include <unistd.h>

#include <string_view>
#include <vector>

#include "nemesis/clock/clock_tool.h"
#include "nemesis/clock/faketime_library.h"
#include "nemesis/disk/disk_tool.h"
#include "nemesis/network/closing_echo.h"
#include "nemesis/network/link_echo.h"
#include "nemesis/network/packet_queue.h"

namespace tribunal {
namespace {

struct Verb {
  std::string_view name;
  int (*run)();
};

const std::vector<Verb>& tool_verbs() {
  static const std::vector<Verb> all{
      {clock_verb, clock_tool_main},          {closing_echo_verb, closing_echo_main},
      {disk_probe_verb, disk_probe_main},     {disk_verb, disk_main},
      {faketime_verb, faketime_library_main}, {link_echo_verb, link_echo_main},
      {packet_queue_verb, packet_queue_main},
  };
  return all;
}

}  // namespace

std::optional<int> tool_main(int argc, char** argv) {
  if (argc < 2) return {};
  for (const auto& verb : tool_verbs()) {
    if (verb.name != argv[1]) continue;
    [[maybe_unused]] const int outside = ::chdir("/");  // a disk that is in use cannot be unmounted
    return verb.run();
  }
  return {};
}

}  // namespace tribunal
