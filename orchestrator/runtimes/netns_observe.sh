# The labs that stand on a host: `record JSON` for each, `alive LAB NODE SINCE` for each node whose process 1 is
# alive.
#
# netns_observe.sh FOLDER
#   FOLDER   of all labs' records
cd "$1" 2>/dev/null || exit 0
for record in */record.json; do
    [ -f "$record" ] || continue
    lab=${record%/*}
    printf 'record '
    cat "$record"
    for pid in "$lab"/nodes/*/pid; do
        [ -f "$pid" ] || continue
        read -r number since <"$pid"
        comm=
        read -r comm 2>/dev/null <"/proc/$number/comm" || :
        node=${pid%/pid}
        [ "$comm" != unshare ] || echo "alive $lab ${node##*/} ${since:-0}"
    done
done
