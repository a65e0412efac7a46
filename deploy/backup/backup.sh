#!/bin/sh
# Backs up an installation while it serves, from the settings in its environment:
#
#	backup.sh FOLDER
#
# FOLDER gets one more folder, named for the time: the database, how far the audit
# trail was, and sums of both. The keys are never in it: keep them somewhere else, and
# the key file of a day as long as the backups of that day.
# BACKUP_KEEP_DAYS=30 removes backups that are older; without it all are kept.
set -eu
umask 077

folder=${1:?usage: backup.sh FOLDER}
mkdir -p "$folder"
work=$(mktemp -d "$folder/.unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT

jiesu audit heads >"$work/heads" # before the database, which then holds all of them
jiesu backup "$work/database"
(cd "$work" && sha256sum database heads >SHA256SUMS)
sync
done=$folder/$(date -u +%Y%m%dT%H%M%SZ)
mv "$work" "$done"
echo "$done"

if [ -n "${BACKUP_KEEP_DAYS:-}" ]; then
	find "$folder" -mindepth 1 -maxdepth 1 -type d -name '20*Z' -mtime "+$BACKUP_KEEP_DAYS" -exec rm -rf {} +
fi
