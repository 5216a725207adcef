#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the library to a folder of its own and moves that, then builds the
# README's example as C, by pkg-config and by CMake, and runs it.
#   BUILD: a build to install; without it the library alone is built, shared.
#   SOURCE: the library's folder.  CC, CFLAGS: as the build's.
set -euo pipefail
: "${SOURCE:?the folder of the library}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CC=${CC:-cc} CXXFLAGS=${CFLAGS:-}

if [[ -z ${BUILD:-} ]]; then
	BUILD=$work/build
	cmake -S "$SOURCE" -B "$BUILD" -DBUILD_SHARED_LIBS=ON \
		-DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Debug \
		-DCMAKE_CXX_FLAGS_DEBUG=-O0 >"$work/log"
	cmake --build "$BUILD" -j 2 >"$work/log"
fi
cmake --install "$BUILD" --component benchmark-c --prefix "$work/first" \
	>"$work/log"
mv "$work/first" "$work/moved here"
prefix="$work/moved here"
(cd "$prefix" && find . -type f | sort)
pc=$(find "$prefix" -name benchmark-c.pc)
lib=$(dirname "$(find "$prefix" -name 'libbenchmark-c.*' | head -n 1)")
export PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=$lib

awk '/^```c$/ { inside = 1; next } /^```$/ { exit } inside' \
	"$SOURCE/README.md" >"$work/clear.c"
[[ $(grep -c . "$work/clear.c") -ge 10 ]]

works() {
	"$1" --benchmark_min_time=0.001 --benchmark_out="$work/clear.json" \
		>"$work/out" 2>"$work/err"
	grep -q '^clear  *[0-9]' "$work/out"
	grep -q '"name": "clear"' "$work/clear.json"
	echo "$2: $(grep '^clear' "$work/out")"
}

# pkg-config escapes the blank in the prefix, for a shell to read.
flags=()
eval "flags=($(pkg-config --cflags --libs benchmark-c))"
read -ra cflags <<<"${CFLAGS:-}"
"$CC" -std=c11 -O2 -Wall -Wextra -Werror "${cflags[@]}" "$work/clear.c" \
	"${flags[@]}" -o "$work/by_pkg_config"
works "$work/by_pkg_config" "cc and pkg-config"

cat >"$work/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.20)
project(clear LANGUAGES C)
find_package(benchmark-c 0.1 REQUIRED)
add_executable(by_cmake clear.c)
target_link_libraries(by_cmake PRIVATE benchmark-c::benchmark-c)
LISTS
cmake -S "$work" -B "$work/by_cmake" -DCMAKE_PREFIX_PATH="$prefix" \
	>"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
cmake --build "$work/by_cmake" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
works "$work/by_cmake/by_cmake" "CMake, C alone"

sed -i 's/LANGUAGES C/LANGUAGES C CXX/' "$work/CMakeLists.txt"
cmake -S "$work" -B "$work/with_cpp" -DCMAKE_PREFIX_PATH="$prefix" \
	>"$work/log" 2>&1
cmake --build "$work/with_cpp" >"$work/log" 2>&1
works "$work/with_cpp/by_cmake" "CMake, C and C++"
