# How FRR's daemons are started in a node.

# Whether a program runs in it; images need not have pgrep.
running() { # NAME
    for status in /proc/[0-9]*/comm; do
        read -r comm 2>/dev/null <"$status" || continue
        [ "$comm" != "$1" ] || return 0
    done
    return 1
}

start_daemon() { # NAME
    ! running "$1" || return 0
    # The EIGRP speaker learns the VPN's routes by BMP, a module that bgpd loads at its start or never.
    bmp=
    [ "$1" != bgpd ] || bmp='-M bmp'
    # shellcheck disable=SC2086 # two words or none
    /usr/lib/frr/"$1" $bmp -d -A 127.0.0.1 --log "file:/var/log/frr/$1.log" --log-level informational
}

# FRR 10 moved interface and static configuration into mgmtd; zebra serves all the others.
start_daemons() { # NAME...
    [ ! -x /usr/lib/frr/mgmtd ] || start_daemon mgmtd
    start_daemon zebra
    for daemon; do
        start_daemon "$daemon"
    done
}
