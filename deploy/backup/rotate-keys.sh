#!/bin/sh
# Exchanges the key everything is sealed under while the desk serves:
#
#	rotate-keys.sh FOLDER
#
# FOLDER, which must not lie with the backups of the database, gets the key file as it
# was and as it is. With a master key in JIESU_MASTER_KEY_FILE or
# JIESU_MASTER_KEY_COMMAND both are wrapped. The former key stays until
# "jiesu keys retire" removes it: not before the last backup from before is gone.
set -eu
umask 077

folder=${1:?usage: rotate-keys.sh FOLDER}
keys=${JIESU_KEY_FILE:-${JIESU_DATA:-data}/keys}
mkdir -p "$folder"
cp "$keys" "$folder/keys-$(date -u +%Y%m%dT%H%M%SZ)-before"
jiesu keys rotate
cp "$keys" "$folder/keys-$(date -u +%Y%m%dT%H%M%SZ)"
jiesu keys reseal
jiesu keys list
