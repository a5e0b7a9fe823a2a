#!/bin/sh
# What many teams have instead of a tool: psql runs each file that a table does not name yet.
#   psql.sh URL FOLDER
set -eu
url=$1
cd "$2"

ask() { psql "$url" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }

ask --command='CREATE TABLE IF NOT EXISTS deployed (file text)'
for file in *.sql; do
    [ "$(ask --command="SELECT count(*) FROM deployed WHERE file = '$file'")" = 0 ] || continue
    ask --file="$file"
    ask --command="INSERT INTO deployed VALUES ('$file')"
done
