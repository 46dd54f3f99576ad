# sso completions for bash. What sso prints is taken as text, never evaluated.
_sso_ask() {
    command sso __complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_WORDBREAKS-}" 2>/dev/null
}
_sso() {
    local _sso_line
    COMPREPLY=()
    if ((BASH_VERSINFO[0] >= 4)); then
        mapfile -t COMPREPLY < <(_sso_ask)
    else
        while IFS= read -r _sso_line; do
            COMPREPLY+=("$_sso_line")
        done < <(_sso_ask)
    fi
    return 0
}
