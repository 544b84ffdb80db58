#!/bin/sh
# Prints a row of JSON for each task, for as long as it is read: the key in MFN_LOADTEST_API_KEY,
# and what the task sends. Rows go into no report, so that the key stays secret.
#
#   rows.sh key       the key alone
#   rows.sh ions      one of three ions, and how its potential begins
#   rows.sh grids     sides of 48, 64, 96 and 32 cells, in turn
#   rows.sh small     gradients of 3 to 10 clients with 3 to 20 numbers each
#   rows.sh large     those of 50 clients with 100 numbers each, for 10 clusters
set -eu
exec awk -v kind="$1" '
BEGIN {
    srand(42)
    ions["K"] = "1 0.005 0.14 -89.01066"
    ions["Na"] = "1 0.145 0.012 66.5623"
    ions["Ca"] = "2 0.002 0.0000001 132.272"
    split("K Na Ca", names, " ")
    split("48 64 96 32", sides, " ")
    key = ENVIRON["MFN_LOADTEST_API_KEY"]
    key = text("key", key == "" ? "none" : key)
    while (1)
        print "{" key row() "}"
}

function row(    ion, clients) {
    if (kind == "key")
        return ""
    if (kind == "grids")
        return ",\"side\":" sides[count++ % 4 + 1]
    if (kind == "ions") {
        split(ions[names[1 + below(3)]], ion, " ")
        return "," text("body", nernst(ion)) "," text("potential", ion[4])
    }
    if (kind == "large")
        return "," text("body", aggregate(50, 100, 10))
    clients = 3 + below(8)
    return "," text("body", aggregate(clients, 3 + below(18), least(int(clients / 2), 5)))
}

function nernst(ion) {
    return "{\"z_valence\":" ion[1] ",\"concentration_out_molar\":" ion[2] \
        ",\"concentration_in_molar\":" ion[3] ",\"temperature_k\":310}"
}

function aggregate(clients, width, clusters,    all, client, column) {
    for (client = 0; client < clients; client++) {
        all = all (client ? ",[" : "[")
        for (column = 0; column < width; column++)
            all = all (column ? "," : "") sprintf("%.6f", 2 * rand() - 1)
        all = all "]"
    }
    return "{\"gradients\":[" all "],\"num_clusters\":" clusters ",\"byzantine_fraction\":0.2}"
}

# A member of a JSON object.
function text(name, value) {
    gsub(/[\\"]/, "\\\\&", value)
    return "\"" name "\":\"" value "\""
}

function below(n) { return int(n * rand()) }
function least(a, b) { return a < b ? a : b }
'
