// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit.hpp>
#include <kolace/report/predictions.hpp>
#include <kolace/report/report.hpp>

#include <iosfwd>
#include <string>

namespace kolace {

/// Contents of report.html besides the result itself.
struct ReportContents {
  std::string title;
  std::string input;                  ///< input.yaml as used
  Predictions const* train = nullptr; ///< null: no error plots
  Predictions const* test = nullptr;
  std::vector<DimerCheck> dimers;
};

/// Writes one self-contained page (without scripts or external content): warnings, errors by
/// config_type, parity plots and error histograms of energies, forces and virials, the model path,
/// dimers, simple crystals under compression, radial functions, and the input.
void write_html_report(std::ostream& out, FitResult const& result, ReportContents const& contents);

} // namespace kolace
