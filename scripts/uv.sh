#!/bin/sh
# Print the path of uv: the one on the path, or one fetched from the package index into .tools.
if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
	command -v uv
	exit 0
fi
if [ ! -x .tools/bin/uv ]; then
	for python in "$PYTHON" python3 python3.12 python3.11 python3.10 python; do
		[ -n "$python" ] && "$python" -m pip --version >/dev/null 2>&1 || continue
		# --target leaves the system's own packages alone.
		"$python" -m pip install --quiet --disable-pip-version-check --upgrade --target .tools 'uv>=0.5' >&2 && break
	done
fi
[ -x .tools/bin/uv ] && echo "$PWD/.tools/bin/uv"
