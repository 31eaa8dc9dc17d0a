#include "tests/end_to_end/quorum_run.h"

#include "harness/record/run_folder.h"

namespace tribunal {

bool QuorumRun::convicts(const std::string& checker) const {
  const auto claim = claims.find(checker);
  return claim != claims.end() && claim->second == Judgement::violated;
}

QuorumRun run_quorum(const std::filesystem::path& runs, std::uint64_t seed, const Flags& flags) {
  const std::filesystem::path out = runs / ("seed-" + std::to_string(seed));
  Flags all = {{"time", "5s"},
               {"fault-every", "2s"},
               {"fault-length", "1s"},
               {"out", out.string()},
               {"seed", std::to_string(seed)}};
  for (const auto& [name, value] : flags) all[name] = value;
  std::vector<std::string> arguments = {"run", "quorum"};
  for (const auto& [name, value] : all) {
    arguments.push_back("--" + name);
    arguments.push_back(value);
  }
  QuorumRun run;
  run.ended = tribunal(arguments);
  if (!std::filesystem::exists(out)) return run;  // nothing was begun
  run.folder = run_folder(out);
  for (const auto& verdict : RunFolder::open(run.folder).read_verdicts())
    run.claims[verdict.checker] = verdict.judgement;
  return run;
}

bool at_some_seed(const std::function<bool(std::uint64_t seed)>& shows) {
  constexpr std::uint64_t last = 3;
  for (std::uint64_t seed = 1; seed <= last; ++seed) {
    if (shows(seed)) return true;
  }
  return false;
}

}  // namespace tribunal
