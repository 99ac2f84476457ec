# Starts and ends one PostgreSQL cluster, as told line by line on its standard input, and answers each line with one.
# When the input ends, because the test process has, however that came, it stops the cluster and removes its folder.
#
#   guard.sh BIN FOLDER SETTING...
set -u
bin=$1 folder=$2
shift 2
server=

running() { [ -n "$server" ] && kill -0 "$server" 2>/dev/null; }

start() {
	# Here and not in the test process: whatever happens to that one, nothing is removed in the middle of this.
	[ -d "$folder/data" ] || "$bin/initdb" -D "$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
		--no-sync --no-instructions >>"$folder/log" 2>&1 </dev/null || return 1
	# After a kill the processes of the old server take a moment to notice; until then a new one refuses to start.
	tries=0
	while [ $tries -lt 600 ]; do
		if ! running; then
			"$bin/postgres" -D "$folder/data" "$@" </dev/null >>"$folder/log" 2>&1 &
			server=$!
		fi
		sleep 0.05
		"$bin/pg_isready" -q -h "$folder" -d postgres && return 0
		tries=$((tries + 1))
	done
	return 1
}

end() {
	running && kill "-$1" "$server"
	[ -n "$server" ] && wait "$server" 2>/dev/null
	server=
}

# The test process is gone: nobody would read an answer, and a signal to its terminal is not for us.
trap '' INT HUP PIPE TERM
while read -r order; do
	case $order in
	start) if start "$@"; then echo ok; else echo failed; fi ;;
	stop) end INT; echo ok ;;
	kill) end KILL; echo ok ;;
	esac
done
end QUIT
rm -rf "$folder"
