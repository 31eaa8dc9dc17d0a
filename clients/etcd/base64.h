// Base64 (RFC 4648, with padding), which etcd's gateway speaks for keys and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tribunal {

void append_base64(std::string& out, std::string_view bytes);

// Nothing unless `text` is canonical: whole groups, the right padding and no stray bits.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tribunal
