# SPDX-License-Identifier: MIT
# Completion of switchyard for fish: verbs, options, and the values that the
# program itself lists.

# `WHAT`: the names that `switchyard list WHAT` prints in its first column.
function __switchyard_names
    set -l words (commandline -poc)
    $words[1] list $argv[1] 2>/dev/null | string match -rg '^([a-z]\S*) '
end

# Mechanisms, by the last part of their names.
function __switchyard_mechanisms
    __switchyard_names mechanisms | string replace -r '.*[./]' ''
    echo all
end

# Runs, and any folder.
function __switchyard_runs
    set -l root results
    set -q SWITCHYARD_RESULTS; and set root $SWITCHYARD_RESULTS
    for run in $root/latest $root/*/*
        test -e $run/samples.jsonl; and echo $run
    end
    __fish_complete_directories (commandline -ct)
end

# The sections of the sweep file on the line.
function __switchyard_sections
    for word in (commandline -poc)
        if string match -q '*.ini' -- $word; and test -f $word
            string match -rg '^\s*\[([A-Za-z0-9._-]+)\]' <$word | string match -v defaults
        end
    end
end

# `VERB...`: whether the verb is one of them.
function __switchyard_in
    set -l words (commandline -poc)
    contains -- "$words[2]" $argv
end

complete -c switchyard -f
complete -c switchyard -n __fish_use_subcommand -l version -d 'Print versions'
complete -c switchyard -n __fish_use_subcommand -a tour -d 'The models on this machine, within a budget'
complete -c switchyard -n __fish_use_subcommand -a run -d 'Points by filter and options, or of a sweep file'
complete -c switchyard -n __fish_use_subcommand -a compare -d 'What is slower in one program than in another'
complete -c switchyard -n __fish_use_subcommand -a trend -d 'Where levels changed over the runs of a machine'
complete -c switchyard -n __fish_use_subcommand -a bench -d 'Points through Google Benchmark'
complete -c switchyard -n __fish_use_subcommand -a list -d 'What there is to choose from'
complete -c switchyard -n __fish_use_subcommand -a doctor -d 'What on this machine disturbs figures'
complete -c switchyard -n __fish_use_subcommand -a topology -d 'The machine as a tree, and placements on it'
complete -c switchyard -n __fish_use_subcommand -a export -d 'A run in the format of other tools'
complete -c switchyard -n __fish_use_subcommand -a plot -d 'The figures of a run, drawn again'
complete -c switchyard -l help -d 'Say what it does'

# Points.
set -l points __switchyard_in run list bench
complete -c switchyard -n "$points" -l model -x -a '(__fish_complete_list , "__switchyard_names models; echo all")' -d Models
complete -c switchyard -n "$points" -l workload -x -a '(__fish_complete_list , "__switchyard_names workloads; echo all")' -d Workloads
complete -c switchyard -n "$points" -l inflight -x -d 'Tasks in flight'
complete -c switchyard -n "$points" -l grain -x -d 'cpu: work of a task'
complete -c switchyard -n "$points" -l wait -x -d 'wait, io, timer, gate: time to wait'
complete -c switchyard -n "$points" -l placement -x -a '(__fish_complete_list , "__switchyard_names placements")' -d 'PUs that contexts may use'
complete -c switchyard -n "$points" -l request -x -d 'io: bytes of a request'
complete -c switchyard -n "$points" -l reply -x -d 'io: bytes of a reply'
complete -c switchyard -n "$points" -l transport -x -a '(__fish_complete_list , "printf %s\\\\n unix tcp")' -d 'io: transport'
complete -c switchyard -n "$points" -l server -x -a shared -d 'io, fetch: PU of the server'
complete -c switchyard -n "$points" -l window -x -d 'pool: tasks submitted ahead'
complete -c switchyard -n "$points" -l mechanism -x -a '(__fish_complete_list , __switchyard_mechanisms)' -d 'switch, spawn, idle, lock, share: mechanisms'
complete -c switchyard -n "$points" -l ring -x -a no -d 'switch: contexts in a ring'
complete -c switchyard -n "$points" -l working-set -x -d 'switch: bytes worked on before handing over'
complete -c switchyard -n "$points" -l burst -x -d 'spawn: contexts alive at once'
complete -c switchyard -n "$points" -l contexts -x -d 'idle: contexts that wait'
complete -c switchyard -n "$points" -l stack -x -a own -d 'spawn, idle: bytes of a stack'
complete -c switchyard -n "$points" -l resident -x -d 'spawn: memory that the creator has written'
complete -c switchyard -n "$points" -l huge-pages -d 'spawn: that memory in huge pages'
complete -c switchyard -n "$points" -l inside -x -d 'lock, gate: work inside a section'
complete -c switchyard -n "$points" -l outside -x -d 'lock, gate: work between two sections'
complete -c switchyard -n "$points" -l sections -x -d 'lock, gate, share: sections of a task'
complete -c switchyard -n "$points" -l units -x -d 'gate: inside at once'
complete -c switchyard -n "$points" -l notify -x -d 'condition: woken at once'
complete -c switchyard -n "$points" -l cells -x -d 'share: numbers in the array'
complete -c switchyard -n "$points" -l body -x -d 'fetch: bytes of a body'
complete -c switchyard -n "$points" -l connection -x -a '(__fish_complete_list , "printf %s\\\\n keep fresh")' -d 'fetch: a connection for all or each'
complete -c switchyard -n "$points" -l timeout -x -d 'fetch: of a request'
complete -c switchyard -n "$points" -l url -x -d 'fetch: address of another server'
complete -c switchyard -n "$points" -l hold-awake -d 'Keep the PUs out of idle'
complete -c switchyard -n '__switchyard_in run list bench' -l section -x -a '(__fish_complete_list , __switchyard_sections)' -d 'Only these sections of the sweep file'
complete -c switchyard -n '__switchyard_in run list bench' -l set -x -d 'A key of the sweep file'

# A measurement.
set -l measure __switchyard_in tour run
complete -c switchyard -n "$measure" -l budget -x -d 'How long to measure'
complete -c switchyard -n "$measure" -l sets -x -d 'Fresh sets of workers a point'
complete -c switchyard -n '__switchyard_in tour run bench' -l limit -x -d 'How long one answer of a worker may take'
complete -c switchyard -n "$measure" -l seed -x -d 'Of the order and the bootstrap'
complete -c switchyard -n "$measure" -l label -x -d 'Behind the time in the name of the folder'
complete -c switchyard -n "$measure" -l results -x -a '(__fish_complete_directories (commandline -ct))' -d 'Root of the results'
complete -c switchyard -n "$measure" -l no-figures -d 'Do not run gnuplot'

complete -c switchyard -n '__switchyard_in run list bench' -l max-points -x -d 'Refuse more points'
complete -c switchyard -n '__switchyard_in run' -l dry-run -d 'Print the points and their time'
complete -c switchyard -n '__switchyard_in run' -l resume -x -a '(__switchyard_runs)' -d 'Go on with an interrupted run'
complete -c switchyard -n '__switchyard_in run bench' -a '(__fish_complete_suffix .ini) (__switchyard_names sweeps)'
complete -c switchyard -n '__switchyard_in list; and test (count (commandline -poc)) = 2' -a 'models mechanisms workloads placements points sweeps'
complete -c switchyard -n '__switchyard_in list; and contains points (commandline -poc)' -a '(__fish_complete_suffix .ini) (__switchyard_names sweeps)'
complete -c switchyard -n '__switchyard_in bench' -a '--benchmark_filter= --benchmark_list_tests --benchmark_repetitions= --benchmark_min_time= --benchmark_format={console,json,csv} --benchmark_out= --benchmark_out_format={console,json,csv} --benchmark_enable_random_interleaving={true,false}' -d 'Of Google Benchmark'
complete -c switchyard -n '__switchyard_in compare' -l budget -x -d 'How long to measure'
complete -c switchyard -n '__switchyard_in compare' -l filter -x -d 'Only these points'
complete -c switchyard -n '__switchyard_in compare' -l suite -x -a '(__fish_complete_suffix .ini) (__switchyard_names sweeps)' -d 'Points of a sweep'
complete -c switchyard -n '__switchyard_in compare' -l floor -x -d 'Less is never a change'
complete -c switchyard -n '__switchyard_in compare' -l width -x -d 'How narrow an interval has to be'
complete -c switchyard -n '__switchyard_in compare' -l limit -x -d 'How long one answer of a worker may take'
complete -c switchyard -n '__switchyard_in compare' -l seed -x -d 'Of the order'
complete -c switchyard -n '__switchyard_in compare' -l anyway -d 'Compare what is unlike'
complete -c switchyard -n '__switchyard_in compare' -l noisy-ok -d 'Status 0 where points are NOISY'
complete -c switchyard -n '__switchyard_in compare' -l markdown -d 'Markdown in place of the table'
complete -c switchyard -n '__switchyard_in compare' -l json -r -F -d 'Every pair as JSON'
complete -c switchyard -n '__switchyard_in compare' -l github -d 'Annotations and the summary of the step'
complete -c switchyard -n '__switchyard_in compare' -F
complete -c switchyard -n '__switchyard_in trend' -l filter -x -d 'Only these points'
complete -c switchyard -n '__switchyard_in trend' -l markdown -d 'Markdown in place of the table'
complete -c switchyard -n '__switchyard_in trend' -l json -r -F -d 'Every value as JSON'
complete -c switchyard -n '__switchyard_in trend' -l output -x -a '(__fish_complete_directories (commandline -ct))' -d 'Where figures go'
complete -c switchyard -n '__switchyard_in trend' -l no-figures -d 'Do not run gnuplot'
complete -c switchyard -n '__switchyard_in trend' -l seed -x -d 'Of the permutations'
complete -c switchyard -n '__switchyard_in trend' -x -a '(__fish_complete_directories (commandline -ct))'
complete -c switchyard -n '__switchyard_in doctor' -l strict -d 'Status 4 on a warning'
complete -c switchyard -n '__switchyard_in doctor' -l json -d 'Findings as JSON'
complete -c switchyard -n '__switchyard_in topology' -l input -r -F -d 'Another machine: hwloc XML or synthetic description'
complete -c switchyard -n '__switchyard_in topology' -l placement -x -a '(__switchyard_names placements | string match -v matrix)' -d 'Placement to show'
complete -c switchyard -n '__switchyard_in topology' -l contexts -x -d 'How many are placed'
complete -c switchyard -n '__switchyard_in topology' -l svg -r -F -d 'Picture by lstopo'
complete -c switchyard -n '__switchyard_in topology' -l full -d 'All of the tree'
complete -c switchyard -n '__switchyard_in export' -l to -x -a 'gbench csv tsv markdown claims' -d Format
complete -c switchyard -n '__switchyard_in export' -l output -r -F -d 'Instead of standard output'
complete -c switchyard -n '__switchyard_in export' -l samples -d 'Samples instead of estimates'
complete -c switchyard -n '__switchyard_in export plot' -a '(__switchyard_runs)'
