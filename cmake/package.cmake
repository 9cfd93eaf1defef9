# SPDX-License-Identifier: BSD-3-Clause
# What another project finds with find_package(kolace [COMPONENTS evaluate io fit]).
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/kolace")
foreach(component IN LISTS KOLACE_COMPONENTS ITEMS all)
  install(EXPORT kolace_${component}_targets NAMESPACE kolace:: DESTINATION "${package_folder}")
endforeach()
configure_package_config_file(cmake/kolaceConfig.cmake.in
  "${PROJECT_BINARY_DIR}/kolaceConfig.cmake" INSTALL_DESTINATION "${package_folder}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/kolaceConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/kolaceConfig.cmake"
  "${PROJECT_BINARY_DIR}/kolaceConfigVersion.cmake"
  DESTINATION "${package_folder}")
