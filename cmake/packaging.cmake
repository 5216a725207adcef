# SPDX-License-Identifier: MIT
# What is installed and where.  Everything is of the component `switchyard`,
# which the .deb is made of.
include(GNUInstallDirs)

# The program finds its scripts from where it lies, so that an installation
# can be moved and tells nothing of the machine that built it.  Beside the
# program of a build lies a `share` that leads to the sources.
set(sy_data ${CMAKE_INSTALL_DATADIR}/switchyard)
file(RELATIVE_PATH sy_data_from_bin
  ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/switchyard)
target_compile_definitions(switchyard PRIVATE
  SY_DATA_FROM_BIN="${sy_data_from_bin}")
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/scripts
  ${CMAKE_BINARY_DIR}/share/switchyard SYMBOLIC)

install(TARGETS switchyard COMPONENT switchyard)
install(DIRECTORY scripts/plot DESTINATION ${sy_data} COMPONENT switchyard)
