#!/bin/sh
# Make .venv with Python 3.10 and the locked dependencies. Safe to repeat.
set -e
uv=$(sh scripts/uv.sh) || uv=""
if [ -z "$uv" ]; then
	echo "Cần uv: hãy cài pip cho Python của máy (apt-get install python3-pip) rồi chạy lại." >&2
	exit 1
fi
# pip's index is ours too, so that one setting serves both.
if [ -z "$UV_DEFAULT_INDEX" ] && [ -n "$PIP_INDEX_URL" ]; then
	UV_DEFAULT_INDEX=$PIP_INDEX_URL
	export UV_DEFAULT_INDEX
fi
python=$(UV="$uv" sh scripts/find-python.sh) || python=""
if [ -z "$python" ]; then
	echo "Chưa có Python 3.10, để uv cài…"
	"$uv" python install 3.10 >/dev/null 2>&1 || true
	python=$(UV="$uv" sh scripts/find-python.sh) || python=""
fi
if [ -z "$python" ]; then
	echo "Không tìm thấy Python 3.10: hãy cài nó rồi chạy lại với PYTHON=/đường/dẫn/python3.10 (Rasa 3.6 không chạy với bản khác)." >&2
	exit 1
fi
echo "Python: $python"
[ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
echo "Cài các gói đã khóa (lần đầu tải khoảng 1 GB)…"
VIRTUAL_ENV="$PWD/.venv" "$uv" pip sync --quiet --require-hashes --compile-bytecode requirements.lock
VIRTUAL_ENV="$PWD/.venv" "$uv" pip install --quiet --no-deps --no-build-isolation --editable .
touch .venv/ready
