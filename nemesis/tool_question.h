// Asks a tool on a host in JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/cluster/host.h"
#include "harness/record/error.h"

namespace tribunal {

// Throws Error(environment) with what the tool could not do, or when it has ended or is silent.
inline nlohmann::json ask_tool(Host& host, const std::string& verb, const nlohmann::json& question,
                               Milliseconds deadline = Milliseconds(5000)) {
  const auto answer = nlohmann::json::parse(host.tool(verb).ask(question.dump(), deadline));
  if (answer.contains("failed"))
    throw Error(Blame::environment,
                verb + " on " + host.name() + ": " + answer["failed"].get<std::string>());
  return answer;
}

}  // namespace tribunal
