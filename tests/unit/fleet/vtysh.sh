#!/bin/sh
# Plays all of vtysh that we use. `show X` prints the file of that name; `show hang` says
# nothing ever again; `show exit` ends vtysh; `show dead`, `died` and `back` ask daemons that come and go.
# While a file `hung` names a daemon, no vtysh starts that would ask it, and bgpd does not answer; a file
# `gone` names one that is not there. Configuration is kept. It is refused from a line on that has "nonsense"
# in it, which -C finds too, or "refused", which -C does not. Once it is taken, the file `after` becomes the
# running configuration.
home=$(dirname "$0")/..
printf '%s\n' "$*" >>"$home/command-lines"
configure() {
    while IFS= read -r line; do
        printf 'node(config)# %s\n' "$line"
        case $line in
        *nonsense*) echo "% Unknown command: $line"; exit 1 ;;
        *refused*) echo '% Create the peer-group or interface first'; exit 1 ;;
        esac
        printf '%s\n' "$line" >>"$home/sent"
    done
    [ ! -e "$home/after" ] || mv "$home/after" "$home/answers/show running-config"
}
case $1 in
-C)
    if grep -n nonsense "$3" >"$home/unknown"; then
        sed 's/^\([0-9]*\):\(.*\)/line \1: % Unknown command[31]: \2/' "$home/unknown" >&2
        exit 2
    fi ;;
-f)
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
        *refused*) echo '% Create the peer-group or interface first'
            echo "line $number: Failure to communicate[13] to bgpd, line: $line" >&2 ;;
        *) printf '%s\n' "$line" >>"$home/sent" ;;
        esac
    done <"$2"
    [ ! -e "$home/after" ] || mv "$home/after" "$home/answers/show running-config" ;;
-E) printf '%s\n' "$3" | configure ;;
*)
    daemon=; [ "$1" != -d ] || daemon=$2
    hung() { [ -e "$home/hung" ] && { [ -z "$1" ] || [ "$1" = "$(cat "$home/hung")" ]; }; }
    while hung "$daemon"; do sleep 0.05; done
    if [ -e "$home/gone" ] && [ "$daemon" = "$(cat "$home/gone")" ]; then
        echo 'Exiting: failed to connect to any daemons.' >&2; exit 1
    fi
    printf '\nHello, this is FRRouting (version 10.3).\n\n'
    while printf 'node# '; IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
        '!'*) ;;
        'show bgp'*) while hung bgpd; do sleep 0.05; done; cat "$home/answers/$line" ;;
        'show hang') exec sleep 1000 ;;
        'show exit') echo 'Exiting: failed to connect to any daemons.' >&2; exit 1 ;;
        'show dead') echo 'ospfd is not running' >&2 ;;
        'show died') printf 'Warning: closing connection to bgpd because of an I/O error!\n'
            printf 'Warning: connecting to bgpd...failed!\n' ;;
        'show back') printf 'Warning: connecting to bgpd...success!\nhere again\n' ;;
        # Each daemon holds all that the node does, by default.
        'show running-config '*) cat "$home/answers/$line" 2>/dev/null || cat "$home/answers/show running-config" ;;
        *) cat "$home/answers/$line" 2>/dev/null || echo "% Unknown command: $line" ;;
        esac
    done ;;
esac
