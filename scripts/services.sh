#!/bin/sh
# See that PostgreSQL, Redis and RabbitMQ answer on this machine for the tests: what isn't running is started, what
# isn't there is installed from Debian's packages. Where that fails, tests that want one are skipped and say so; with
# CI=1 this script fails instead.
run=${TMPDIR:-/tmp}/motcua-services
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo

# PY names a Python that runs; nothing of ours is imported.
answers() {
	"${PY:-python3}" -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()' "$1" 2>/dev/null
}

wait_for() { # PORT
	for _ in $(seq 60); do
		answers "$1" && return 0
		sleep 0.5
	done
	return 1
}

install() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null 2>&1 && return 0
	echo "Cài $2 cho các bài thử…"
	$sudo apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$2" >/dev/null
}

postgres_tools() {
	ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
}

start_postgres() {
	[ -n "$(postgres_tools)" ] || install pg_ctlcluster postgresql || return 1
	answers 5432 && return 0 # Debian starts it when it is installed
	tools=$(postgres_tools)
	# It refuses to run as root; whoever else runs this script is its owner.
	as="sh -c"
	[ "$(id -u)" = 0 ] && as="su postgres -s /bin/sh -c"
	mkdir -p "$run" && chmod 777 "$run"
	[ -d "$run/postgres" ] || $as "$tools/initdb -D $run/postgres -U postgres -A trust -E UTF8 >$run/initdb.log 2>&1" || return 1
	$as "$tools/pg_ctl -D $run/postgres -l $run/postgres.log -o '-c listen_addresses=127.0.0.1 -c unix_socket_directories=$run' start >/dev/null"
}

start_redis() {
	install redis-server redis-server || return 1
	answers 6379 && return 0
	redis-server --daemonize yes --bind 127.0.0.1 --save "" --logfile "" >/dev/null
}

start_rabbitmq() {
	install rabbitmq-server rabbitmq-server || return 1
	answers 5672 && return 0
	$sudo rabbitmq-server -detached >/dev/null 2>&1
}

absent=""
for service in "postgres 5432" "redis 6379" "rabbitmq 5672"; do
	name=${service% *}
	port=${service#* }
	answers "$port" && continue
	echo "Khởi động $name cho các bài thử…"
	"start_$name" && wait_for "$port" || absent="$absent $name"
done
[ -z "$absent" ] && exit 0
echo "Không khởi động được: ${absent# }. Các bài thử cần nó sẽ bị bỏ qua." >&2
[ -z "$CI" ]
