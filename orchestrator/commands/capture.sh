# Runs a command until it ends, or until this shell's input does: then the command has said what it caught, and
# leaves nothing behind.
#
# capture.sh COMMAND...
exec 3<&0
"$@" </dev/null &
watched=$!
(
    cat <&3 >/dev/null
    kill -TERM $watched
) >/dev/null 2>&1 &
wait $watched
