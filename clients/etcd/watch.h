// What became of a group of registers since a revision, by one of etcd's watches.
#pragma once

#include "clients/etcd/dialogue.h"
#include "harness/record/call.h"

namespace tribunal {

// How a watch knows that it has seen all there was up to some revision.
enum class Bookmark {
  // A key of its own among those watched, written once the watch is there: etcd promises that
  // changes come in the order of their revisions and that none is left out, so that all older ones
  // came before this one.
  marker,
  // etcd's own word, asked for with the watch (WatchProgressRequest).
  progress,
};

std::string group_prefix(Key key);
std::string group_key(Key key, Key which);

// Fills in the changes after `call.from` and the revision up to which these are all. Where
// revisions were compacted away it goes on from the first that is left, and says so in `from`.
// Throws Rejected, since it changes nothing that anybody reads.
WatchGroup watch_group(Dialogue& etcd, WatchGroup call, Bookmark bookmark);

}  // namespace tribunal
