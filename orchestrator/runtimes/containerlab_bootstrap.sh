# Opens nodes; prints `ready NODE` or `failed NODE WORDS`. The lines after this text, which containerlab_plan writes,
# say which nodes.
#
# containerlab_bootstrap.sh PROGRAM
#   PROGRAM   the text of node_bootstrap.sh, which takes its arguments from a line before it
. ./containerlab_environment.sh
program=$1

# Each node is given its own key alone, and nobody sees one in a list of processes.
bootstrap() { # NODE CONTAINER LINE
    said=$(printf '%s\n%s\n' "$3" "$program" | docker exec -i "$2" sh -s 2>&1) || {
        echo "failed $1 $(echo "$said" | tail -n 1)"
        return
    }
    port=$(echo "$said" | sed -n 's/^port //p')
    # Isolated ports reach the bridge but never one another: eth0 is no second path between nodes.
    index=$(grep -lx "$port" /sys/class/net/*/ifindex) && index=${index%/ifindex} &&
        bridge link set dev "${index##*/}" isolated on >&2
    echo "ready $1"
}
