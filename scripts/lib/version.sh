# shellcheck shell=bash
# Sourced by scripts that need the version, after common.sh.

# version: that of pgai/version.h, as 1.2.3.
version() {
    sed -n 's/^#define PGAI_VERSION_[A-Z]* \([0-9]*\)$/\1/p' \
        "${root:?}/core/include/pgai/version.h" | paste -sd .
}

# rockspec FOLDER: write that of the version there, made of the one for the newest sources. It
# prints its path.
rockspec() {
    local version file
    version=$(version)
    file=$1/pgai-$version-1.rockspec

    sed "s/^version = .*/version = \"$version-1\"/; s|^    url = .*|&\n    tag = \"v$version\",|" \
        "$root/pgai-scm-1.rockspec" >"$file"
    echo "$file"
}
