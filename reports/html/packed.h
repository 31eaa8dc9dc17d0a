// Bytes as a page can carry and inflate them: raw deflate (RFC 1951), then base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

namespace tribunal {

std::string packed(std::string_view bytes);
std::string base64(std::string_view bytes);

}  // namespace tribunal
