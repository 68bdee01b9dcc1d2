#!/bin/sh
# mmdebstrap customize hook: the kernel of a newer suite in a tree whose own libc is too old for it.
# kernel_aside.sh ROOT KERNEL_SUITE
#
# The suite's own kernel cannot stand in for it: user-mode Linux before 6.14 dies at once on processors whose
# registers are more than it knows (AMX: "ptrace set fp regs failed"). So the newer one is put in with the libc
# that it needs, under a loader's name of its own, and all other programs keep theirs.
set -eu
root=$1 kernel_suite=$2
aside=$root/usr/lib/uml
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT

(cd "$fetched" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q download "user-mode-linux/$kernel_suite" "libc6/$kernel_suite")
dpkg-deb -x "$fetched"/user-mode-linux_*.deb "$fetched/kernel"
dpkg-deb -x "$fetched"/libc6_*.deb "$fetched/libc"

mkdir -p "$aside/libc"
cp -a "$fetched/kernel/usr/lib/uml/." "$aside"
cp -L "$fetched"/libc/usr/lib/x86_64-linux-gnu/libc.so.6 "$aside/libc"
cp -L "$fetched"/libc/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/usr/lib64/ld-umlib-x86-64.so.2"
# A program names its loader by a path of fixed length.
sed 's|/lib64/ld-linux-x86-64\.so\.2|/lib64/ld-umlib-x86-64.so.2|' "$fetched/kernel/usr/bin/linux.uml" >"$aside/linux.uml"
cat >"$root/usr/bin/linux.uml" <<'RUN'
#!/bin/sh
LD_LIBRARY_PATH=/usr/lib/uml/libc exec /usr/lib/uml/linux.uml "$@"
RUN
chmod 755 "$aside/linux.uml" "$root/usr/bin/linux.uml"
