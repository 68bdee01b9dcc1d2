# Where Docker and containerlab are found; the latter is not to look for a newer one of itself.
export CLAB_VERSION_CHECK=disable PATH="$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin"
