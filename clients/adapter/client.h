// A client in any language: a process of its own for each, opened by the first call at the latest,
// whose end, silence or nonsense is a lost answer and never a trouble of the harness.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clients/adapter/protocol.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address` goes to the adapter as it is. Its stderr is appended to adapter_log(). Never blocks,
// never throws.
std::unique_ptr<Client> connect_adapter(const std::vector<std::string>& command,
                                        const std::string& address, const Deployment& deployment);

// adapter.log in the folder that the note "logs" names; empty: there is none.
std::filesystem::path adapter_log(const Deployment& deployment);

// Starts one, with no address, for what it says of itself. Throws Error(environment) with what it
// did instead.
AdapterHello ask_adapter(const std::vector<std::string>& command, Milliseconds deadline);

}  // namespace tribunal
