#pragma once

#include <kolace/io/frame.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// Splits a comment line into entries: bare or quoted ("", '', {}, []) keys and values; within
/// double quotes a backslash protects a quote or a backslash.
/// @throws InputError for a quote that is not closed
std::vector<InfoEntry> parse_comment_line(std::string_view line, Place const& place);

/// Text of an entry that parse_comment_line reads back unchanged.
std::string format_entry(InfoEntry const& entry);

} // namespace kolace::detail
