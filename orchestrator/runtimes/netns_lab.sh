# What making and removing a lab of network namespaces is made of. The lines after this text, which netns_plan
# writes, say what of it is to be done, with what and in which order.
#
# netns_lab.sh FOLDER BRIDGE
#   FOLDER   the lab's: its record, and a folder for each node
#   BRIDGE   of its management
set -u
umask 022
folder=$1 bridge=$2

write_record() { # JSON
    mkdir -p "$folder/nodes"
    printf '%s\n' "$1" >"$folder/record.json.new"
    mv "$folder/record.json.new" "$folder/record.json"
}

# A veth vanishes with its namespace, but only some time later: pull it from the end that stays.
pull_link() { # NAMESPACE INTERFACE
    ip -n "$1" link del dev "$2" 2>/dev/null || :
}

# All at once: while a busy lab is taken apart, what is left of it would work the harder.
stop_nodes() {
    for pid in "$folder"/nodes/*/pid; do
        [ -f "$pid" ] || continue
        read -r number _ <"$pid"
        comm=
        read -r comm 2>/dev/null <"/proc/$number/comm" || :
        [ "$comm" != unshare ] || kill -9 "$number"
    done
}

remove_node() { # NODE NAMESPACE PORT ADDRESS
    if [ -e "/run/netns/$2" ]; then
        ip netns pids "$2" | xargs -r kill -9 2>/dev/null || :
        ip netns del "$2" || :
    fi
    ip link del "$3" 2>/dev/null || :
    # A node that takes its place has the same address and another MAC.
    ip neigh flush to "$4" dev "$bridge" 2>/dev/null || :
    rm -rf "$folder/nodes/$1"
}

make_links() { # LINES
    printf '%s\n' "$1" | ip -batch -
}

plug_wires() { # LINES DEVICE...
    printf '%s\n' "$1" | tc -batch -
    shift
    # Nothing of the machine's own is to be heard at their ends.
    for device; do
        [ ! -e "/proc/sys/net/ipv6/conf/$device" ] || echo 1 >"/proc/sys/net/ipv6/conf/$device/disable_ipv6"
    done
}

unplug_wire() { # DEVICE TUNNEL
    ip link del dev "$1" 2>/dev/null || :
    ip link del dev "$2" 2>/dev/null || :
}

# One for all labs, beside their folders; it ends with the last of them.
mirror_carrier() { # FOLDER PROGRAM; see carrier_agent.py
    [ ! -e "$1/pid" ] || ! kill -0 "$(cat "$1/pid")" 2>/dev/null || return 0
    mkdir -p "$1"
    printf %s "$2" >"$1/agent.py"
    setsid python3 -I -S "$1/agent.py" </dev/null >"$1/log" 2>&1 4<&- &
    echo "$!" >"$1/pid"
}

prepare_nodes() { # INIT AUTHORIZED_KEY GATEWAY BACK ROOT; see node_init.sh
    printf %s "$1" >"$folder/init.sh"
    authorized_key=$2 gateway=$3 back=$4 root=$5 now=$(date +%s)
    rm -f "$folder/ready"
    mkfifo "$folder/ready"
    # It is open at our end too, so nobody waits to open it.
    exec 4<>"$folder/ready"
}

start_node() { # NODE NAMESPACE ADDRESS/LENGTH HOST_KEY DAEMON...
    node=$1 namespace=$2 address=$3 host_key=$4
    shift 4
    home=$folder/nodes/$node
    keys=$home/files/run/ssh
    mkdir -p "$keys"
    printf '%s\n' "$authorized_key" >"$keys/authorized_keys"
    : >"$keys/host_key"
    chmod 600 "$keys/host_key"
    printf '%s\n' "$host_key" >"$keys/host_key"
    setsid nsenter --net="/run/netns/$namespace" \
        unshare --mount --pid --uts --ipc --fork --kill-child \
        sh "$folder/init.sh" "$node" "$address" "$gateway" "$back" "$root" "$home" "$folder/ready" "$@" \
        </dev/null >"$home/console" 2>&1 4<&- &
    echo "$! $now" >"$home/pid"
}

# Prints the line of each node, and after them what their consoles hold.
await_nodes() { # NODES SECONDS
    timeout "$2" head -n "$1" <&4 || echo 'failed -'
    rm -f "$folder/ready"
    cat "$folder"/nodes/*/console
}

# What is left when all nodes are removed; the record goes last.
remove_lab() {
    ip link del "$bridge" 2>/dev/null || :
    rm -rf "$folder"
    set -- "${folder%/*}"/*/record.json
    if [ ! -e "$1" ] && [ -e "${folder%/*}/.carrier/pid" ]; then
        kill "$(cat "${folder%/*}/.carrier/pid")" 2>/dev/null || :
        rm -rf "${folder%/*}/.carrier"
    fi
    rmdir "${folder%/*}" 2>/dev/null || :
}
