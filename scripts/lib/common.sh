# shellcheck shell=bash
# Sourced by every script: where the project is, and how scripts talk.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jobs=${jobs:-$(nproc)}
export root jobs

# say WORDS: tell what happens next.
say() {
    printf '== %s\n' "$*"
}

# die WORDS: end with a failure.
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# logged LOG WORDS COMMAND...: run a command or a function, or die with the words. A function ends at
# its first failure, which it would not in front of `||`.
logged() {
    local log=$1 words=$2 status=0
    shift 2

    "$@" >"$log" 2>&1 &
    wait $! || status=$?
    ((status == 0)) || die "$words; see $log"
}

# tracked PATTERN...: files of the project, one a line, as paths from its root.
tracked() {
    git -c safe.directory='*' -C "$root" ls-files --cached --others --exclude-standard \
        -- "$@" | sort -u | while read -r file; do
        [[ ! -e $root/$file ]] || printf '%s\n' "$file"
    done
}

# build PRESET: configure where that was not done yet, and build.
build() {
    local preset=$1 log=$root/build/$1.log

    mkdir -p "$root/build"
    if ! (cd "$root" && cmake --preset "$preset" &&
        cmake --build --preset "$preset" -j "$jobs") >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "the preset $preset does not build; all of it: $log"
    fi
}
