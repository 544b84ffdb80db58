#!/bin/sh
# Makes rs256.pem and rs256.jwt: a token by an implementation that shares no code with ours.
# The private key is thrown away.
set -eu
cd "$(dirname "$0")"
key=$(mktemp)
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key"
openssl pkey -in "$key" -pubout -out rs256.pem
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
header=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
claims='{"sub":"openssl","iss":"us","aud":"proofs","exp":1700000060,"scope":"proofs:verify"}'
signed="$header.$(printf '%s' "$claims" | base64url)"
signature=$(printf '%s' "$signed" | openssl dgst -sha256 -sign "$key" | base64url)
printf '%s.%s\n' "$signed" "$signature" > rs256.jwt
rm "$key"
