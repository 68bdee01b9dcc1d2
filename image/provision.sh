#!/bin/sh
# mmdebstrap customize hook: turns a freshly installed Debian tree into the root tree of a node.
# provision.sh ROOT
#
# The tree carries no key and no address: whoever starts a node supplies
#   /run/ssh/host_key          its host key
#   /run/ssh/authorized_keys   who may log in, as root and as vtysh alike
set -eu
root=$1

# Installing a package in the tree later on starts no service either.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

# --- logins: by key only -----------------------------------------------------------------------
chroot "$root" usermod --shell /bin/sh --password '*' root
chroot "$root" useradd --system --home-dir / --no-create-home --gid frrvty \
    --shell /usr/bin/vtysh --password '*' vtysh
grep -qx /usr/bin/vtysh "$root/etc/shells" || echo /usr/bin/vtysh >>"$root/etc/shells"

rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/ssh/sshd_config.d/*
cat >"$root/etc/ssh/sshd_config" <<'SSHD'
HostKey /run/ssh/host_key
AuthorizedKeysFile /run/ssh/authorized_keys
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
X11Forwarding no
TCPKeepAlive yes
# Many commands side by side go over one connection, and many connections may come at once.
MaxSessions 1000
MaxStartups 200
Subsystem sftp internal-sftp
SSHD
# OpenSSH 9.8 began to shut out addresses that connect and leave, which is what waiting for a node looks like.
if chroot "$root" /usr/sbin/sshd -G -o PerSourcePenalties=no >/dev/null 2>&1; then
    echo 'PerSourcePenalties no' >>"$root/etc/ssh/sshd_config"
fi

# --- FRR ---------------------------------------------------------------------------------------
chroot "$root" install -d -o frr -g frr -m 750 /etc/frr /var/log/frr /run/frr

# --- kernel modules: where modprobe looks, and only those a network lab or a container could want
if [ -d "$root/usr/lib/uml/modules" ]; then
    mkdir -p "$root/usr/lib/modules"
    for modules in "$root"/usr/lib/uml/modules/*; do
        version=${modules##*/}
        ln -s "../uml/modules/$version" "$root/usr/lib/modules/$version"
        for folder in "$modules"/kernel/fs/* "$modules"/kernel/drivers/* "$modules"/kernel/net/*; do
            case ${folder##*/kernel/} in
                fs/overlayfs | fs/ext4 | fs/jbd2 | fs/fuse | drivers/net | drivers/block) ;;
                net/ceph | net/rxrpc | net/rds | net/nfc | net/tipc | net/sunrpc | net/sctp | net/batman-adv) rm -r "$folder" ;;
                net/*) ;;
                *) rm -r "$folder" ;;
            esac
        done
        chroot "$root" depmod "$version"
    done
fi

# --- nothing of the machine it was built on, nothing that nobody reads ---------------------------
echo node >"$root/etc/hostname"
: >"$root/etc/resolv.conf"
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/apt/preferences.d/kernel "$root"/etc/apt/sources.list.d/kernel.list
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/share/info \
    "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old "$root"/var/log/apt \
    "$root"/var/log/dpkg.log "$root"/usr/share/zoneinfo "$root"/usr/share/bash-completion

# The guest's kernel is a process without any right, and reads all of this. There is no secret in it.
find "$root" -xdev -path "$root/dev" -prune -o \( -type f ! -perm -o=r -o -type d ! -perm -o=rx \) -exec chmod a+rX {} +
