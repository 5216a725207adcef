#!/usr/bin/env zsh
# SPDX-License-Identifier: MIT
# complete.zsh FOLDER LINE - prints what zsh offers behind LINE, one word a
# line, with the functions in FOLDER.  zsh completes only where somebody types,
# so an interactive one is driven through a pseudo terminal; its compadd is
# one that also writes down what it adds.
emulate -R zsh
zmodload zsh/zpty
work=$(mktemp -d)

cat >$work/setup <<SETUP
PROMPT= fpath=(${(q)1} \$fpath) work=${(q)work}
SETUP
cat >>$work/setup <<'SETUP'
setopt extendedglob
autoload -U compinit
compinit -u -D
bindkey '^I' complete-word
compadd() {
	local -a hits
	# With -O, -A or -D it only looks what would match.
	if [[ "$*" != *-[[:alpha:]]#[OAD]\ * ]]; then
		builtin compadd -A hits "$@"
		print -rl -- $hits >>$work/offers
	fi
	builtin compadd "$@"
}
finish() { : >$work/ready }
comppostfuncs=(finish)
SETUP

{
	zpty shell zsh -f -i
	# What it prints has to be read, or it would block.
	{ while zpty -r shell; do :; done >/dev/null } &|
	zpty -w shell "source ${(q)work}/setup"
	zpty -w -n shell "$2"$'\t'
	for ((tries = 0; tries < 1000; tries++)); do
		[[ -e $work/ready ]] && break
		sleep 0.02
	done
	zpty -d shell
	[[ -e $work/ready ]] || print -u2 "zsh did not answer"
	[[ ! -e $work/offers ]] || grep -v '^$' $work/offers | sort -u
} always {
	rm -rf $work
}
