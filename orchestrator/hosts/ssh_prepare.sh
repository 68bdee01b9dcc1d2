# What a machine is and lacks. What is built in is in /sys/module too.
#
# ssh_prepare.sh LOAD MODULES PROGRAMS
#   LOAD      `yes` loads modules that are not loaded, all else only looks whether that could be done
#   MODULES   names, with blanks between; likewise PROGRAMS
[ "$1" = yes ] && dry='' || dry=--dry-run
# shellcheck source=/dev/null
[ ! -r /etc/os-release ] || . /etc/os-release
while read -r word number _; do [ "$word" != MemAvailable: ] || break; done </proc/meminfo
echo "machine $(uname -m)"
echo "kernel $(uname -r)"
echo "distribution ${ID:-}"
echo "boot $(cat /proc/sys/kernel/random/boot_id)"
echo "processors $(nproc)"
echo "memory ${number:-0}"
for module in $2; do
    [ -d "/sys/module/$module" ] || modprobe -q ${dry:+"$dry"} "$module" || echo "lacks $module"
done
for program in $3; do
    command -v "$program" >/dev/null || echo "lacks $program"
done
