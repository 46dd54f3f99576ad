# sso completions for elvish. What sso prints is taken as text, never evaluated.
use str
set edit:completion:arg-completer[sso] = {|@words|
    try {
        (external sso) __complete elvish $@words 2>/dev/null | from-lines | each {|line|
            var value @about = (str:split "\t" $line)
            var display = $value
            if (not-eq $about []) {
                set display = $value' ('$about[0]')'
            }
            edit:complex-candidate $value &display=$display
        }
    } catch e {
        nop $e
    }
}
