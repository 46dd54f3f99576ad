# For a prompt: PS1='$(sso_prompt)'"$PS1". In single quotes, so that the text is never expanded.
function sso_prompt {
    [ -n "${AWS_PROFILE-}${AWS_DEFAULT_PROFILE-}" ] || return 0
    local _sso_text
    _sso_text=$(command sso status --prompt 2>/dev/null) || :
    [ -z "$_sso_text" ] || printf '(%s) ' "$_sso_text"
}
