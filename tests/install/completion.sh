#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Completion offers every verb and option that the program has and no other,
# and the values that it lists: asked of each shell itself.
# shellcheck disable=SC2016,SC2317 source=tests/install/lib.sh
source "$(dirname "$0")/lib.sh"
completions=$source_dir/scripts/completions
mkdir -p "$work/here/results/machine/run" "$work/bin"
cd "$work/here" || exit 1
export -n SWITCHYARD_RESULTS
: >results/machine/run/samples.jsonl
printf '[defaults]\nsets = 3\n [cpu]\nworkload = cpu\n[io]\n' >my.ini
ln -s "$program" "$work/bin/switchyard"
export PATH=$work/bin:$PATH HOME=$work

# The shells: `LINE` in, what they offer behind it out, a word a line.
bash_offers() {
	bash --norc -c '
		source "$1/switchyard.bash"
		# As readline splits it: `=` is a word of its own.
		read -ra COMP_WORDS <<<"${2//=/ = }"
		[[ $2 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_switchyard
		printf "%s\n" "${COMPREPLY[@]}"' _ "$completions" "$1"
}
zsh_offers() {
	zsh -f "$source_dir/tests/install/complete.zsh" "$completions" "$1"
}
fish_offers() {
	fish -N -c 'source $argv[1]/switchyard.fish; complete -C $argv[2]' \
		"$completions" "$1" | cut -f1
}

# `LINE WORD...`: each word is offered behind the line.
offers() {
	local word offered
	offered=$("${shell}_offers" "$1")
	title="$shell: $1"
	for word in "${@:2}"; do
		check "no '$word' in: ${offered//$'\n'/ }" \
			grep -qxF -e "$word" <<<"$offered"
	done
}

check_verbs() {
	title="$shell: verbs"
	same_lines "$file" "$(verbs)" \
		"$("${shell}_offers" "switchyard " | grep -x '[a-z]*')"
	offers "switchyard --" --version --help
	offers "switchyard ru" run
}

check_options() {
	local verb wanted offered
	for verb in $(verbs); do
		title="$shell: options of $verb"
		# Every verb has --help, and need not say so.
		wanted=$(options_of "$verb"; echo --help)
		offered=$("${shell}_offers" "switchyard $verb --" | options_in)
		# Where the help says that it takes options of `run`, those
		# are offered that it takes.
		if "$program" "$verb" --help | grep -qF '`run`'; then
			wanted=$(comm -12 <(echo "$offered") \
				<(options_of run))$'\n'$wanted
		fi
		same_lines "$file, behind $verb," "$wanted" "$offered"
	done
}

# `PREFIX`: what stands before the value that is completed, where the shell
# gives it back too.
check_values() {
	local models
	mapfile -t models < <("$program" list models |
		sed -n 's/^\([a-z][^ ]*\) .*/\1/p')
	offers "switchyard run --model " "${models[@]}" all
	offers "switchyard run --model=thr" "$1threads"
	offers "switchyard run --workload " cpu wait io switch all
	offers "switchyard run --placement " none compact spread one-pu \
		siblings same-l3 other-package matrix
	offers "switchyard topology --placement " none siblings
	check "a matrix, which it refuses" test -z \
		"$("${shell}_offers" "switchyard topology --placement " |
			grep matrix)"
	offers "switchyard run --transport " unix tcp
	offers "switchyard run --server " shared
	offers "switchyard run " my.ini
	offers "switchyard plot " results/machine/run
	offers "switchyard list " models workloads placements points
}

# What the verbs of this program have beyond that.
check_files() {
	if grep -q . <(verbs | grep -x export); then
		offers "switchyard export --to " gbench csv tsv markdown
	fi
	if options_of run | grep -qx -e --section; then
		offers "switchyard run my.ini --section " cpu io
		offers "switchyard run qu" quick.ini
		offers "switchyard run --resume " results/machine/run
	fi
}

for shell in bash zsh fish; do
	case $shell in
	bash) file=switchyard.bash prefix='' list=threads,coroutine ;;
	# zsh completes the last item without what stands before it.
	zsh) file=_switchyard prefix='' list=coroutine ;;
	fish) file=switchyard.fish prefix=--model= list=threads,coroutine ;;
	esac
	title=$shell
	if ! command -v "$shell" >/dev/null; then
		skip "there is no $shell (scripts/setup test)"
		continue
	fi
	check "$file is not read by $shell" "$shell" -n "$completions/$file"
	check_verbs
	check_options
	check_values "$prefix"
	offers "switchyard run --model threads,corou" "$list"
	check_files
done

finish
