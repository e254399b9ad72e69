# shellcheck shell=bash
# Sourced by scripts/package, after common.sh: the sources that packaging/sources names.

# pinned: the lines of packaging/sources: NAME VERSION SHA256 LICENSE FILE.
pinned() {
    grep -v '^#' "${root:?}/packaging/sources"
}

# sources: load and unpack them, once, as build/package/sources/NAME.
sources() {
    local folder=$root/build/package/sources name version sum

    mkdir -p "$folder"
    while read -r name version sum _; do
        [[ $(cat "$folder/$name.is" 2>/dev/null) == "$version $sum" ]] && continue
        say "loading the sources of $name $version"
        rm -rf "${folder:?}/$name"{,.is}
        (cd "$folder" && load_source "$name" "$version" "$sum") || exit
        echo "$version $sum" >"$folder/$name.is"
    done < <(pinned)
}

# load_source NAME VERSION SHA256: the source package, unpacked here as NAME.
load_source() {
    local name=$1 version=$2 sum=$3 dsc found

    dsc=${name}_${version#*:}.dsc
    if [[ ! -e $dsc ]] && ! { sources_of_debian update &&
        sources_of_debian source --download-only "$name=$version"; }; then
        found=$(sources_of_debian source --print-uris "$name" | grep -o '[^/ ]*\.dsc ' || true)
        die "$name $version cannot be loaded. Debian has now: ${found:-nothing}" \
            "If that is newer, put its version and the hash of this file into packaging/sources"
    fi
    found=$(sha256sum <"$dsc")
    [[ ${found%% *} == "$sum" ]] ||
        die "$dsc has the SHA-256 ${found%% *}, and packaging/sources says $sum"
    # It checks the hashes of all other files.
    dpkg-source --no-check -x "$dsc" "$name" >/dev/null
}

# sources_of_debian COMMAND...: apt-get, with the sources of Debian 13.
sources_of_debian() {
    debian "$root/build/package/sources/apt" deb-src trixie "$@"
}

# debian FOLDER deb|deb-src SUITE COMMAND...: apt-get, with the packages of one suite, whose lists are in
# a folder of their own, and with nothing of this system's.
debian() {
    local folder=$1 option options=()

    mkdir -p "$folder"/{lists,cache/archives}/partial
    echo "$2 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian $3 main" >"$folder/sources.list"
    for option in "Dir::State::lists=$folder/lists" "Dir::Cache=$folder/cache" \
        "Dir::Etc::sourcelist=$folder/sources.list" Dir::Etc::sourceparts=/dev/null \
        Dir::State::status=/dev/null APT::Sandbox::User=root; do
        options+=(-o "$option")
    done
    apt-get -qq "${options[@]}" "${@:4}"
}
