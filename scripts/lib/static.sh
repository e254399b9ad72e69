# shellcheck shell=bash
# Sourced by scripts/package, after common.sh, sources.sh and zig.sh: the libraries that are linked
# into a wheel, static, for one platform, by the compiler of zig, which has the C library of each.

# What a wheel's platform is called by zig and by OpenSSL.
declare -A zig_target=(
    [manylinux_2_28_x86_64]=x86_64-linux-gnu.2.28
    [manylinux_2_28_aarch64]=aarch64-linux-gnu.2.28
    [musllinux_1_2_x86_64]=x86_64-linux-musl
)
export zig_target

# machine_of PLATFORM: what it is called by Linux.
machine_of() {
    echo "${1#*linux_*_*_}"
}

# static_libraries PLATFORM: build them, once, into build/package/PLATFORM/prefix.
static_libraries() {
    local platform=$1 work=${root:?}/build/package/$1 name version is

    while read -r name version _; do
        is="$version ${zig_version:?} $(declare -f "static_$name" static_library by_cmake | cksum)"
        [[ $(cat "$work/$name.is" 2>/dev/null) == "$is" ]] && continue
        say "building $name for $platform"
        rm -rf "${work:?}/$name"{,.is}
        mkdir -p "$work/$name"
        logged "$work/$name.log" "$name does not build for $platform" \
            static_library "$name" "$platform"
        echo "$is" >"$work/$name.is"
        rm -r "${work:?}/$name"
    done < <(pinned)
}

# static_library NAME PLATFORM: one of them.
static_library() {
    local work=$root/build/package/$2 tools
    tools=$(compiler "${zig_target[$2]}")

    export PATH=$tools:$PATH CC=cc AR=ar RANLIB=ranlib SOURCE_DATE_EPOCH=0
    export CFLAGS="-O2 -fPIC -ffunction-sections -fdata-sections -fvisibility=hidden"
    export PKG_CONFIG_LIBDIR=$work/prefix/lib/pkgconfig
    cd "$work/$1" || exit
    "static_$1" "$root/build/package/sources/$1" "$work/prefix" "$2"
}

# For each: FROM TO PLATFORM, from the source into the prefix. OpenSSL reads no configuration of the system,
# which may name modules that a static one cannot load: its folder does not exist.
static_openssl() {
    local without=(
        apps argon2 aria async bf blake2 camellia capieng cast cmac cmp cms ct dso dtls ec2m engine
        gost idea legacy md4 mdc2 module ocsp padlockeng quic rc2 rc4 rmd160 scrypt seed shared
        siphash siv slh-dsa sm2 sm3 sm4 srp srtp tests tls-deprecated-ec ts ui-console whirlpool
    )
    perl "$1/Configure" "linux-$(machine_of "$3")" "${without[@]/#/no-}" \
        --prefix="$2" --libdir=lib --openssldir=/nonexistent/ssl
    make -j "${jobs:?}" build_libs ENGINESDIR=/nonexistent MODULESDIR=/nonexistent
    make install_dev
}

static_zlib() {
    cp -r "$1/." .
    ./configure --static --prefix="$2"
    make -j "$jobs" libz.a
    make install
}

static_jansson() {
    by_cmake "$@" -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF
}

# HTTP/1.1 over OpenSSL, with proxies and gzip, and with no certificates of its own: ca.c finds
# those of the system at run time. Without netrc, libcurl would refuse the option that forbids it.
static_curl() {
    local off=(BUILD_CURL_EXE BUILD_SHARED_LIBS BUILD_LIBCURL_DOCS BUILD_MISC_DOCS BUILD_TESTING
        BUILD_EXAMPLES ENABLE_CURL_MANUAL ENABLE_UNIX_SOCKETS CURL_BROTLI CURL_ZSTD
        CURL_USE_LIBSSH2 CURL_USE_LIBPSL USE_NGHTTP2 USE_LIBIDN2)
    local without=(ALTSVC AWS COOKIES DOH HSTS KERBEROS_AUTH MIME NEGOTIATE_AUTH NTLM SRP WEBSOCKETS)

    off=("${off[@]/#/-D}")
    without=("${without[@]/#/-DCURL_DISABLE_}")
    CFLAGS+=" -ffile-prefix-map=$1/="
    by_cmake "$@" "${off[@]/%/=OFF}" "${without[@]/%/=ON}" -DHTTP_ONLY=ON \
        -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none -DOPENSSL_USE_STATIC_LIBS=ON
}

# by_cmake FROM TO PLATFORM OPTION...: as for another machine, even where it is this one, so
# that nothing of this one's libraries is found, and nothing is run.
by_cmake() {
    local from=$1 to=$2 machine

    machine=$(machine_of "$3")
    shift 3

    cmake -G Ninja -S "$from" -B . --install-prefix "$to" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$machine" -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_FIND_ROOT_PATH="$to" -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY \
        -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY "$@"
    cmake --build . -j "$jobs"
    cmake --install .
}
