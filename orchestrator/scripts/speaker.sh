# The EIGRP speaker of a node: what it consists of, and how its processes are found, stopped and awaited.
# shellcheck disable=SC2034 # names for those who take this in

speaker_folder=/var/lib/frr
speaker_configuration=/etc/frr/eigrp.conf
speaker_socket=/run/frr/eigrp.sock

# By their command lines. The supervisor starts the speaker, and again when it dies.
supervisor="^python3 $speaker_folder/eigrp-[0-9a-f]+ run"
speaker='^[^ ]*python3 -m eigrp '

# A supervisor that died may have left its speaker behind.
stop_speaker() {
    pkill -f "$supervisor" || :
    tries=50
    while [ $tries -gt 0 ] && pgrep -f "$supervisor|$speaker" >/dev/null; do
        sleep 0.1
        tries=$((tries - 1))
    done
    [ $tries -gt 0 ] || pkill -KILL -f "$speaker" || :
    rm -f "$speaker_socket"
}

kill_speaker() {
    pkill -KILL -f "$supervisor" || :
    pkill -KILL -f "$speaker" || :
    rm -f "$speaker_socket"
}

await_speaker() {
    tries=200
    while [ $tries -gt 0 ] && [ ! -S "$speaker_socket" ]; do
        sleep 0.05
        tries=$((tries - 1))
    done
}
