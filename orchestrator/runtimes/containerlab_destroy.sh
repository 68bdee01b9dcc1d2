# Removes a lab that we deployed, or whatever is left of one; its folder goes last.
#
# containerlab_destroy.sh LAB FILE LABEL NETWORK
#   FILE      its topology file, in the lab's folder
#   LABEL     that our containers have
#   NETWORK   of its management
. ./containerlab_environment.sh
lab=$1 file=$2 label=$3 network=$4
[ ! -e "$file" ] || containerlab destroy --topo "$file" --cleanup >&2
left=$(docker ps --all --quiet --filter "label=containerlab=$lab" --filter "label=$label") || exit 1
# shellcheck disable=SC2086 # one id a word
[ -z "$left" ] || docker rm --force $left >/dev/null || exit 1
docker network rm "$network" >/dev/null 2>&1
rm -rf "${file%/*}"
