# Takes the EIGRP speaker of a node to a program and a configuration.
#
# speaker_change.sh PROGRAM PACKED CONFIGURATION BEFORE
#   PROGRAM   the speaker's file on the node, named for its content
#   PACKED    that content, base64; empty where the node has it
#   BEFORE    absent    the node has no configuration
#             stopped   it has one, and this program does not run, or not alone
#             running   this program runs
#
# Ends with 90 where there is no python3, 91 where the configuration is not valid, 92 where the speaker does not start.
set -eu
. ../scripts/speaker.sh
program=$1 packed=$2 configuration=$3 before=$4

command -v python3 >/dev/null || exit 90
umask 077
mkdir -p "$speaker_folder"
if [ -n "$packed" ]; then
    printf %s "$packed" | base64 -d >"$program.new"
    chmod 755 "$program.new"
    mv "$program.new" "$program"
fi
printf %s "$configuration" >"$speaker_configuration.new"
# Else there is nothing that a bad line could spoil.
if [ "$before" != absent ]; then
    python3 "$program" check "$speaker_configuration.new" || exit 91
fi
mv "$speaker_configuration.new" "$speaker_configuration"
# Neighbours that the change does not concern stay.
[ "$before" != running ] || exec python3 "$program" reload

[ "$before" = absent ] || stop_speaker
ln -sf "$program" "$speaker_folder/eigrp"
setsid python3 "$program" run --supervised </dev/null >/dev/null 2>&1 &
await_speaker
[ ! -S "$speaker_socket" ] || exit 0
python3 "$program" check "$speaker_configuration" || exit 91
exit 92
