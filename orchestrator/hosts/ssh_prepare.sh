# What a machine is and lacks, after loading what it may. What is built in is in /sys/module too.
#
# ssh_prepare.sh MODULE...
echo "machine $(uname -m)"
for module; do
    [ -d "/sys/module/$module" ] || modprobe -q "$module" || echo "lacks $module"
done
for program in ip nsenter unshare setsid pivot_root; do
    command -v $program >/dev/null || echo "lacks $program"
done
