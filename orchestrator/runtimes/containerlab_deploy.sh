# Deploys a lab; the status is containerlab's.
#
# containerlab_deploy.sh FILE TEXT CONTAINER...
#   FILE        the topology file
#   TEXT        what to write into it first; empty for one that is the user's own
#   CONTAINER   to remove before, so that containerlab makes it anew with its links
. ./containerlab_environment.sh
umask 022
file=$1 text=$2
shift 2
# Written in one go, and first of all: what is made later can be found from it.
if [ -n "$text" ]; then
    mkdir -p "${file%/*}" || exit 1
    printf '%s\n' "$text" >"$file.new"
    mv "$file.new" "$file" || exit 1
fi
[ $# = 0 ] || docker rm --force "$@" >/dev/null 2>&1
containerlab deploy --topo "$file" 2>&1
