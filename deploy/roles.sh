#!/bin/sh
# Make the database and its three roles, when PostgreSQL's own image first starts.
# Who owns the tables, who may only use them, and who may read all of them for backups.
set -eu
secret() { cat "/run/secrets/$1"; }

psql --username postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
    --set owner="$(secret owner_password)" \
    --set app="$(secret app_password)" \
    --set backup="$(secret backup_password)" <<'SQL'
CREATE ROLE coachhub_owner LOGIN PASSWORD :'owner';
CREATE ROLE coachhub_app LOGIN PASSWORD :'app';
CREATE ROLE coachhub_backup LOGIN BYPASSRLS PASSWORD :'backup';
GRANT pg_read_all_data TO coachhub_backup;
CREATE DATABASE coachhub OWNER coachhub_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE coachhub FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE coachhub TO coachhub_app, coachhub_backup;
SQL
