# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of switchyard for bash: verbs, options, and the values that the
# program itself lists.

# `WHAT`: the names that `switchyard list WHAT` prints in its first column.
_switchyard_names() {
	"${COMP_WORDS[0]/#\~/$HOME}" list "$1" 2>/dev/null |
		sed -n 's/^\([a-z][^ ]*\) .*/\1/p'
}

# `WORDS`: those that begin with what is typed.
_switchyard_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# `WORDS`: the same for the last item of a list with commas.
_switchyard_list() {
	local before=
	[[ $cur == *,* ]] && before=${cur%,*},
	compopt -o nospace 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${cur##*,}")
}

# `d|f`: folders, or files.
_switchyard_paths() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "-$1" -- "$cur")
}

# Folders of runs, else any folder.
_switchyard_runs() {
	local root=${SWITCHYARD_RESULTS:-results} run
	compopt -o filenames 2>/dev/null
	for run in "$root"/latest "$root"/*/*; do
		[[ -e $run/samples.jsonl && $run == "$cur"* ]] &&
			COMPREPLY+=("$run")
	done
	((${#COMPREPLY[@]})) || _switchyard_paths d
}

# Sweep files: those here, folders on the way to others, and the ready ones.
_switchyard_sweeps() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(
		compgen -f -X '!*.ini' -- "$cur"
		compgen -d -- "$cur"
		compgen -W "$(_switchyard_names sweeps)" -- "$cur"
	)
}

# The sections of the sweep file on the line.
_switchyard_sections() {
	local word
	for word in "${COMP_WORDS[@]:2}"; do
		[[ $word == *.ini && -f $word ]] || continue
		_switchyard_list "$(sed -n \
			's/^[[:blank:]]*\[\([A-Za-z0-9._-]*\)\].*/\1/p' "$word" |
			grep -vx defaults)"
	done
}

# `VERB`: its options.
_switchyard_options() {
	local shape='--model --workload --inflight --grain --wait --placement
		--request --reply --transport --server --window --hold-awake
		--mechanism --ring --working-set --burst --contexts --stack
		--resident --huge-pages --inside --outside --sections --units
		--notify --cells --body --connection --timeout --url'
	local measure='--budget --sets --limit --seed --label --results
		--no-figures'
	case $1 in
	tour) echo "$measure --help" ;;
	run) echo "$shape $measure --section --set --max-points --dry-run
		--resume --help" ;;
	list) echo "$shape --section --set --max-points --help" ;;
	bench) echo "$shape --section --set --max-points --limit
		--benchmark_filter=
		--benchmark_list_tests --benchmark_repetitions=
		--benchmark_min_time= --benchmark_format= --benchmark_out=
		--benchmark_out_format=
		--benchmark_enable_random_interleaving= --help" ;;
	compare) echo "--budget --filter --suite --floor --width --limit --seed
		--anyway --noisy-ok --markdown --json --github --help" ;;
	trend) echo "--filter --markdown --json --output --no-figures --seed
		--help" ;;
	doctor) echo "--strict --json --help" ;;
	topology) echo "--input --placement --contexts --svg --full --help" ;;
	export) echo "--to --output --samples --help" ;;
	plot) echo "--help" ;;
	esac
}

# `OPTION`: completes its value; 1 if it takes none.
_switchyard_value() {
	case $1 in
	--model) _switchyard_list "$(_switchyard_names models) all" ;;
	--workload) _switchyard_list "$(_switchyard_names workloads) all" ;;
	--mechanism) _switchyard_list "$(_switchyard_names mechanisms |
		sed 's/.*[./]//') all" ;;
	--placement)
		# A matrix is many placements, and `topology` shows one.
		if [[ $verb == topology ]]; then
			_switchyard_words "$(_switchyard_names placements |
				grep -vx matrix)"
		else
			_switchyard_list "$(_switchyard_names placements)"
		fi
		;;
	--transport) _switchyard_list "unix tcp" ;;
	--connection) _switchyard_list "keep fresh" ;;
	--server) _switchyard_words "shared" ;;
	--to) _switchyard_words "gbench csv tsv markdown claims" ;;
	--benchmark_format | --benchmark_out_format)
		_switchyard_words "console json csv"
		;;
	--benchmark_enable_random_interleaving)
		_switchyard_words "true false"
		;;
	--section) _switchyard_sections ;;
	--results) _switchyard_paths d ;;
	--suite) _switchyard_sweeps ;;
	--json)
		[[ $verb == compare || $verb == trend ]] || return 1
		_switchyard_paths f
		;;
	--output)
		if [[ $verb == trend ]]; then
			_switchyard_paths d
		else
			_switchyard_paths f
		fi
		;;
	--input | --svg | --benchmark_out) _switchyard_paths f ;;
	--resume) _switchyard_runs ;;
	--inflight | --grain | --wait | --request | --reply | --window | \
		--budget | --sets | --limit | --seed | --label | --set | \
		--max-points | --contexts | --ring | --working-set | --burst | \
		--stack | --resident | --inside | --outside | --sections | \
		--filter | --floor | --width | --units | --notify | --cells | --body | --timeout | --url) ;;
	*) return 1 ;;
	esac
}

_switchyard() {
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local verb=${COMP_WORDS[1]}
	COMPREPLY=()
	# `--model=a` comes as three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if ((COMP_CWORD == 1)); then
		_switchyard_words "tour run compare trend bench list doctor topology export
			plot --version --help"
	elif [[ $before == --* ]] && _switchyard_value "$before"; then
		:
	elif [[ $cur == -* ]]; then
		_switchyard_words "$(_switchyard_options "$verb")"
		[[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null
	else
		case $verb in
		run | bench) _switchyard_sweeps ;;
		list)
			if ((COMP_CWORD == 2)); then
				_switchyard_words "models mechanisms workloads placements
					points sweeps"
			else
				_switchyard_sweeps
			fi
			;;
		export | plot) _switchyard_runs ;;
		compare) _switchyard_paths f ;;
		trend) _switchyard_paths d ;;
		esac
	fi
}
complete -F _switchyard switchyard
