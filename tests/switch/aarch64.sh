#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The switches for aarch64, built by a cross compiler and run by an emulator.
. "$(dirname "$0")/lib.sh"

cc=aarch64-linux-gnu-gcc
emulator=qemu-aarch64
machine=aarch64
command -v $cc >/dev/null || absent "no $cc (Debian: gcc-aarch64-linux-gnu)"
command -v $emulator >/dev/null || absent "no $emulator (Debian: qemu-user)"

launcher=("$emulator")
rounds=500
can $cc -static || absent "$cc and $emulator: $(head -n 1 "$work/log")"
for level in -O0 -O1 -O2 -O3; do
	holds $cc -static $level
done
holds $cc -static -O2 -fno-omit-frame-pointer
holds $cc -static -O1 -fstack-protector-all
holds $cc -static -O2 -mbranch-protection=standard
holds $cc -static -O2 -march=armv8.2-a+sve

broken "inline, x20 not named" switch_aarch64.h 's/"x20",//' $cc -static -O2
broken "inline, v9 not named" switch_aarch64.h 's/"v9",//' $cc -static -O2
broken "out of line, x21 not loaded" switch_aarch64.S \
	's/ldp	x21, x22, \[x1, #X21\]//' $cc -static -O2
broken "out of line, d8 not loaded" switch_aarch64.S \
	's/ldp	d8, d9, \[x1, #D8\]//' $cc -static -O2
finish
