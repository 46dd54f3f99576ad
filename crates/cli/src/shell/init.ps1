function global:sso-use {
    param([string]$Name)
    $sso = Get-Command -CommandType Application -Name sso -ErrorAction Stop | Select-Object -First 1
    if ($Name -eq '--help') {
        'usage: sso-use [PROFILE]'
        'Sets AWS_PROFILE in this shell; without PROFILE you pick one.'
        '--unset (or -) leaves the profile.'
        return
    }
    $selected = ''
    if ($Name -ne '-' -and $Name -ne '--unset') {
        $selected = if ($Name) { & $sso profiles --pick "--profile=$Name" } else { & $sso profiles --pick }
        if ($LASTEXITCODE -ne 0) { return }
    }
    # The tools take these before a profile.
    foreach ($variable in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN',
        'AWS_CREDENTIAL_EXPIRATION', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME',
        'AWS_DEFAULT_PROFILE', 'AWS_PROFILE') {
        Remove-Item -LiteralPath "Env:$variable" -ErrorAction Ignore
    }
    if ($selected) { $env:AWS_PROFILE = $selected }
}

# For a prompt: call sso_prompt in your prompt function.
function global:sso_prompt {
    if (-not ($env:AWS_PROFILE -or $env:AWS_DEFAULT_PROFILE)) { return '' }
    $code = $global:LASTEXITCODE
    $text = & sso status --prompt 2>$null
    $global:LASTEXITCODE = $code
    if ($text) { "($text) " } else { '' }
}

Register-ArgumentCompleter -CommandName sso-use -ParameterName Name -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    __sso_candidates @('sso-use') "$wordToComplete"
}
