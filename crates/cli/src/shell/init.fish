function sso-use --description "Switch this shell's AWS profile"
    set -l profile
    switch "$argv[1]"
        case --help
            echo 'usage: sso-use [PROFILE]'
            echo 'Sets AWS_PROFILE in this shell; without PROFILE you pick one.'
            echo '--unset (or -) leaves the profile.'
            return 0
        case - --unset
            set profile ''
        case ''
            set profile (command sso profiles --pick); or return
        case '*'
            set profile (command sso profiles --pick --profile="$argv[1]"); or return
    end
    # The tools take these before a profile.
    for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_CREDENTIAL_EXPIRATION \
            AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_DEFAULT_PROFILE AWS_PROFILE
        set --erase --global $name
        set --erase --universal $name
    end
    test -z "$profile"; or set --export --global AWS_PROFILE $profile
    return 0
end

# For a prompt: call sso_prompt in your fish_prompt or fish_right_prompt.
function sso_prompt --description 'The AWS profile and how long it is signed in'
    test -n "$AWS_PROFILE$AWS_DEFAULT_PROFILE"; or return 0
    set -l text (command sso status --prompt 2>/dev/null)
    test -z "$text"; or printf '(%s) ' "$text"
    return 0
end
