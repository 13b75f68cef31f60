#!/bin/sh
# Audit the pages of a running assistant with Lighthouse, as a phone and as a desktop: lighthouse.sh [ADDRESS].
# Fetched once from npm into var/lighthouse; needs Chromium. Prints a line of scores a page.
set -e
version=12.8.2
site=${1:-http://127.0.0.1:8000}
folder=var/lighthouse
browser=$(command -v chromium || command -v google-chrome || true)
if [ -z "$browser" ]; then
	echo "Cần Chromium để chấm trang (apt-get install chromium)." >&2
	exit 1
fi
mkdir -p "$folder"
if [ ! -x "$folder/node_modules/.bin/lighthouse" ]; then
	npm install --prefix "$folder" --no-save --no-audit --no-fund --silent "lighthouse@$version" >&2
fi
for form in mobile desktop; do
	preset=""
	[ "$form" = desktop ] && preset="--preset=desktop"
	for page in / /thu-tuc /thu-tuc/1.001193; do
		report="$folder/report.json"
		# shellcheck disable=SC2086
		CHROME_PATH=$browser "$folder/node_modules/.bin/lighthouse" "$site$page" $preset --quiet \
			--chrome-flags="--headless=new --no-sandbox --disable-gpu" \
			--only-categories=accessibility,best-practices,performance --output=json --output-path="$report"
		node -e 'const [file, ...at] = process.argv.slice(1); const scores = Object.values(JSON.parse(require("fs").readFileSync(file)).categories); console.log(...at, scores.map(c => `${c.title} ${Math.round(100 * c.score)}`).join(", "))' "$report" "$form" "$page"
	done
done
