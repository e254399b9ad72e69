# shellcheck shell=bash
# Sourced after common.sh and python.sh: the compiler of zig, which brings the C libraries of many
# systems.

zig_version=0.15.2

# find_zig: load it, once, and print its path.
find_zig() {
    local folder=${root:?}/build/zig-$zig_version

    [[ -x $folder/bin/python ]] || environment "$folder" "ziglang==$zig_version" >&2
    echo "$folder"/lib/python3.*/site-packages/ziglang/zig
}

# compiler TARGET: a folder with cc, ar and ranlib for a target of zig, such as x86_64-macos.
compiler() {
    local folder=$root/build/zig-$zig_version/for/$1 zig name
    zig=$(find_zig)

    mkdir -p "$folder"
    for name in "cc -target $1" ar ranlib; do
        printf '#!/bin/sh\nZIG_GLOBAL_CACHE_DIR="%s" exec "%s" %s "$@"\n' \
            "$root/build/zig-$zig_version/cache" "$zig" "$name" >"$folder/${name%% *}"
        chmod +x "$folder/${name%% *}"
    done
    echo "$folder"
}
