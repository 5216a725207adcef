#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# builds.sh COMPILER - the switches under every optimisation level, and under
# each option that changes what registers and stack are used for.
. "$(dirname "$0")/lib.sh"

cc=${1:?the compiler}
command -v "$cc" >/dev/null || absent "no $cc"

for level in -O0 -O1 -O2 -O3; do
	holds "$cc" $level
done
holds "$cc" -O2 -fno-pie -no-pie
holds "$cc" -O2 -fPIE -pie
holds "$cc" -O2 -fno-omit-frame-pointer
holds "$cc" -O1 -fstack-protector-all
holds "$cc" -O3 -march=native
holds "$cc" -O2 -flto
case $machine in
x86_64) holds "$cc" -O2 -fcf-protection=full ;;
aarch64) holds "$cc" -O2 -mbranch-protection=standard ;;
esac
holds "$cc" -O0 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
holds "$cc" -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined

if command -v valgrind >/dev/null; then
	launcher=(valgrind -q --error-exitcode=1)
	rounds=300
	holds "$cc" -O2
else
	echo "not here: valgrind"
fi
finish
