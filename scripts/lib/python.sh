# shellcheck shell=bash
# Sourced by scripts that need Python: finds an interpreter that the module supports.

# find_python: the first Python 3.11 or newer on PATH that can make virtual environments.
find_python() {
    local name

    for name in python3 python3.{11..20}; do
        if "$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "there is no Python 3.11 or newer with venv; on Debian: apt-get install python3-dev python3-venv"
}

# environment FOLDER PACKAGE...: a virtual environment with these packages, made once, for
# $interpreter or the first Python that is found.
environment() {
    local folder=$1
    shift

    [[ -x $folder/bin/python ]] || "${interpreter:-$(find_python)}" -m venv "$folder"
    (($# == 0)) || "$folder/bin/python" -m pip install -q --disable-pip-version-check "$@"
}
