#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What builds.sh would say of a wrong switch: one that leaves a register out, or
# writes below the stack pointer, is noticed.
. "$(dirname "$0")/lib.sh"

[ "$machine" = x86_64 ] || absent "what is broken here is the x86-64 switch"

rounds=500
for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	holds $cc -O2
	broken "inline, r12 not named" switch_x86_64.h 's/"r12", //' $cc -O2
	broken "inline, xmm9 not named" switch_x86_64.h 's/"xmm9", //' $cc -O2
	broken "inline, rbx not loaded" switch_x86_64.h \
		's/movq	16(%%rsi), %%rbx//' $cc -O2
	broken "inline, a push" switch_x86_64.h \
		's/"movq	%%rsp, (%%rdi)/"pushq %%rax\\n\\tpopq %%rax\\n\\t" &/' \
		$cc -O2
	broken "out of line, r12 not loaded" switch_x86_64.S \
		's/movq	R12(%rsi), %r12//' $cc -O2
	broken "out of line, a stack off by 8" switch_x86_64.h \
		's/(uintptr_t)top/& - 8/' $cc -O2
done
finish
