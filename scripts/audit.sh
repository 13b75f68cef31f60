#!/bin/sh
# Look the locked tree up among known vulnerabilities (pip-audit), and see that each one found is judged in
# docs/security.md. pip-audit runs from uv's cache; it is no dependency of ours.
# Ends with 1 where one isn't judged, with 2 where the advisories can't be reached: that is no clean result.
set -e
uv=${UV:-$(sh scripts/uv.sh)}
mkdir -p var/audit
found=var/audit/found.json
told=var/audit/pip-audit.log
rm -f "$found"
# It says 1 where it finds something, which is judged below.
"$uv" tool run --python 3.11 pip-audit --requirement requirements.lock --disable-pip --require-hashes \
	--format json --output "$found" >"$told" 2>&1 || true
if [ ! -s "$found" ]; then
	echo "pip-audit không chạy được, xem $told." >&2
	exit 2
fi
exec "${PY:-.venv/bin/python}" scripts/judged.py "$found" docs/security.md
