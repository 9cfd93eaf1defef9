// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/frame.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// Splits a comment line into entries: bare or quoted ("", '', {}, []) keys and values. Within
/// double quotes, a backslash escapes a quote or a backslash, and \n is a newline.
/// @throws InputError for an unclosed quote or bracket, or a value without a key
std::vector<InfoEntry> parse_comment_line(std::string_view line, Place const& place);

/// Text of an entry that parse_comment_line reads back unchanged.
std::string format_entry(InfoEntry const& entry);

} // namespace kolace::detail
