#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace kolace {

/// Writes a file by way of a temporary one beside it, renamed when complete: readers see the old
/// file or the new one, never a part.
/// @throws InputError if it cannot be written
void write_file(std::string const& path, std::function<void(std::ostream&)> const& write);

} // namespace kolace
