# What a host has for a lab of containerlab's: for each question `@NAME`, the answer and `@status STATUS`.
#
# containerlab_survey.sh FILE MODULE...
#   FILE     the topology that was rendered for this lab before, if any
#   MODULE   what the kernel must have
. ./containerlab_environment.sh
file=$1
shift
modules=$*

say() { # NAME COMMAND...
    echo "@$1"
    shift
    "$@" 2>&1
    echo "@status $?"
}
missing() {
    for module in $modules; do
        [ -d "/sys/module/$module" ] || modprobe -q "$module" || echo "$module"
    done
}
say docker docker version --format '{{.Server.Version}}'
say containerlab containerlab version --short
say modules missing
say images docker image ls --format '{{.Repository}}:{{.Tag}}'
say routes ip -4 -o route show
say before cat "$file"
