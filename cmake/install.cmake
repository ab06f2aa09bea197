# What `cmake --install` gives: find_package(pvm) with pvm::engine, pvm::engine_static, pvm::ref and pvm::conformance, pkg-config files
# pvm-engine, pvm-ref and pvm-conformance, the programs pvm-conform, pvm and pvm-cc, the vectors under share/pvm/conformance, the guest SDK
# under share/pvm/guest (guest/CMakeLists.txt), the document under share/doc/pvm.
include(CMakePackageConfigHelpers)

set_target_properties(pvm_engine PROPERTIES EXPORT_NAME engine)
set_target_properties(pvm_engine_static PROPERTIES EXPORT_NAME engine_static)
set_target_properties(pvm_ref PROPERTIES EXPORT_NAME ref)
set_target_properties(pvm_conformance PROPERTIES EXPORT_NAME conformance)
set_target_properties(pvm_isa PROPERTIES EXPORT_NAME isa)
install(TARGETS pvm_engine pvm_engine_static pvm_ref pvm_conformance pvm_isa EXPORT pvm INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS pvm-conform)
if(PVM_TOOLS)
  install(TARGETS pvm)
endif()

install(DIRECTORY engine/include/ ref/include/ conformance/include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/generated/pvm/isa.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pvm)
install(FILES conformance/pvm_target.h TYPE INCLUDE)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pvm)
install(EXPORT pvm NAMESPACE pvm:: FILE pvmTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/pvmConfig.cmake.in pvmConfig.cmake INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(pvmConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pvmConfig.cmake ${PROJECT_BINARY_DIR}/pvmConfigVersion.cmake DESTINATION ${package_dir})

# pvm_pkg_config(NAME DESCRIPTION LIBRARY REQUIRES CFLAGS PRIVATE_LIBRARIES): a .pc file that finds everything relative to itself.
function(pvm_pkg_config name description library requires cflags libs_private)
  file(RELATIVE_PATH prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" prefix "${prefix}")
  configure_file(cmake/pvm.pc.in ${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
# The engine has a C API: its flags must not name a C++ standard.
pvm_pkg_config(pvm-engine "PVM engine: compiler, sandbox, interpreter" pvm_engine "" "" "-lstdc++ -lpthread")
pvm_pkg_config(pvm-ref "PVM reference interpreter" pvm_ref "" -std=c++20 "")
pvm_pkg_config(pvm-conformance "PVM conformance suite: vectors, verdicts, reports" pvm_conformance "pvm-ref nlohmann_json" -std=c++20 "")

install(DIRECTORY conformance/vectors conformance/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/pvm/conformance)
install(DIRECTORY conformance/releases DESTINATION ${CMAKE_INSTALL_DATADIR}/pvm/conformance)
install(FILES conformance/README.md conformance/manifest.json DESTINATION ${CMAKE_INSTALL_DATADIR}/pvm/conformance)
install(DIRECTORY spec TYPE DOC FILES_MATCHING PATTERN "*.md" PATTERN "*.json")
install(FILES README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT TYPE DOC)
