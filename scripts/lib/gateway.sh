# shellcheck shell=bash
# Sourced by scripts/demo, after common.sh: the gateway of examples/nginx, at work.

# gateway PRESET: run it in front of the sandbox of $PGAI_BASE_URL, with the module of a
# preset, on a socket of its own, and look contacts up. The last line tells what was found.
# The shell that calls it ends the gateway when it ends itself.
gateway() {
    local example=${root:?}/examples/nginx lua=$root/build/$1/lua/luajit nginx page id

    folder=$(mktemp -d)
    nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
    sed -e "s|127.0.0.1:8080|unix:$folder/socket|" -e "s|error.log info|error.log warn|" \
        -e "s|\"\$prefix/lua/?.lua;|\"$example/lua/?.lua;$root/lua/?.lua;$root/lua/?/init.lua;|" \
        -e "s|^http {|&lua_package_cpath \"$lua/?.so;;\";|" \
        "$example/nginx.conf" >"$folder/nginx.conf"
    "$nginx" -p "$folder" -c nginx.conf -e error.log &
    # shellcheck disable=SC2064
    trap "kill $! && wait $! || true; cat '$folder/error.log'; rm -rf '$folder'" EXIT
    until ask /healthz >/dev/null 2>&1; do
        kill -0 $! || die "the gateway does not start"
        sleep 0.05
    done

    page=$(ask '/contacts?page=1&limit=2')
    echo "GET /contacts?page=1&limit=2: $page"
    id=$(sed -E 's/.*"id":"([^"]+)".*/\1/' <<<"$page")
    for _ in 1 2 3; do
        ask "/contact/$id" >/dev/null
    done
    echo "GET /contact/$id: $(ask "/contact/$id")"
    echo "GET /contact/nobody: $(ask /contact/nobody)"
    echo "POST /contacts: $(ask /contacts -d '{"first_name": "Sarah", "last_name": "Connor"}')"
    ask /metrics | grep -E '^gateway_(requests|cache|upstream_requests)_total'
    echo "nginx: $(counted 'cache_total{result="hits"}') of $(counted 'requests_total{status="200"}')" \
        "responses from the cache, $(counted 'upstream_seconds_count') requests to the service"
}

# ask PATH [OPTION...]: what the gateway answers.
ask() {
    curl -sS --noproxy '*' --unix-socket "$folder/socket" "http://gateway$1" "${@:2}"
}

# counted SERIES: one of the gateway's counters.
counted() {
    ask /metrics | grep -F "gateway_$1 " | cut -d' ' -f2
}
