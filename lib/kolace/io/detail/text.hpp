#pragma once

#include <kolace/core/types.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// The whole token as a number; false if it is none. Infinity and NaN parse: check std::isfinite.
bool parse_double(std::string_view token, double& value);
bool parse_integer(std::string_view token, long& value);

/// Words separated by blanks and tabs, views into the line.
void split_words(std::string_view line, std::vector<std::string_view>& words);

/// Shortest decimal text that reads back as the same double.
std::string shortest(double value);

/// "[1, 2.5]", each number as short as it can be.
std::string list_of(std::vector<double> const& values);

/// A symmetric tensor (Voigt) as the nine numbers of a matrix, row by row.
std::string nine_numbers(Voigt const& tensor);

} // namespace kolace::detail
