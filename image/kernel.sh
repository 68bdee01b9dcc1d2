#!/bin/sh
# mmdebstrap setup hook: offers the kernel of a newer suite to apt, and nothing else of that suite.
# kernel.sh ROOT SUITE KERNEL_SUITE
#
# The source lines of SUITE are repeated for KERNEL_SUITE, so the mirror is whichever mmdebstrap was given.
# The package user-mode-linux depends on nothing of its suite but libc >= 2.38.
set -eu
root=$1 suite=$2 kernel_suite=$3

mkdir -p "$root/etc/apt/sources.list.d" "$root/etc/apt/preferences.d"
sed -n "s/^\(deb .*\) $suite main.*/\1 $kernel_suite main/p" "$root/etc/apt/sources.list" \
    | head -n 1 >"$root/etc/apt/sources.list.d/kernel.list"
cat >"$root/etc/apt/preferences.d/kernel" <<PIN
Package: *
Pin: release n=$kernel_suite
Pin-Priority: -1

Package: user-mode-linux
Pin: release n=$kernel_suite
Pin-Priority: 990
PIN
