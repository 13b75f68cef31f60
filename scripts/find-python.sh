#!/bin/sh
# Print the path of a Python 3.10 that really runs: $PYTHON, python3.10 on the path, pyenv's, uv's own.
# A name on the path may be a shim that doesn't run, so each candidate is asked for its version.
runs() {
	[ -n "$1" ] && [ "$("$1" -c 'import sys, ssl, sqlite3, ctypes; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "3.10" ]
}
for candidate in "$PYTHON" python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python; do
	if runs "$candidate"; then
		command -v "$candidate"
		exit 0
	fi
done
if [ -n "$UV" ]; then
	found=$("$UV" python find --managed-python --no-project 3.10 2>/dev/null)
	if runs "$found"; then
		echo "$found"
		exit 0
	fi
fi
exit 1
