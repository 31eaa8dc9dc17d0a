#include "nemesis/clock/clock_preparation.h"

#include "nemesis/clock/clock_questions.h"
#include "nemesis/clock/clock_tool.h"
#include "nemesis/clock/faketime_host.h"
#include "nemesis/every_host.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

constexpr Milliseconds preparation_deadline(15'000);

std::optional<FaketimeLibrary> library_of(Host& host) {
  if (faketime_path().empty()) return {};
  const auto told = host.run({"/proc/self/exe", faketime_verb}, preparation_deadline);
  return faketime_answer(told.out);
}

void start_under_faketime(Cluster& cluster) {
  if (cluster.start_database.target<FaketimeStart>() != nullptr) return;
  cluster.start_database =
      FaketimeStart{std::move(cluster.start_database), std::make_shared<FaketimePrograms>()};
}

void prepare_every_host(Cluster& cluster, FaketimeLook look) {
  on_every(cluster, cluster.names(), [&](Host& host) {
    ask_tool(host, clock_verb, {{"do", "try"}}, preparation_deadline);
  });
  const auto library = library_of(cluster.host(0));
  if (!library) return;
  on_every(cluster, cluster.names(), [&](Host& host) {
    ask_tool(host, clock_verb, faketime_question(*library, look), preparation_deadline);
  });
  start_under_faketime(cluster);
}

}  // namespace

void prepare_clocks(Cluster& cluster) { prepare_every_host(cluster, FaketimeLook::each_second); }

void prepare_restless_clocks(Cluster& cluster) {
  prepare_every_host(cluster, FaketimeLook::each_reading);
}

}  // namespace tribunal
