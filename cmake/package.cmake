# What another project finds with find_package(kolace).
include(CMakePackageConfigHelpers)
install(EXPORT kolace_targets NAMESPACE kolace:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kolace)
configure_package_config_file(cmake/kolaceConfig.cmake.in
  "${PROJECT_BINARY_DIR}/kolaceConfig.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kolace)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/kolaceConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/kolaceConfig.cmake"
  "${PROJECT_BINARY_DIR}/kolaceConfigVersion.cmake"
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kolace)
