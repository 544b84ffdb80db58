# A PostgreSQL server in a folder of its own, until the standard input ends.
set -e
folder=$(mktemp -d /tmp/event-bus-postgres.XXXXXX)
trap 'rm -rf "$folder"' EXIT
initdb -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C -N >"$folder/log" 2>&1
postgres -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
    -c max_connections=90 >>"$folder/log" 2>&1 &
server=$!
until pg_isready -q -h "$folder"; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.05
done
echo "$folder"
read -r _ || true
kill -INT "$server"
wait "$server" || true
