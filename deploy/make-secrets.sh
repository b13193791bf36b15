#!/bin/sh
# Make what nobody else may know, once: keys and passwords for compose.yaml, in ./secrets.
# Nothing that is there already is touched. Keep a copy of the folder where backups are not.
set -eu
umask 077
folder=${1:-secrets}
host=${2:-database}

word() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
once() { [ -e "$folder/$1" ] || printf '%s\n' "$2" >"$folder/$1"; }

mkdir -p "$folder/keys"
once secret_key "$(word)"
for name in postgres owner app backup; do
    once "${name}_password" "$(word)"
done
address() { echo "postgresql://coachhub_$1:$(cat "$folder/$1_password")@$host:5432/coachhub"; }
once database_url "$(address app)"
once migration_database_url "$(address owner)"
once backup_database_url "$(address backup)"
# A Fernet key: 32 random bytes, in URL-safe base64.
key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')
once keys/keys.json "{\"ENCRYPTION_KEYS\": \"$key\", \"INDEX_KEYS\": \"$(word)\"}"
# In the image everything runs as user 10001, which exchanges the keys when it is asked to.
[ "$(id -u)" != 0 ] || chown -R 10001:10001 "$folder"
