#!/bin/sh
# Creates Temporal's two databases and brings their schemas to the tool's own version; safe to run again.
# temporal-sql-tool takes the address, the user, the password and the plugin from SQL_HOST, SQL_PORT, SQL_USER,
# SQL_PASSWORD and SQL_PLUGIN: no password stands on a command line.
set -eu

migrate() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

migrate temporal temporal
migrate temporal_visibility visibility
