# shellcheck shell=bash
# Sourced by scripts that build: installs the Debian packages that are missing, and says
# nothing when there are none.

# What it takes to build and to run the demo, and what more to test.
packages_build=(build-essential cmake ninja-build pkg-config git ca-certificates
    libcurl4-openssl-dev libjansson-dev python3-dev python3-venv
    liblua5.4-dev libluajit2-5.1-dev lua5.4 luajit2
    curl nginx-light libnginx-mod-http-lua lua-cjson)
packages_test=(libcmocka-dev libuv1-dev clang libclang-rt-14-dev clang-format shellcheck
    universal-ctags groff-base doxygen jq locales openssl lua-busted lua-check lua-curl lua-cqueues luarocks
    openjdk-17-jre-headless)

# What the site takes, beyond what it takes to build.
packages_docs=(doxygen groff-base)

# And to make packages.
packages_package=(dpkg-dev perl)

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "as root, please run: $*"
    fi
}

missing_packages() {
    local package

    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
            grep -qx installed || printf '%s\n' "$package"
    done
}

# setup build | test | docs | package: install what is missing for it.
setup() {
    local wanted=("${packages_build[@]}") missing

    [[ $1 != test ]] || wanted+=("${packages_test[@]}")
    [[ $1 != docs ]] || wanted+=("${packages_docs[@]}")
    [[ $1 != package ]] || wanted+=("${packages_package[@]}")
    command -v dpkg-query >/dev/null ||
        die "this is not Debian; please install what matches: ${wanted[*]}"
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    ((${#missing[@]})) || return 0
    say "installing ${missing[*]}"
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --no-install-recommends -y "${missing[@]}" >/dev/null
}

# find_promtool: Prometheus' checker of metrics, taken out of its package (19 MB to load), which
# would start a server, were it installed, and needs 96 MB.
find_promtool() {
    local folder=${root:?}/build/promtool

    if command -v promtool; then
        return
    elif [[ ! -x $folder/usr/bin/promtool ]]; then
        mkdir -p "$folder"
        (cd "$folder" && unpack prometheus ./usr/bin/promtool) >&2 ||
            die "promtool cannot be loaded: apt-get download prometheus"
    fi
    printf '%s\n' "$folder/usr/bin/promtool"
}

# unpack PACKAGE FILE: load a Debian package, and leave one of its files here.
unpack() {
    local load=(apt-get -qq -o APT::Sandbox::User=root download "$1")

    { "${load[@]}" || { as_root apt-get -qq update && "${load[@]}"; }; } &&
        dpkg-deb --fsys-tarfile "$1"_*.deb | tar -x "$2" &&
        rm "$1"_*.deb
}
