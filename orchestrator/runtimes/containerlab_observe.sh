# All labs of containerlab's on a host: its own answer, and after it for all running containers in one go which
# start of them this is, which one was bootstrapped, and the interfaces in their network namespaces.
. ./containerlab_environment.sh
{ command -v docker && command -v containerlab; } >/dev/null || exit 0
said=$(containerlab inspect --all --details -f json 2>&1) || {
    echo "$said"
    exit 1
}
echo "$said"
set --
for pid in $(echo "$said" | sed -n 's/^ *"Pid": \([1-9][0-9]*\),*$/\1/p'); do
    set -- "$@" "/proc/$pid/stat" "/proc/$pid/net/dev" "/proc/$pid/root/run/l3vpn/bootstrapped"
done
[ $# = 0 ] || grep -sH . "$@"
grep ^btime /proc/stat
