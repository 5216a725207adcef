#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What is installed is complete, works from wherever it is moved to, tells
# nothing of the machine that built it, and can be taken away again.
# shellcheck disable=SC2317 source=tests/install/lib.sh
source "$(dirname "$0")/lib.sh"

# A manifest of the user's own is put back.
manifest=$SWITCHYARD_BUILD/install_manifest_switchyard.txt
[[ -e $manifest ]] && mv "$manifest" "$work/manifest.before"
put_back() {
	rm -f "$manifest"
	[[ -e $work/manifest.before ]] && mv "$work/manifest.before" "$manifest"
	clean_up
}
trap put_back EXIT

install_to() {
	if ! cmake --install "$SWITCHYARD_BUILD" --component switchyard \
		--prefix "$1" >"$out" 2>"$err"; then
		fail "cmake --install: $(tail -n 3 "$err")"
		finish
	fi
}

title="install"
install_to "$work/prefix"
wanted=(bin/switchyard share/man/man1/switchyard.1
	share/man/man5/switchyard-sweep.5
	share/bash-completion/completions/switchyard
	share/zsh/site-functions/_switchyard
	share/fish/vendor_completions.d/switchyard.fish
	share/doc/switchyard/{LICENSE,README.md,CHANGELOG.md,CONTRIBUTING.md}
	share/doc/switchyard/models/model.h
	share/doc/switchyard/bench/benchmark-c/{README.md,benchmark_c.h})
for file in "$source_dir"/results/{example,context-switch,contexts,tutorial}/plots/*.png; do
	wanted+=("share/doc/switchyard${file#"$source_dir"}")
done
for file in "$source_dir"/scripts/{plot/*.gp,sweeps/*.ini}; do
	[[ -e $file ]] && wanted+=("share/switchyard${file#*/scripts}")
done
for file in "$source_dir"/docs/*.md; do
	wanted+=("share/doc/switchyard/docs/${file##*/}")
done
same_lines "the installation" "$(printf '%s\n' "${wanted[@]}")" \
	"$(cd "$work/prefix" && find . -type f -printf '%P\n')"
check "a file that not everybody can read" test -z \
	"$(find "$work/prefix" ! -perm -444 -o -type d ! -perm -555)"

title="links of the pages"
while IFS=: read -r page link; do
	check "$page links to $link, which is not there" test -e \
		"$(dirname "$page")/${link%%#*}"
done < <(cd "$work/prefix" && find "$PWD" -name '*.md' -exec \
	grep -oHP '\]\(\K(?!https?:|#)[^)]+' {} +)

title="paths of this machine"
if is_release; then
	for path in "$source_dir" "$SWITCHYARD_BUILD" "$work" "$HOME"; do
		found=$(grep -rlF "$path" "$work/prefix")
		check "$path stands in $found" test -z "$found"
	done
else
	skip "only a release build is without debugging information"
fi

# From here on the program is the one that was installed and moved.
mv "$work/prefix" "$work/moved to"
rm -rf "$work/share"
rm "$program"
program="$work/moved to/bin/switchyard"
under=(env -i "PATH=$PATH" "SWITCHYARD_RESULTS=$SWITCHYARD_RESULTS")

title="moved"
run --version
status_is 0
check "another version than $version" grep -qF "switchyard $version " "$out"
run list
status_is 0
check "no models" grep -q '^threads ' "$out"
quiet
if [[ -d $source_dir/scripts/sweeps ]]; then
	run list sweeps
	status_is 0
	for file in "$source_dir"/scripts/sweeps/*.ini; do
		check "no ${file##*/}" grep -qF "${file##*/}" "$out"
	done
fi

title="moved, figures"
if command -v gnuplot >/dev/null; then
	run run "${measure[@]/--no-figures/--seed=2}"
	status_is 0
	quiet
	check "no figure" test -s "$(latest)/plots/throughput.svg"
else
	skip "there is no gnuplot"
fi

title="moved without its scripts"
run run "${measure[@]}"
mv "$work/moved to/share" "$work/away"
run plot "$(latest)"
status_is 4
line_says "gnuplot"
title="scripts of somebody else"
if [[ $EUID == 0 ]]; then
	cp -r "$work/away" "$work/moved to/share"
	chown nobody "$work/moved to/share/switchyard"
	run plot "$(latest)"
	status_is 4
	line_says "gnuplot"
	rm -rf "$work/moved to/share"
else
	skip "only root can give a file away"
fi

title="uninstall"
install_to "$work/again"
: >"$work/again/share/kept"
cmake "-DMANIFEST=$manifest" -P "$source_dir/cmake/uninstall.cmake" \
	>"$out" 2>"$err" || fail "uninstall: $(cat "$err")"
check "left: $(find "$work/again" -type f)" test \
	"$(find "$work/again" -type f)" = "$work/again/share/kept"
check "a folder of its own stayed" test -z \
	"$(find "$work/again" -name switchyard)"
if cmake -DMANIFEST="$work/none" -P "$source_dir/cmake/uninstall.cmake" \
	>"$out" 2>"$err"; then
	fail "uninstalls what was never installed"
fi

finish
