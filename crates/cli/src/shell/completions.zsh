#compdef sso
# sso completions for zsh. What sso prints is taken as text, never evaluated.
_sso() {
    # The words behind `sso exec ... --` are another command's.
    local -i behind=${words[(i)--]}
    if (( behind < CURRENT && ${words[(i)exec]} < behind )); then
        shift $behind words
        (( CURRENT -= behind ))
        _normal
        return
    fi
    local current=$PREFIX
    [[ ${compstate[quote]-} == "'" ]] || current=${(Q)PREFIX}
    local -a found
    found=("${(@f)$(command sso __complete zsh "${(@Q)words[1,CURRENT-1]}" "$current" 2>/dev/null)}")
    [[ -n ${found[1]-} ]] || return 1
    _describe -t values sso found
}
