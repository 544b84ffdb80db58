# The load test of proofs under the parameters that its requirements name, for people who come from
# them; everything is done by `tollgate check proofs-api`, whose exit code it passes on. A parameter
# that is not given leaves the value of the budget file.
param(
    [string]$TargetHost = "",
    [string]$MaxP99LatencyMs = "",
    [string]$MaxP95LatencyMs = "",
    [string]$MaxAvgLatencyMs = "",
    [string]$MaxFailRate = "",
    [string]$MinRps = "",
    [string]$TestUsers = "",
    [string]$SpawnRate = "",
    [string]$TestDuration = "",
    [string]$TestScenario = "normal",
    [string]$Environment = "production"
)

$values = @{
    TARGET_HOST = $TargetHost
    MAX_P99_LATENCY_MS = $MaxP99LatencyMs
    MAX_P95_LATENCY_MS = $MaxP95LatencyMs
    MAX_AVG_LATENCY_MS = $MaxAvgLatencyMs
    MAX_FAIL_RATE = $MaxFailRate
    MIN_RPS = $MinRps
    TEST_USERS = $TestUsers
    SPAWN_RATE = $SpawnRate
    TEST_DURATION = $TestDuration
    TEST_SCENARIO = $TestScenario
}
foreach ($name in $values.Keys) {
    if ($values[$name] -ne "") {
        Set-Item -Path "Env:$name" -Value $values[$name]
    }
}

Push-Location $PSScriptRoot
try {
    if (-not $env:RESULTS_DIR) {
        $env:RESULTS_DIR = "results/" + (Get-Date -Format "yyyyMMdd_HHmmss")
    }
    New-Item -ItemType Directory -Force -Path $env:RESULTS_DIR | Out-Null
    cargo run --release --quiet -- check proofs-api `
        --env $Environment `
        --report "markdown=$env:RESULTS_DIR/performance_report.md" `
        --report "json=$env:RESULTS_DIR/performance_report.json"
    exit $LASTEXITCODE
} finally {
    Pop-Location
}
