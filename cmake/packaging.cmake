# SPDX-License-Identifier: MIT
# What is installed and where, and the Debian package made of it.  All of it is
# of the component `switchyard`, so that the package holds the program alone.
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

# The date of the version is the changelog's; one that is not released has
# that of its build (which SOURCE_DATE_EPOCH can set).
file(STRINGS CHANGELOG.md sy_heading LIMIT_COUNT 1
  REGEX "^## \\[${PROJECT_VERSION}\\] - [0-9]+-[0-9]+-[0-9]+$")
if(sy_heading MATCHES "([0-9]+)-([0-9]+)-([0-9]+)$")
  set(sy_months January February March April May June July August September
    October November December)
  math(EXPR sy_month "${CMAKE_MATCH_2} - 1")
  list(GET sy_months ${sy_month} sy_month)
  set(SY_DATE "${sy_month} ${CMAKE_MATCH_3}, ${CMAKE_MATCH_1}")
else()
  string(TIMESTAMP SY_DATE "%B %d, %Y" UTC)
endif()
string(REPLACE " 0" " " SY_DATE "${SY_DATE}")
configure_file(man/switchyard.1.in man/switchyard.1 @ONLY)
configure_file(man/switchyard-sweep.5.in man/switchyard-sweep.5 @ONLY)

install(TARGETS switchyard COMPONENT switchyard)
install(DIRECTORY scripts/plot scripts/sweeps DESTINATION ${sy_data} OPTIONAL
  COMPONENT switchyard)
install(FILES ${CMAKE_BINARY_DIR}/man/switchyard.1
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT switchyard)
install(FILES ${CMAKE_BINARY_DIR}/man/switchyard-sweep.5
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 COMPONENT switchyard)
install(FILES scripts/completions/switchyard.bash RENAME switchyard
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  COMPONENT switchyard)
install(FILES scripts/completions/_switchyard
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  COMPONENT switchyard)
install(FILES scripts/completions/switchyard.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
  COMPONENT switchyard)
file(GLOB sy_docs CONFIGURE_DEPENDS docs/*.md)
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT switchyard)
install(FILES ${sy_docs}
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT switchyard)
# What these pages show and link to, at the same places.
foreach(run example context-switch contexts tutorial)
  file(GLOB sy_pictures CONFIGURE_DEPENDS results/${run}/plots/*.png)
  install(FILES ${sy_pictures}
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/results/${run}/plots
    COMPONENT switchyard)
endforeach()
install(FILES models/model.h
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/models COMPONENT switchyard)
install(FILES bench/benchmark-c/README.md bench/benchmark-c/benchmark_c.h
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/bench/benchmark-c COMPONENT switchyard)

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
    -P ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)

# cpack: one .deb.  What Debian wants otherwise than others is done to what was
# staged by deb.cmake.
set(SY_MAINTAINER "The Switchyard authors <switchyard@switchyard.example>"
  CACHE STRING "Who answers for the package: Name <address>")
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL switchyard)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_VENDOR "The Switchyard authors")
set(CPACK_PACKAGE_CONTACT "${SY_MAINTAINER}")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/deb.cmake)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_SWITCHYARD_PACKAGE_NAME switchyard)
set(CPACK_DEBIAN_SWITCHYARD_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_SWITCHYARD_PACKAGE_RECOMMENDS
  "gnuplot-nox | gnuplot, fonts-inter, hwloc-nox | hwloc")
set(CPACK_DEBIAN_SWITCHYARD_PACKAGE_SUGGESTS
  "libbenchmark-tools, nginx-light | nginx")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "comparison of concurrency models on this machine")
set(CPACK_DEBIAN_SWITCHYARD_DESCRIPTION
"Switchyard runs the same CPU-bound and I/O-bound tasks under threads, a
semaphore gate, forked processes, a process pool, stackful coroutines and an
event loop, on the processors that one chooses.  It says which of them wins on
this machine, by how much and how sure that is, and what a context switch
costs.  Every answer is checked, every sample is kept, and figures are drawn
with gnuplot.")
# For deb.cmake.
set(CPACK_SY_RELEASE_BUILD OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SY_SANITIZE)
  set(CPACK_SY_RELEASE_BUILD ON)
endif()
include(CPack)
