# For each node of a lab a line `NODE PROCESS...` of what runs in it.
#
# netns_daemons.sh LAB NODE...
lab=$1
shift
for node; do
    printf %s "$node"
    for pid in $(ip netns pids "$lab.$node" 2>/dev/null); do
        read -r comm 2>/dev/null <"/proc/$pid/comm" && printf ' %s' "$comm"
    done
    echo
done
