// A profile for a person at a terminal, and for a program.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/assemble/profile.h"
#include "harness/assemble/verdict_text.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

using Standing = ProfileRow::Standing;

std::string listed(const std::vector<std::string>& models) {
  return models.empty() ? "none" : fmt::format("{}", fmt::join(models, " + "));
}

std::string table(const Profile& profile) {
  std::string text =
      fmt::format("  {} ({} acknowledged reads)\n", profile.scope, grouped(profile.reads));
  for (const ProfileRow& row : profile.rows) {
    text += fmt::format("    {:<28} {:<15} {}\n", row.model, name_of(row.standing), row.why);
  }
  return text;
}

std::string borders(const Profile& profile) {
  return fmt::format("  {:<44} strongest not refuted: {}; weakest refuted: {}\n", profile.scope,
                     listed(profile.strongest), listed(profile.weakest));
}

nlohmann::json json_of(const Profile& profile) {
  nlohmann::json rows = nlohmann::json::array();
  for (const ProfileRow& row : profile.rows) {
    rows.push_back({{"model", row.model},
                    {"checker", row.checker},
                    {"standing", name_of(row.standing)},
                    {"why", row.why},
                    {"operations", row.verdict.operations},
                    {"violations", row.verdict.violations},
                    {"seconds", row.verdict.seconds}});
  }
  return {{"scope", profile.scope},
          {"reads", profile.reads},
          {"models", rows},
          {"strongest-not-refuted", profile.strongest},
          {"weakest-refuted", profile.weakest}};
}

}  // namespace

std::string profile_text(const std::vector<Profile>& profiles) {
  if (profiles.empty()) return {};
  const Profile& whole = profiles.front();
  std::string text = table(whole);
  for (const ProfileRow& row : whole.rows) {
    const bool weakest =
        std::find(whole.weakest.begin(), whole.weakest.end(), row.model) != whole.weakest.end();
    if (!weakest || row.verdict.evidence.empty()) continue;
    text += fmt::format("\n  why {} is refuted:\n", row.model);
    text += evidence_text(row.verdict.evidence.front());
  }
  text += "\n";
  for (const Profile& profile : profiles) text += borders(profile);
  return text;
}

std::string profile_json(const std::vector<Profile>& profiles) {
  nlohmann::json all = nlohmann::json::array();
  for (const Profile& profile : profiles) all.push_back(json_of(profile));
  return all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tribunal
