# A daemon that died starts again, with nothing configured.
#
# daemon_back.sh NAME
. ../scripts/frr.sh
start_daemon "$1" </dev/null >/dev/null 2>&1
pkill -x vtysh || :
