# For a prompt: setopt prompt_subst; PROMPT='$(sso_prompt)'$PROMPT. In single quotes, so that the text is never expanded.
function sso_prompt {
    emulate -L zsh
    [[ -n ${AWS_PROFILE-}${AWS_DEFAULT_PROFILE-} ]] || return 0
    local _sso_text
    _sso_text=$(command sso status --prompt 2>/dev/null) || :
    # What a prompt would read something into.
    _sso_text=${_sso_text//\%/%%}
    [[ -o prompt_bang ]] && _sso_text=${_sso_text//\!/!!}
    [[ -z $_sso_text ]] || print -rn -- "($_sso_text) "
}
