# A daemon of FRR's dies without a word.
#
# daemon_killed.sh NAME
pgrep -x "$1" >/dev/null || {
    echo "runs no $1" >&2
    exit 1
}
pkill -KILL -x "$1"
# A vtysh that knew it would not notice its return.
pkill -x vtysh || :
