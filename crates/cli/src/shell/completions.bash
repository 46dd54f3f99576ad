# sso completions for bash. What sso prints is taken as text, never evaluated.
_sso() {
    local IFS=$'\n' _sso_line
    COMPREPLY=()
    while IFS= read -r _sso_line; do
        COMPREPLY+=("$_sso_line")
    done < <(command sso __complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_WORDBREAKS-}" 2>/dev/null)
    return 0
}
