# What runs on a node that routes: FRR's daemons, and the EIGRP speaker with its supervisor; one a line.
. ../scripts/speaker.sh
# shellcheck disable=SC2009 # pgrep would print whole command lines
ps -eo args= | grep -oE "^/usr/lib/frr/[a-z0-9]+|$supervisor|$speaker" || :
