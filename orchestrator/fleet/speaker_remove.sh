# Rids a node of its EIGRP speaker.
set -eu
. ../scripts/speaker.sh
stop_speaker
rm -f "$speaker_configuration" "$speaker_folder/eigrp" "$speaker_folder"/eigrp-*
