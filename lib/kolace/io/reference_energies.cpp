// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/reference_energies.hpp>

#include <map>

namespace kolace {
namespace {

constexpr char const* name_of_preset = "VASP_PBE_500_0.125_0.1_NM";

/// VASP, PBE, 500 eV cutoff, Gaussian smearing of 0.1 eV, non-magnetic; eV, values from pacemaker.
std::map<std::string, double> const& preset() {
  static std::map<std::string, double> const energies{
      {"Ac", -0.20899015}, {"Ag", -0.06689862}, {"Al", -0.10977253}, {"Ar", -0.0235748},
      {"As", -0.17915798}, {"Au", -0.06427594}, {"B", -0.1100114},   {"Ba", -0.13720005},
      {"Be", -0.04039112}, {"Bi", -0.1854587},  {"Br", -0.12188631}, {"C", -0.1612024},
      {"Ca", -0.02585929}, {"Cd", -0.01423875}, {"Ce", -0.89994905}, {"Cl", -0.12414702},
      {"Co", -0.27078113}, {"Cr", -0.65569845}, {"Cs", -0.23242861}, {"Cu", -0.06659418},
      {"Dy", -0.15964479}, {"Er", -0.1606716},  {"Eu", -0.05150557}, {"F", -0.11863189},
      {"Fe", -0.35795312}, {"Fr", -0.20499698}, {"Ga", -0.10956489}, {"Gd", -0.16319873},
      {"Ge", -0.16372306}, {"H", -0.05660531},  {"He", 0.00161163},  {"Hf", -2.79098326},
      {"Hg", -0.01069226}, {"Ho", -0.15904603}, {"I", -0.11835143},  {"In", -0.12375132},
      {"Ir", -0.27663991}, {"K", -0.07961456},  {"Kr", -0.02228048}, {"La", -0.40271396},
      {"Li", -0.06085926}, {"Lu", -0.16197678}, {"Mg", -0.00056567}, {"Mn", -0.47998212},
      {"Mo", -0.4297273},  {"N", -0.17273379},  {"Na", -0.06438759}, {"Nb", -0.82269379},
      {"Nd", -0.18393967}, {"Ne", -0.01244429}, {"Ni", -0.18976919}, {"Np", -4.40174385},
      {"O", -0.16665686},  {"Os", -0.60389947}, {"P", -0.18102125},  {"Pa", -1.40133833},
      {"Pb", -0.16754695}, {"Pd", -1.47571017}, {"Pm", -0.17541143}, {"Po", -0.17215562},
      {"Pt", -0.25488222}, {"Pu", -6.19533094}, {"Ra", -0.10539559}, {"Rb", -0.07907932},
      {"Re", -1.20230599}, {"Rh", -1.03428996}, {"Rn", -0.00530062}, {"Ru", -0.60938402},
      {"S", -0.16942446},  {"Sb", -0.17675287}, {"Sc", -1.82317913}, {"Se", -0.1669939},
      {"Si", -0.16208649}, {"Sm", -0.17184578}, {"Sn", -0.17573341}, {"Sr", -0.02800043},
      {"Ta", -2.3423585},  {"Tb", -0.16170736}, {"Tc", -0.36811991}, {"Te", -0.16457883},
      {"Th", -0.65883239}, {"Ti", -1.35069169}, {"Tl", -0.11645191}, {"Tm", -0.16111118},
      {"U", -2.73254914},  {"V", -0.93934306},  {"W", -1.81667003},  {"Xe", -0.01207016},
      {"Y", -1.98890231},  {"Yb", -0.02974997}, {"Zn", -0.0113131},  {"Zr", -1.43289387}};
  return energies;
}

} // namespace

bool is_reference_preset(std::string const& name) {
  return name == name_of_preset;
}

std::optional<double> preset_reference_energy(std::string const& name, std::string const& element) {
  if (!is_reference_preset(name))
    return {};
  auto const found = preset().find(element);
  return found == preset().end() ? std::nullopt : std::optional(found->second);
}

} // namespace kolace
