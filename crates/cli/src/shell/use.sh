function sso-use {
    local _sso_profile
    case "${1-}" in
        --help)
            printf '%s\n' 'usage: sso-use [PROFILE]' \
                'Sets AWS_PROFILE in this shell; without PROFILE you pick one.' \
                '--unset (or -) leaves the profile.'
            return 0
            ;;
        - | --unset)
            _sso_profile=
            ;;
        '')
            _sso_profile=$(command sso profiles --pick) || return
            ;;
        *)
            _sso_profile=$(command sso profiles --pick --profile="$1") || return
            ;;
    esac
    # The tools take these before a profile.
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_CREDENTIAL_EXPIRATION
    unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_DEFAULT_PROFILE
    if [ -n "$_sso_profile" ]; then
        export AWS_PROFILE="$_sso_profile"
    else
        unset AWS_PROFILE
    fi
}
