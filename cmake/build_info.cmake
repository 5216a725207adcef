# SPDX-License-Identifier: MIT
# Writes build_info.h: what a result says about the build that made it.  Run
# at every build, since the commit changes without CMake being run again; the
# file is only touched when something in it changed.
set(commit "unknown")
set(dirty "no")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE out OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
    RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${out})
    execute_process(COMMAND ${GIT} -C ${SOURCE} status --porcelain -uno
      OUTPUT_VARIABLE out ERROR_QUIET)
    if(out)
      set(dirty "yes")
    endif()
  endif()
endif()
string(TOUPPER "${BUILD_TYPE}" upper)
set(release 0)
if(upper STREQUAL "RELEASE" AND SANITIZER STREQUAL "")
  set(release 1)
endif()
string(REPLACE "\"" "\\\"" FLAGS "${FLAGS}")
file(WRITE ${OUTPUT}.new "/* Written by cmake/build_info.cmake. */
#ifndef SY_BUILD_INFO_H
#define SY_BUILD_INFO_H

#define SY_VERSION \"${VERSION}\"
#define SY_COMPILER \"${COMPILER}\"
#define SY_FLAGS \"${FLAGS}\"
#define SY_BUILD_TYPE \"${BUILD_TYPE}\"
#define SY_BUILD_IS_RELEASE ${release}
#define SY_SANITIZER \"${SANITIZER}\"
#define SY_GIT_COMMIT \"${commit}\"
#define SY_GIT_DIRTY \"${dirty}\"
#define SY_BENCHMARK_VERSION \"${BENCHMARK}\"

#endif /* SY_BUILD_INFO_H */
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
file(REMOVE ${OUTPUT}.new)
