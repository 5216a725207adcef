#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cpack makes a .deb of the program alone that Debian's own checker accepts.
# Whether it installs in a fresh system is for scripts/check-package.
# shellcheck disable=SC2317 source=tests/install/lib.sh
source "$(dirname "$0")/lib.sh"

title="the package"
is_release || { skip "only a release build is packed"; finish; }
for tool in cpack dpkg-deb dpkg-shlibdeps; do
	command -v $tool >/dev/null || { skip "there is no $tool"; finish; }
done
if ! (cd "$work" && cpack --config "$SWITCHYARD_BUILD/CPackConfig.cmake" \
	-B "$work/package") >"$out" 2>"$err"; then
	fail "cpack: $(tail -n 5 "$err" "$out")"
	finish
fi
debs=("$work"/package/*.deb)
deb=${debs[0]}
check "${#debs[@]} packages" test ${#debs[@]} = 1

field() {
	dpkg-deb -f "$deb" "$1"
}
check "another name: $(field Package)" test "$(field Package)" = switchyard
check "version $(field Version)" test "$(field Version)" = "$version-1"
check "file name ${deb##*/}" test "${deb##*/}" = \
	"switchyard_$version-1_$(dpkg --print-architecture).deb"
for library in libc6 libhwloc libuv1 libjansson4 libhttp-parser; do
	check "does not depend on $library: $(field Depends)" \
		grep -q "$library" <<<"$(field Depends)"
done
for package in gnuplot-nox fonts-inter hwloc-nox; do
	check "does not recommend $package" \
		grep -q "$package" <<<"$(field Recommends)"
done

title="its files"
dpkg-deb -x "$deb" "$work/root"
doc=usr/share/doc/switchyard
for file in usr/bin/switchyard usr/share/man/man1/switchyard.1.gz \
	usr/share/man/man5/switchyard-sweep.5.gz $doc/copyright \
	$doc/changelog.gz $doc/changelog.Debian.gz \
	usr/share/bash-completion/completions/switchyard \
	usr/share/zsh/vendor-completions/_switchyard \
	usr/share/fish/vendor_completions.d/switchyard.fish \
	usr/share/switchyard/plot/theme.gp; do
	check "no $file" test -s "$work/root/$file"
done
check "files of another component" test -z \
	"$(find "$work/root" -path '*/share/doc' -prune -o \
		\( -name '*.h' -o -name '*.a' -o -name '*.cmake' \) -print)"
check "its changelog is not ours" cmp -s \
	<(zcat "$work/root/$doc/changelog.gz") "$source_dir/CHANGELOG.md"
check "Debian's changelog has another version" grep -q \
	"^switchyard ($version-1)" <(zcat "$work/root/$doc/changelog.Debian.gz")
for path in "$source_dir" "$SWITCHYARD_BUILD" "$work" "$HOME"; do
	found=$(grep -rlF "$path" "$work/root")
	check "$path stands in $found" test -z "$found"
done
check "does not run" grep -qF "switchyard $version (" \
	<("$work/root/usr/bin/switchyard" --version)

title="lintian"
if command -v lintian >/dev/null; then
	lintian --allow-root --fail-on error --tag-display-limit 0 "$deb" \
		>"$out" 2>"$err" || fail "$(cat "$out")"
	echo "lintian says: $(paste -sd';' "$out")"
else
	skip "there is no lintian (scripts/setup test)"
fi

finish
