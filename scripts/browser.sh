#!/bin/sh
# See that Chromium and its driver are there for the browser tests; Debian's packages bring them.
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
	exit 0
fi
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
echo "Cài Chromium cho các bài thử trên trình duyệt…"
if $sudo apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium chromium-driver >/dev/null; then
	exit 0
fi
echo "Cần Chromium cho các bài thử: apt-get install chromium chromium-driver" >&2
exit 1
