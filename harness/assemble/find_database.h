// A database by what a spec calls it: a name of the catalogue, or a file that describes one.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/database.h"

namespace tribunal {

// The copy that a run folder keeps of the description of its database.
inline constexpr const char* kept_description = "database.yaml";

// Whether this is the path of a file rather than a name.
bool names_a_file(const std::string& database);

// Whether a file is a description of a database rather than a spec, by its keys.
bool is_description(const std::string& file);

// The name of the catalogue whose client speaks to it; empty: an adapter does.
std::string built_in_client(const std::string& named);

// Throws Error(usage) for what there is not, and for every mistake in a description. Nothing is
// started: a description that does not say its workloads has none.
std::shared_ptr<const Database> find_database(const std::string& named);

// The same with the workloads that its client serves, for which an adapter is started and asked.
// Throws Error(environment), too.
std::shared_ptr<const Database> find_database_to_run(const std::string& named);

}  // namespace tribunal
