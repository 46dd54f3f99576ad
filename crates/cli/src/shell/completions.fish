# sso completions for fish. What sso prints is taken as text, never evaluated.
function __sso_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    command sso __complete fish $words "$current" 2>/dev/null
end
