#!/bin/sh
# Puts a backup in place, into an installation that holds nothing yet, and checks it:
#
#	restore.sh FOLDER/20261130T020000Z
#
# The settings in the environment say where to. Put the key file of that day in its
# place first; without it nothing that is sealed can be read.
set -eu
umask 077

backup=${1:?usage: restore.sh BACKUP}
(cd "$backup" && sha256sum --check --strict --quiet SHA256SUMS)
jiesu restore "$backup/database"
jiesu audit verify --anchor "$backup/heads"
jiesu doctor
