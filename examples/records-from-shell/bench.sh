#!/bin/sh
# Times `sort` and `gzip` on a small file and tells Tollgate by printing records, one line of JSON
# each (see docs/records.md). Needs nothing but the usual programs and GNU `date`.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# LC_ALL=C keeps the order, and the decimal point, the same everywhere.
export LC_ALL=C
awk 'BEGIN { for (i = 0; i < 20000; i++) print (i * 7919) % 20011 }' > "$folder/numbers"

echo "this line is the program's own and is ignored"

for round in 1 2 3 4 5; do
    before=$(date +%s%N)
    sort -n "$folder/numbers" > "$folder/sorted"
    after=$(date +%s%N)
    printf '{"tollgate": 1, "operation": "sort", "metric": "time", "unit": "ns", "value": %d}\n' \
        $((after - before))

    before=$(date +%s%N)
    gzip -c "$folder/sorted" > "$folder/sorted.gz"
    after=$(date +%s%N)
    printf '{"tollgate": 1, "operation": "gzip", "metric": "time", "unit": "ns", "value": %d}\n' \
        $((after - before))
done

printf '{"tollgate": 1, "operation": "gzip", "metric": "packed size", "unit": "B", "total": %d}\n' \
    "$(wc -c < "$folder/sorted.gz")"
