// The newer mount calls, kept in a file of their own: the kernel's header for them and the C
// library's do not mix.
#pragma once

#include <string>

#include "harness/cluster/descriptor.h"

namespace tribunal {

// A copy of the mount at `folder` that can be written, attached nowhere and so not touched by what
// is done to the visible tree.
Descriptor detached_copy(const std::string& folder);
void attach(const Descriptor& tree, const std::string& folder);

// Makes everything visible now read-only, for the calling mount namespace only; device files can
// still be written. False, with errno: it could not. A single system call, and so fit for a child
// between clone and exec; a second time it changes nothing and succeeds.
bool make_all_read_only();

}  // namespace tribunal
