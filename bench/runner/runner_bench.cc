// What the harness itself costs: generator, worker, recorder and file, against a client that does
// nothing. Prints operations a second and microseconds of overhead an operation, for 1, 10 and 100
// processes.
#include <fmt/core.h>
#include <stdlib.h>

#include <filesystem>

#include "harness/run/workers.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

class Nothing : public Client {
 public:
  Call invoke(const Call& call) override { return call; }
};

void measure(std::size_t processes, std::uint64_t operations, const std::filesystem::path& folder) {
  const auto& workload = workloads().front();
  Traffic traffic = workload.defaults;
  traffic.workers = processes;
  traffic.rate = 0;
  traffic.operations = operations;
  Recorder recorder(folder / "history.jsonl");
  Activity activity(1);
  WorkersOptions options;
  options.workers = processes;
  options.nodes = {"n1"};
  options.connect = [](std::size_t) { return std::make_unique<Nothing>(); };
  Workers workers(options, recorder, activity);
  const auto began = std::chrono::steady_clock::now();
  workers.run("traffic", workload.traffic(traffic), {});
  recorder.close();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  fmt::print("{:>9}  {:>10}  {:>8.2f}  {:>12.0f}  {:>13.2f}\n", processes, operations, seconds,
             static_cast<double>(operations) / seconds,
             seconds * 1e6 / static_cast<double>(operations));
}

}  // namespace
}  // namespace tribunal

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "tribunal-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 3;
  fmt::print("processes  operations   seconds  operations/s  us/operation\n");
  for (std::size_t processes : {1, 10, 100}) tribunal::measure(processes, 1'000'000, folder);
  std::filesystem::remove_all(folder);
}
