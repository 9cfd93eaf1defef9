// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/config/input.hpp>
#include <kolace/io/detail/yaml.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// @file
/// The section `data` of an input.yaml.

namespace kolace::detail {

/// File names relative to a folder, which may contain patterns like "run_*.extxyz".
/// @throws InputError if there is no such file, or a name has another format's extension
std::vector<std::string> read_files(YamlValue const& value, std::filesystem::path const& folder);
/// Path of a single file, e.g. a table of weights.
std::string read_one_file(YamlValue const& value, std::filesystem::path const& folder);

/// Options for reading the files; refuses contradictory keys.
Dataset::Options read_data_options(YamlValue const& data, FitInputOptions const& options);

/// Reads data.reference_energy.
ReferenceEnergy read_reference_energy(YamlValue const& value, ElementSet const& elements);

/// Warns of a file that appears in both lists, or twice in one.
void warn_of_repeated_files(FitInput& input);

/// Moves a random part of the training frames to the test set.
void split(FitInput& input, YamlValue const& test_size, unsigned long seed);

} // namespace kolace::detail
