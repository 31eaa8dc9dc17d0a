// A database as a YAML file describes it: how to deploy it on a node, and how it is spoken to.
// docs/deployments.md has every key.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

// Words with blanks to be filled in; what was written as one text is for the shell.
struct DescribedCommand {
  std::vector<std::string> words;  // empty: there is none
};

enum class WhichNodes { all, first, others };

struct DescribedDaemon {
  DescribedCommand command;
  std::map<std::string, std::string> environment;
  bool as_ordinary_user = false;
  WhichNodes nodes = WhichNodes::all;
};

// Checkers that are promised for these workloads under these options; empty: for all.
struct DescribedPromise {
  std::vector<std::string> workloads;
  std::map<std::string, std::string> when;
  std::vector<std::string> checkers;  // {"progress"}: nothing is promised
};

// How its members come and go; no `list`: they do not.
struct DescribedMembers {
  DescribedCommand list, add, remove;
  DescribedCommand wipe;  // none: the node's data folder is emptied
};

struct Description {
  std::filesystem::path file;  // absolute
  std::string name, summary;
  std::string binary, install;  // the server, and the command that installs it
  DescribedCommand version, check;
  NodeCounts nodes{1, 1};
  std::string port;  // where clients connect; empty: they are given the bare address
  std::vector<DatabaseOption> options;
  std::map<std::string, std::string> files;  // contents by path below the node's data folder
  std::vector<std::string> logs;             // files below it that are to be kept with the run
  std::vector<DescribedCommand> before, form;
  std::vector<DescribedDaemon> daemons;  // empty: it can only be spoken to where it runs already
  DescribedCommand ready, role;
  std::map<std::string, DescribedCommand> chores;
  DescribedMembers members;
  int stop_signal = 15;
  DescribedCommand adapter;
  std::string built_in;                // the name of a client instead of an adapter
  std::vector<std::string> workloads;  // empty: as the adapter's hello says
  std::vector<DescribedPromise> promises;
};

// Throws Error(usage) with file, line and column on whatever is wrong in it.
Description read_description(const std::filesystem::path& file);

}  // namespace tribunal
