# sso completions for fish. What sso prints is taken as text, never evaluated.
function __sso_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    # The words behind `sso exec ... --` are another command's.
    set -l behind (contains --index -- -- $words)
    if test -n "$behind"; and contains -- exec $words[1..$behind]
        set -l others (string escape -- $words[(math $behind + 1)..-1])
        test $behind -lt (count $words); or set others
        complete --do-complete "$(string join ' ' -- $others "$current")"
        return
    end
    command sso __complete fish $words "$current" 2>/dev/null
end
