# SPDX-License-Identifier: MIT
# Makes of a staged installation what Debian's policy asks for: compressed
# manual pages and changelogs, the licence as `copyright`, zsh's completion
# where Debian's zsh looks.  CPack runs it between staging and packing.
if(NOT CPACK_SY_RELEASE_BUILD)
  message(FATAL_ERROR "cpack: only a release build without sanitizers is packed")
endif()
set(share ${CPACK_TEMPORARY_DIRECTORY}/switchyard/usr/share)
set(doc ${share}/doc/switchyard)

file(RENAME ${doc}/LICENSE ${doc}/copyright)
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog.Debian
"switchyard (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Packed by cpack; changelog.gz tells what changed.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(GLOB compressed ${share}/man/man*/* ${doc}/changelog*)
# Without name and time, so that the same files make the same package.
execute_process(COMMAND gzip -9n ${compressed} COMMAND_ERROR_IS_FATAL ANY)

file(MAKE_DIRECTORY ${share}/zsh/vendor-completions)
file(RENAME ${share}/zsh/site-functions/_switchyard
  ${share}/zsh/vendor-completions/_switchyard)
file(REMOVE_RECURSE ${share}/zsh/site-functions)
