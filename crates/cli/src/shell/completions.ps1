# sso completions for PowerShell. What sso prints is taken as text, never evaluated.
function global:__sso_candidates([string[]]$words, [string]$current) {
    $sso = Get-Command -CommandType Application -Name sso -ErrorAction Ignore | Select-Object -First 1
    if (-not $sso) { return }
    # The quotes of an open word are not its text. An empty word is passed as a blank: older PowerShells drop it.
    $current = $current.Trim("'", '"')
    if ($current -eq '') { $current = ' ' }
    & $sso __complete powershell @words $current 2>$null | ForEach-Object {
        $text, $shown, $about = $_ -split "`t", 3
        if (-not $about) { $about = $shown }
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $about)
    }
}
Register-ArgumentCompleter -Native -CommandName sso -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    __sso_candidates $words "$wordToComplete"
}
