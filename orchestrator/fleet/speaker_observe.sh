# Which EIGRP speaker runs on a node, which are there, and the configuration; nothing where there is none.
. ../scripts/speaker.sh
[ -e "$speaker_configuration" ] || exit 0
pgrep -a -f "$supervisor" | sed 's/^/process /'
for file in "$speaker_folder"/eigrp-*; do
    echo "program $file"
done
echo configuration
cat "$speaker_configuration"
