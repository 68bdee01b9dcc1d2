# Changes one node: its kernel, then FRR, whose lines name VRFs and interfaces. Stops at the first refusal.
#
# send.sh TEXT THEN CHECK SECRET COMMAND...
#   TEXT      FRR's configuration; may be empty
#   THEN      what FRR is to do once it has taken the last line, such as `clear bgp`; may be empty
#   CHECK     yes: let vtysh see all of TEXT before anything is changed
#   SECRET    yes: TEXT has keys or passwords
#   COMMAND   for the kernel; an empty line is printed for each that is done
#
# Ends with 90 where the check refuses a line, 91 where the kernel refuses a command, 92 where FRR refuses a line of
# a TEXT with secrets, else as vtysh does.
text=$1 then=$2 check=$3 secret=$4
shift 4

# -C asks no daemon, but only with -f. A node need not have /dev/stdin.
if [ "$check" = yes ]; then
    printf '%s\n' "$text" | vtysh -C -f /proc/self/fd/0 >/dev/null || exit 90
fi
for command; do
    { eval "$command" </dev/null >/dev/null && echo; } || exit 91
done
[ -n "$text" ] || exit 0

if [ "$secret" != yes ]; then
    # -E repeats each line before what FRR says to it. vtysh stops at the first line that is not taken; with -f
    # it would carry on, end with status 0 (8.4), and take twice the time (10.3: one process for each daemon).
    exec vtysh -E -c "configure terminal
$text${then:+
end
$then}" </dev/null
fi

# Keys and passwords are for no command line: others see them in the machine's process list. With -f, FRR 8.4
# ends with status 0 whatever it refuses; each refused line is reported by its number. It has to be a file (root's
# alone): 10.3 reads it anew in a process for each daemon, and of a pipe only the first would have anything.
file=$(umask 077; mktemp) || exit 92
trap 'rm -f "$file"' EXIT
printf '%s\n' "$text" >"$file"
if ! said=$(vtysh -f "$file" 2>&1 </dev/null) || printf '%s\n' "$said" | grep -q '^line [0-9]*:'; then
    printf '%s\n' "$said"
    exit 92
fi
[ -z "$then" ] || vtysh -E -c "$then" </dev/null
