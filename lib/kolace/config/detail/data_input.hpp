#pragma once

#include <kolace/config/input.hpp>
#include <kolace/io/detail/yaml.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// @file The section `data` of an input.yaml.

namespace kolace::detail {

/// Names of files, relative to a folder, perhaps patterns like "run_*.extxyz".
/// @throws InputError where there is none, or a name is that of another format
std::vector<std::string> read_files(YamlValue const& value, std::filesystem::path const& folder);
/// A table of weights.
std::string read_one_file(YamlValue const& value, std::filesystem::path const& folder);

/// How the files are read; refuses keys that cannot be meant.
Dataset::Options read_data_options(YamlValue const& data, FitInputOptions const& options);

/// data.reference_energy.
ReferenceEnergy read_reference_energy(YamlValue const& value, ElementSet const& elements);

/// Warns of one file in both lists, or twice in one.
void warn_of_repeated_files(FitInput& input);

/// Moves a random part of the training frames to the test set.
void split(FitInput& input, YamlValue const& test_size, unsigned long seed);

} // namespace kolace::detail
