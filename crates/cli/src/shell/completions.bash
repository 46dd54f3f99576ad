# sso completions for bash. What sso prints is taken as text, never evaluated.
_sso_ask() {
    command sso __complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_WORDBREAKS-}" 2>/dev/null
}
# The words behind `sso exec ... --` are another command's: a command, then what bash itself would offer.
_sso_behind() {
    local _sso_at _sso_exec=
    for ((_sso_at = 1; _sso_at < COMP_CWORD; _sso_at++)); do
        case "${COMP_WORDS[_sso_at]}" in
            exec) _sso_exec=1 ;;
            --) break ;;
        esac
    done
    [[ -n $_sso_exec ]] && ((_sso_at < COMP_CWORD)) || return 1
    if declare -F _command_offset >/dev/null; then
        _command_offset "$((_sso_at + 1))"
    elif ((_sso_at + 1 == COMP_CWORD)); then
        while IFS= read -r _sso_at; do
            COMPREPLY+=("$_sso_at")
        done < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
    else
        compopt -o bashdefault -o default 2>/dev/null
    fi
    return 0
}
_sso() {
    local _sso_line
    COMPREPLY=()
    if _sso_behind; then
        return 0
    fi
    if ((BASH_VERSINFO[0] >= 4)); then
        mapfile -t COMPREPLY < <(_sso_ask)
    else
        while IFS= read -r _sso_line; do
            COMPREPLY+=("$_sso_line")
        done < <(_sso_ask)
    fi
    return 0
}
