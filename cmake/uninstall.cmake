# SPDX-License-Identifier: MIT
# Removes the files that MANIFEST names, as `cmake --install` wrote it, and the
# folders named after the program that are empty then: other folders, such as
# /usr/local/bin, may have been there before.  DESTDIR counts as it did then.
if(NOT EXISTS "${MANIFEST}")
  message(FATAL_ERROR "uninstall: there is no ${MANIFEST}: nothing was "
    "installed from this build (a component writes install_manifest_NAME.txt; "
    "name it by -DMANIFEST=)")
endif()
file(STRINGS "${MANIFEST}" files)
foreach(file ${files})
  set(path "$ENV{DESTDIR}${file}")
  if(EXISTS "${path}" OR IS_SYMLINK "${path}")
    message(STATUS "Removing: ${path}")
    file(REMOVE "${path}")
  endif()
  cmake_path(GET path PARENT_PATH folder)
  while(folder MATCHES "/switchyard(/|$)" AND IS_DIRECTORY "${folder}")
    file(GLOB left "${folder}/*" "${folder}/.*")
    if(left)
      break()
    endif()
    file(REMOVE_RECURSE "${folder}")
    cmake_path(GET folder PARENT_PATH folder)
  endwhile()
endforeach()
