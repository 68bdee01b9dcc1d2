# Imports the nodes' image into the engine of a guest that shows it the node tree, and ends the engine, so that the
# disk is whole.
#
# guest_docker_import.sh IMPORT
#   IMPORT   shell text that imports it from /mnt
set -e
mount -t hostfs -o hostfs=/dev/show show /mnt
eval "$1"
engine=$(cat /run/docker.pid)
kill "$engine"
tail --pid="$engine" --follow /dev/null
umount /var/lib/docker
