// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tensors.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// All bytes of a file. @throws InputError if it cannot be read
std::string read_file(std::string const& path);

/// Converts a whole token to a number; returns false if it is not one. Infinity and NaN are
/// accepted: check std::isfinite.
bool parse_double(std::string_view token, double& value);
bool parse_integer(std::string_view token, long& value);

/// Splits a line at blanks and tabs; the words are views into the line.
void split_words(std::string_view line, std::vector<std::string_view>& words);

/// Shortest decimal text that reads back as the same double.
std::string shortest(double value);

/// A list such as "[1, 2.5]", each number as by shortest().
std::string list_of(std::vector<double> const& values);

/// The nine numbers of a symmetric tensor (Voigt) as a matrix, row-major.
std::string nine_numbers(Voigt const& tensor);

} // namespace kolace::detail
