# The EIGRP speaker dies without a word; its supervisor starts it again.
. ../scripts/speaker.sh
pkill -KILL -f "$speaker" || {
    echo 'runs no EIGRP speaker' >&2
    exit 1
}
